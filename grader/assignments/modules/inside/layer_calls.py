"""Asking the classes of a notebook: objects made, passes forward and back, and many forward passes in one crossing."""

from __future__ import annotations

import copy
import itertools
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.assignments.modules.inside.cells import loading_of
from grader.assignments.modules.inside.stand_ins import Curved, Normalised, Squared, as_kind_of
from grader.worker.values import ARRAYS, describe

Array = np.ndarray[Any, Any]
OURS = {"@Curved": Curved, "@Squared": Squared, "@Normalised": Normalised}
DEPTH, ENTRIES, WARNINGS = 6, 60, 5
# so deep are arrays looked for in what an object holds
NESTED = 2


class NotMade(Exception):
    """There is no object to ask."""


def target_of(bench: Any, name: str) -> Any:
    """Return the held object of that name; NotMade when there is none."""
    if name not in bench.held:
        raise NotMade("the object could not be made")
    return bench.held[name]


def _made(bench: Any, asked: dict[str, Any]) -> Any:
    """Return a new object of the class, after seeding what students draw from, if a seed is given."""
    if asked["seed"] is not None:
        random.seed(asked["seed"])
        np.random.seed(asked["seed"])  # noqa: NPY002
    space, name = loading_of(bench).space, asked["class"]
    kind = as_kind_of(space.get("Module"), OURS[name]) if name in OURS else space[name]
    if asked.get("children") and name not in OURS:
        _as_new(bench, kind)
    made = kind(*(np.array(each) if isinstance(each, np.ndarray) else each for each in asked["given"]))
    for child in asked.get("children", ()):
        made.add(target_of(bench, child))
    return made


def _as_new(bench: Any, kind: type) -> None:
    """Make lists and dicts that all objects of a class share what they were at first: what is mixed up is paid for once."""
    if kind not in bench.session.setdefault("shared", {}):
        begin = vars(kind).get("__init__")
        values = {name: value for name, value in vars(kind).items() if type(value) in (list, dict)}
        defaults = getattr(begin, "__defaults__", None) or ()
        bench.session["shared"][kind] = (
            {name: copy.copy(each) for name, each in values.items()},
            list(map(copy.copy, defaults)),
        )
    values, defaults = bench.session["shared"][kind]
    for name, value in values.items():
        setattr(kind, name, copy.copy(value))
    if defaults:
        kind.__init__.__defaults__ = tuple(map(copy.copy, defaults))  # type: ignore[misc]


def set_mode(target: Any, *, training: bool) -> None:
    """Switch between training and evaluation by the method, where there is one, and by the attribute in any case."""
    method = getattr(target, "train" if training else "evaluate", None)
    if callable(method):
        method()
    target.training = training


def go_forward(target: Any, *given: Any) -> Any:
    """Return what forward returns; of a class that has lost it, what updateOutput does."""
    whole = callable(getattr(target, "forward", None)) or not hasattr(target, "updateOutput")
    return target.forward(*given) if whole else target.updateOutput(*given)


def go_back(target: Any, *given: Any) -> Any:
    """Return what backward returns; of a class that has lost it, what updateGradInput does, with accGradParameters behind it."""
    if callable(getattr(target, "backward", None)) or not hasattr(target, "updateGradInput"):
        return target.backward(*given)
    returned = target.updateGradInput(*given)
    if callable(getattr(target, "accGradParameters", None)):
        target.accGradParameters(*given)
    return returned


