"""What a layer answers as plain data: nothing that comes from inside is taken as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from grader.kits.layer_contract.records import LayerCase, Pass
from grader.model import Array
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Answer
from grader.text import counted

TYPE_CHARACTERS, WARNINGS, DEPTH = 120, 5, 8


class Listed(TypedDict):
    """What a method that lists arrays returned: a tree of lists, with ``{"value", "type"}`` for each array."""

    tree: Any
    problem: PlainProblem | None


def case_of(
    x: Array,
    grad: Array,
    given: Sequence[float] = (),
    *,
    built: Answer | None = None,
    went: Answer,
    back: Answer,
    values: Answer | None = None,
) -> LayerCase:
    """Return a case as a record: what was asked with x and grad, and what came back, that an object could not be `built`, too."""
    rows = "one row" if len(x) == 1 else counted(len(x), "row")
    single = x.dtype == np.float32
    found = plain_pass(went)
    if built is not None and built.problem:
        found["problem"] = plain_problem(built.problem)
    return LayerCase(
        label=f"a batch of {rows}" + (" in float32" if single else ""),
        single=single,
        given=list(given),
        input=x.astype(np.float64),
        grad=grad.astype(np.float64),
        forward=found,
        backward=plain_pass(back),
        around=plain_values(values) if values is not None else None,
        output_after=None,
    )


def plain_pass(answer: Answer) -> Pass:
    """Return what a pass forward or back gave."""
    raw = answer.value if isinstance(answer.value, Mapping) else {}
    returned, stored = _array(raw.get("returned")), _array(raw.get("stored"))
    after = [_array(each)["value"] for each in raw["after"]] if isinstance(raw.get("after"), list) else []
    said = [each[:200] for each in _list(raw.get("warnings")) if isinstance(each, str)][:WARNINGS]
    return Pass(
        value=returned["value"],
        type=returned["type"],
        stored=stored["value"],
        after=after,
        warnings=said,
        problem=plain_problem(answer.problem),
    )


def plain_values(answer: Answer) -> Array | None:
    """Return the outputs (K, m) of many forward passes, None when there are none."""
    value: Array | None = _array(answer.value)["value"]
    return value if value is not None and value.ndim == 2 and value.size else None


def plain_list(answer: Answer) -> Listed:
    """Return what getParameters or getGradParameters returned."""
    return {"tree": _tree(answer.value, 0), "problem": plain_problem(answer.problem)}


def plain_attributes(answer: Answer) -> dict[str, Array]:
    """Return the arrays that an object holds, by name."""
    raw = answer.value if isinstance(answer.value, Mapping) else {}
    found = {name: _array(value)["value"] for name, value in raw.items()}
    return {name: value for name, value in found.items() if value is not None}


def leaves(tree: Any) -> list[Array]:
    """Return all arrays in a tree of lists, in order."""
    if isinstance(tree, list):
        return [array for each in tree for array in leaves(each)]
    return [tree["value"]] if tree and tree["value"] is not None else []


def _tree(raw: Any, depth: int) -> Any:
    if isinstance(raw, Mapping) and isinstance(raw.get("list"), list) and depth < DEPTH:
        return [_tree(each, depth + 1) for each in raw["list"]]
    return _array(raw)


def _array(raw: Any) -> dict[str, Any]:
    """Return an array as float64 with the name of its exact type, whatever was sent in its place."""
    value, kind = (raw.get("value"), raw.get("type")) if isinstance(raw, Mapping) else (None, "")
    kind = kind[:TYPE_CHARACTERS] if isinstance(kind, str) else ""
    return {"value": np.asarray(value, dtype=np.float64) if isinstance(value, np.ndarray) else None, "type": kind}


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []
