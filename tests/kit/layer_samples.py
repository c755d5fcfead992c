"""Cases of layers made by hand: what a right layer answers, changed in one place."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.kits.layer_contract import LayerCase, Pass
from grader.model import Array
from grader.numerics import STEP


def passed(value: Array | None, given: Array, **changes: Any) -> Pass:
    """Return a pass that returns and stores a value, and leaves what it was given alone."""
    made: Any = {"value": value, "type": "numpy.ndarray", "stored": value, "after": [given], "warnings": []}
    return Pass(**{**made, "problem": None, **changes})


def measured(function: Any, x: Array) -> Array:
    """Return the outputs of a function for a step up along every entry of x, then down."""
    offsets = (STEP * np.eye(x.size)).reshape(x.size, *x.shape)
    return np.array([function(point).ravel() for point in np.concatenate([x + offsets, x - offsets])])


def case(x: Array, **changes: Any) -> LayerCase:
    """Return a case of a layer that squares every entry of x."""
    grad = np.cos(np.arange(x.size, dtype=float)).reshape(x.shape)
    made: Any = {"label": "a batch of 2 rows", "single": False, "given": [], "input": x, "grad": grad, "around": None}
    made |= {"forward": passed(x**2, x), "backward": passed(2 * x * grad, x), "output_after": x**2}
    return LayerCase(**{**made, **changes})