def _build(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    bench.held[operation["name"]] = _made(bench, operation)
    return {}


def _mode(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    set_mode(target_of(bench, operation["target"]), training=operation["training"])
    return {}


def _described(bench: Any, value: Any) -> dict[str, Any]:
    answer: dict[str, Any] = describe(value, bench.room)
    bench.room -= answer["value"].nbytes if answer["value"] is not None else 0
    return {"value": answer["value"], "type": answer["type"]}


def _said(caught: list[warnings.WarningMessage]) -> list[str]:
    texts = [str(each.message) for each in caught if issubclass(each.category, RuntimeWarning)]
    return list(dict.fromkeys(texts))[:WARNINGS]


def _forward(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    target = target_of(bench, operation["target"])
    given = [np.array(each) for each in operation["given"]]
    # what forward makes of its arrays is not what backward is given: a mistake is paid for once
    bench.session["input"] = given[0].copy()
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn", divide="warn", invalid="warn"):
        warnings.simplefilter("always")
        returned = go_forward(target, *given)
    stored = getattr(target, "output", None)
    answer = {"returned": _described(bench, returned), "stored": _described(bench, stored), "warnings": _said(caught)}
    return {"value": {**answer, "after": [_described(bench, each) for each in given]}}


def _backward(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    target = target_of(bench, operation["target"])
    given = [bench.session["input"].copy(), *(np.array(each) for each in operation["given"])]
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn", divide="warn", invalid="warn"):
        warnings.simplefilter("always")
        returned = go_back(target, *given)
    stored = getattr(target, "gradInput", None)
    answer = {"returned": _described(bench, returned), "stored": _described(bench, stored), "warnings": _said(caught)}
    return {"value": {**answer, "after": [_described(bench, each) for each in given]}}


def _values(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what forward makes of every one of many inputs: of one object, or of a new one with the same past each time."""
    rows = []
    for point in operation["inputs"]:
        target = _anew(bench, operation["anew"]) if operation["anew"] else target_of(bench, operation["target"])
        given = [np.array(point), *(np.array(each) for each in operation["others"])]
        rows.append(np.array(_numbers(go_forward(target, *given)), dtype=np.float64).ravel())
    return {"value": _stacked(bench, rows)}


def _anew(bench: Any, recipe: dict[str, Any]) -> Any:
    target = _made(bench, recipe)
    set_mode(target, training=True)
    for batch in recipe["past"]:
        go_forward(target, np.array(batch))
    return target


def _numbers(value: Any) -> Any:
    if value is None:
        raise TypeError("forward() returned None")
    return value


def _stacked(bench: Any, rows: list[Array]) -> dict[str, Any]:
    if len({row.size for row in rows}) > 1:
        raise ValueError("forward() returned outputs of different sizes for inputs of one size")
    return _described(bench, np.array(rows))


def _parameter_values(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what forward makes of one input at every one of many points of the parameters, which are put back at last."""
    target = target_of(bench, operation["target"])
    arrays = [each for each in flat(target.getParameters(), 0) if isinstance(each, np.ndarray)]
    before = [each.copy() for each in arrays]
    rows = []
    try:
        for point in operation["points"]:
            _write(arrays, point)
            rows.append(np.array(_numbers(go_forward(target, np.array(operation["input"]))), dtype=np.float64).ravel())
    finally:
        for array, old in zip(arrays, before, strict=True):
            array[...] = old
    return {"value": _stacked(bench, rows)}


def _write(arrays: list[Array], point: Array) -> None:
    if sum(array.size for array in arrays) != len(point):
        raise ValueError("getParameters() returned another number of parameters than there are")
    begin = 0
    for array in arrays:
        array[...] = point[begin : begin + array.size].reshape(array.shape)
        begin += array.size


def flat(value: Any, depth: int) -> Iterator[Any]:
    """Yield what is in nested lists, in order."""
    if isinstance(value, list | tuple) and depth < DEPTH:
        for each in list(value)[:ENTRIES]:
            yield from flat(each, depth + 1)
    else:
        yield value


def _nested(bench: Any, value: Any, depth: int) -> dict[str, Any]:
    if isinstance(value, list | tuple) and depth < DEPTH:
        return {"list": [_nested(bench, each, depth + 1) for each in list(value)[:ENTRIES]]}
    return _described(bench, value)


def _listed(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what getParameters or getGradParameters returns, lists as lists."""
    return {"value": _nested(bench, getattr(target_of(bench, operation["target"]), operation["method"])(), 0)}


def _attributes(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return the arrays among an object's attributes, those in its dicts and lists, too."""
    held = _arrays(vars(target_of(bench, operation["target"])), "", 0)
    return {"value": {name: _described(bench, value) for name, value in itertools.islice(held, ENTRIES)}}


def _arrays(holder: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the arrays in nested dicts and lists, each with the names and places under which it lies."""
    pairs = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
    for key, value in pairs[:ENTRIES]:
        full = f"{name}.{key}" if name else str(key)
        if type(value) in ARRAYS:
            yield full, value
        elif type(value) in (dict, list, tuple) and depth < NESTED:
            yield from _arrays(value, full, depth + 1)


def _update(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Write into the arrays that getParameters returns, in place, as the course's optimiser does."""
    target = target_of(bench, operation["target"])
    arrays = [each for each in flat(target.getParameters(), 0) if isinstance(each, np.ndarray)]
    _write(arrays, operation["point"])
    return {}


OPERATIONS = {
    "module_build": _build,
    "module_mode": _mode,
    "module_forward": _forward,
    "module_backward": _backward,
    "module_values": _values,
    "module_parameter_values": _parameter_values,
    "module_listed": _listed,
    "module_attributes": _attributes,
    "module_update": _update,
}
