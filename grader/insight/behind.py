"""The people behind a number, written as short as can be: the script of the page reads it again."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def written(places: Sequence[int]) -> str:
    """Return places as ``l`` and the steps between them in base 36, or as ``b`` and flags in base64, whichever is shorter."""
    ordered = sorted(set(places))
    steps = ".".join(_in_36(each - before) for before, each in zip([0, *ordered], ordered, strict=False))
    # six flags a letter
    if not ordered or len(steps) <= ordered[-1] // 6:
        return f"l{steps}"
    flags = np.zeros(ordered[-1] + 1, dtype=np.uint8)
    flags[ordered] = 1
    return f"b{base64.b64encode(np.packbits(flags).tobytes()).decode()}"


def _in_36(value: int) -> str:
    digits = DIGITS[value % 36]
    while value := value // 36:
        digits = DIGITS[value % 36] + digits
    return digits
