"""Where the ticks of an axis are, and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
DECADES = 6
LEAST_PLAIN, MOST_PLAIN = 1e-4, 1e6


@dataclass(frozen=True)
class Ticks:
    """Ticks of an axis from `low` to `high`, as values and as texts."""

    low: float
    high: float
    values: tuple[float, ...]
    texts: tuple[str, ...]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value is, 0 at the lower end and 1 at the upper one."""
        if self.logarithmic:
            low, high, value = math.log10(self.low), math.log10(self.high), math.log10(value)
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)


def linear(low: float, high: float, *, most: int = 5, integer: bool = False) -> Ticks:
    """Return at most `most` + 1 ticks at round numbers from `low` to `high`, at whole ones if `integer`."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    # ten times as far apart is what the last step gives anyhow
    sizes = [factor * power * scale for scale in (1.0, 10.0) for factor in STEPS]
    fitting = [size for size in sizes if (high - low) / size <= most and not (integer and (size < 1 or size % 1))]
    step = fitting[0] if fitting else 1.0
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = tuple(k * step for k in range(first, last + 1)) if last - first <= most + 1 else ()
    return Ticks(low, high, values, _texts(values, step))


def decades(low: float, high: float) -> Ticks:
    """Return ticks at powers of ten, a handful of them, between two positive numbers."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    stride = max(1, -(-(last - first) // DECADES))
    values = tuple(float(f"1e{k}") for k in range(first, last + 1, stride))
    return Ticks(low, high, values, tuple(_signed(f"{value:g}") for value in values), logarithmic=True)


def _texts(values: Sequence[float], step: float) -> tuple[str, ...]:
    largest = max(map(abs, values), default=0.0)
    if step < LEAST_PLAIN or largest >= MOST_PLAIN:
        # as many digits as tell them apart
        digits = 1 + max(math.ceil(math.log10(largest / step)), 0) if largest else 1
        return tuple(_signed(f"{value:.{min(digits + 1, 17)}g}") for value in values)
    places = next(k for k in range(8) if abs(step * 10**k - round(step * 10**k)) < 1e-6)
    return tuple(_signed(f"{value:.{places}f}") for value in values)


def _signed(text: str) -> str:
    return ("0" + text[2:] if text.startswith("-0") and not text.strip("-0.") else text).replace("-", "−")
