"""Pure mathematics: central differences, comparison that names the worst entry, and a little statistics."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

STEP = 3e-5
NOISE = 1e-9
# a float32 that was read as the difference of two outputs; a float64 is that near to one by chance in 1e-7 of cases
FLOAT32_READ = 1e-14


# so many results of what takes milliseconds are kept: calibration asks for the same again and again, with other bounds
REMEMBERED = 32


@dataclass(frozen=True)
class _Content:
    """An array as what it holds, under which results can be remembered."""

    data: bytes
    shape: tuple[int, ...]
    dtype: str

    @staticmethod
    def of(array: Array) -> _Content:
        return _Content(array.tobytes(), array.shape, array.dtype.str)

    def array(self) -> Array:
        return np.frombuffer(self.data, dtype=self.dtype).reshape(self.shape)


def central_difference(function: Callable[[Array], Array], point: Array, *, step: float = STEP) -> Array:
    """Return the gradient (n,) of `function` at `point` (n,), every entry by (f(x + h e_i) - f(x - h e_i)) / 2h.

    `function` maps a batch of points (B, n) to values (B,) and is called once. In float64 the error is about 1e-11.
    """
    offsets = step * np.eye(point.size)
    values = function(np.concatenate([point + offsets, point - offsets]))
    return (values[: point.size] - values[point.size :]) / (2 * step)


def crosses_kink(function: Callable[[Array], Array], point: Array, *, step: float = STEP) -> bool:
    """Tell whether a kink of `function` lies within `step` of `point` (n,) along any coordinate.

    Forward and backward differences of a smooth function disagree by an amount that halves with the step; across a kink it
    does not. Three scales are compared, because a kink at a third of the step happens to look smooth on two.
    """
    scales = step / np.array([1.0, 2.0, 4.0])
    offsets = np.concatenate([scale * np.eye(point.size) for scale in scales])
    values = function(np.concatenate([point + offsets, point - offsets, point[None]]))
    bends = np.abs(values[: len(offsets)] + values[len(offsets) : -1] - 2 * values[-1]).reshape(3, point.size)
    far, middle, near = bends / scales[:, None]
    noise = NOISE * max(1.0, float(np.abs(values).max()))
    return any(bool(np.any(np.abs(d - 2 * half) > 0.05 * d + noise)) for d, half in ((far, middle), (middle, near)))


@dataclass(frozen=True)
class Worst:
    """The entry at which two arrays differ most, and by how much relative to the root mean square of what was expected."""

    error: float
    index: tuple[int, ...]
    got: float
    want: float


def scale_of(want: Array, floor: float = 0.0) -> float:
    """Return the scale by which an array of any shape, not empty, is judged: its root mean square, `floor` at the least."""
    return max(float(np.sqrt(np.mean(np.square(want)))), floor)


def worst_entry(got: Array, want: Array, *, floor: float = 0.0) -> Worst:
    """Compare two arrays of one shape entry by entry; NaN and inf in `got` never match.

    The error is ``max |got - want| / scale_of(want, floor)``: relative to the whole block, so that a small entry beside large
    ones is not judged by its own rounding.
    """
    if got.shape != want.shape:
        raise ValueError(f"shapes {got.shape} and {want.shape} cannot be compared")
    if not want.size:
        return Worst(0.0, (), 0.0, 0.0)
    difference = np.where(np.isfinite(got), np.abs(np.where(np.isfinite(got), got, 0.0) - want), math.inf)
    flat = int(np.argmax(difference))
    index = tuple(int(i) for i in np.unravel_index(flat, want.shape))
    scale = scale_of(want, floor)
    largest = float(difference.flat[flat])
    if math.isinf(largest):
        return Worst(math.inf, index, float(got.flat[flat]), float(want.flat[flat]))
    error = 0.0 if largest == 0 else largest / scale if scale > 0 else math.inf
    return Worst(error, index, float(got.flat[flat]), float(want.flat[flat]))


def error_of_largest(got: Array, want: Array) -> float:
    """Return ``max |got - want|`` relative to the largest entry of `want`, 1 at the least; inf where `got` is not finite."""
    if not np.all(np.isfinite(got)):
        return math.inf
    return float(np.max(np.abs(got - want), initial=0.0)) / max(1.0, float(np.abs(want).max(initial=0.0)))


@dataclass(frozen=True)
class Tolerance:
    """How far what is right may be off: in double precision, in single precision, and where it is measured by differences.

    The numbers are those of `worst_entry`; arrays smaller than `floor` are judged on that scale.
    """

    double: float
    single: float
    differences: float = math.nan
    floor: float = 0.0

    def bound(self, *, single: bool, differences: bool = False) -> float:
        """Return how far a result may be off; `single` says that it was computed in single precision."""
        if single:
            return self.single
        return self.differences if differences else self.double

    def worst(self, got: Array, want: Array) -> Worst:
        """Return the entry that is farthest off."""
        return worst_entry(got, want, floor=self.floor)

    def agrees(self, got: Array | None, want: Array, bound: float | None = None) -> bool:
        """Tell whether two arrays agree in shape and in every entry, within the bound for double precision by default."""
        if got is None or got.shape != want.shape:
            return False
        return self.worst(got, want).error <= (self.double if bound is None else bound)


def at_least(bound: float, value: float) -> float:
    """Return how much of what is allowed was seen where `value` has to be `bound` at the least: at most 1 where it is."""
    return bound / value if value > 0 else math.inf


def is_float32(values: Array) -> bool:
    """Tell whether every value (of any shape) is exactly a float32: someone computed with half the digits."""
    finite = values[np.isfinite(values)]
    return bool(
        finite.size and np.array_equal(finite.astype(np.float32).astype(np.float64), finite) and np.any(finite % 1)
    )


def normal_distance(sample: Array, *, std: float) -> float:
    """Return the Kolmogorov-Smirnov distance between `sample` (n,) and a normal distribution of mean 0 and `std`."""
    return _normal_distance(_Content.of(sample), std)


@lru_cache(maxsize=REMEMBERED)
def _normal_distance(content: _Content, std: float) -> float:
    ordered = np.sort(content.array()) / (std * math.sqrt(2))
    return _largest_gap(np.array([0.5 * (1 + math.erf(value)) for value in ordered]))


def uniform_distance(sample: Array, *, bound: float) -> float:
    """Return the Kolmogorov-Smirnov distance between `sample` (n,) and a uniform distribution from -`bound` to `bound`."""
    return _largest_gap(np.clip((np.sort(sample) / bound + 1) / 2, 0, 1))


def _largest_gap(shares: Array) -> float:
    """Return how far the shares (n,) that should lie below the sorted entries of a sample are from those that do; 0 for none."""
    if not shares.size:
        return 0.0
    steps = np.arange(shares.size + 1) / shares.size
    return float(max(np.max(shares - steps[:-1]), np.max(steps[1:] - shares)))


def distance_bound(size: int, *, chance: float) -> float:
    """Return the Kolmogorov-Smirnov distance that a true sample of `size` exceeds with probability at most `chance`.

    Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant; what is empty exceeds nothing.
    """
    return math.inf if not size else math.sqrt(math.log(2 / chance) / (2 * size))


@dataclass(frozen=True)
class Line:
    """The half-plane ``a x + b y + c > 0`` and the fraction of points that it gets right."""

    a: float
    b: float
    c: float
    right: float


def best_line(points: Array, classes: Array, *, directions: int = 360) -> Line:
    """Return the line that separates two classes (N,) of 0 and 1 of points (N, 2) best, over `directions` angles and all offsets.

    The points are standardised first, so that the angles are spread evenly over the cloud.
    """
    return _best_line(_Content.of(points), _Content.of(classes), directions)


@lru_cache(maxsize=REMEMBERED)
def _best_line(of_points: _Content, of_classes: _Content, directions: int) -> Line:
    points, classes = of_points.array(), of_classes.array()
    centre, spread = points.mean(axis=0), points.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    cloud = (points - centre) / spread
    # the other half of the circle parts the points just so, with the classes exchanged
    angles = np.linspace(0, np.pi, max(directions // 2, 1), endpoint=False)
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    heights = normals @ cloud.T
    order = np.argsort(heights, axis=1)
    heights = np.take_along_axis(heights, order, axis=1)
    below, cuts = classes[order], np.arange(classes.size + 1)
    ones_below = np.pad(np.cumsum(below, axis=1), ((0, 0), (1, 0)))
    right = (classes.sum() - ones_below + cuts - ones_below) / classes.size
    # a threshold between two equal heights separates nothing
    parts = np.pad(heights[:, 1:] != heights[:, :-1], ((0, 0), (1, 1)), constant_values=True)
    either = np.where(parts, np.maximum(right, 1 - right), 0.0)
    best, cut = map(int, np.unravel_index(np.argmax(either), either.shape))
    plain = float(max(classes.mean(), 1 - classes.mean()))
    if either[best, cut] <= plain:
        return Line(0.0, 0.0, 0.0, plain)
    edges = np.concatenate([[heights[best, 0] - 1], heights[best], [heights[best, -1] + 1]])
    offset = (edges[cut] + edges[cut + 1]) / 2
    sign = 1.0 if right[best, cut] >= 0.5 else -1.0
    a, b = sign * normals[best] / spread
    c = -sign * (offset + normals[best] @ (centre / spread))
    return Line(float(a), float(b), float(c), float(either[best, cut]))


def departure(got: Array, want: Array, start: Array) -> float:
    """Return how far parameters have departed from where they should be: ``|got - want| / |want - start|``, inf where any is NaN.

    It is relative to the way that was gone, so that it says the same of few steps as of many. Where there was no way to go,
    anything but staying is inf.
    """
    if not (np.all(np.isfinite(got)) and np.all(np.isfinite(want))):
        return math.inf
    with np.errstate(over="ignore"):
        off, way = float(np.linalg.norm(got - want)), float(np.linalg.norm(want - start))
    if way > 0:
        return off / way
    return 0.0 if off == 0 else math.inf


def is_nearly_float32(values: Array) -> bool:
    """Tell whether every value (of any shape) is a float32 but for what reading it in float64 has added."""
    scale = float(np.abs(values).max(initial=0.0))
    if not math.isfinite(scale) or scale == 0 or not np.any(values % 1):
        return False
    return bool(np.max(np.abs(values.astype(np.float32) - values)) <= FLOAT32_READ * scale)
