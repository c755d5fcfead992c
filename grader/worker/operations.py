"""What the worker can be asked: one function an operation, each answers with plain data or raises."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.worker import attributes, loading
from grader.worker.alarm import Alarm, Overtime
from grader.worker.problems import (
    MISSING,
    RAISED,
    SKIPPED,
    TIMEOUT,
    UNTOLD,
    Places,
    Refused,
    clean,
    of_exception,
    problem,
    type_name,
)
from grader.worker.taps import Taps, Visit
from grader.worker.values import as_array, check_size, describe

Carry = Callable[["Bench", dict[str, Any]], dict[str, Any]]
TELLING_SECONDS = 1.0
now = time.perf_counter  # bound before student code can replace it


@dataclass
class Bench:
    """What one session works with: the objects it holds, and the bytes of answers that it may still give.

    `operations` are those of the worker and of its plugins, which keep what they need in `session`.
    """

    finder: loading.SubmissionFinder
    taps: Taps
    places: Places
    alarm: Alarm
    room: int
    held: dict[str, Any] = field(default_factory=dict)
    operations: Mapping[str, Carry] = field(default_factory=lambda: OPERATIONS)
    session: dict[str, Any] = field(default_factory=dict)


def carry_out(bench: Bench, operation: dict[str, Any], seconds: float, overtime: str) -> dict[str, Any]:
    """Return the answer to one operation; what student code raises, be it exit() or an interrupt, is a problem in it.

    `overtime` is what is said when it takes longer than `seconds`.
    """
    started = now()
    answer: dict[str, Any] = {"value": None, "type": "", "text": "", "problem": None}
    try:
        answer |= bench.alarm.run(seconds, lambda: bench.operations[operation["op"]](bench, operation))
    except Overtime:
        answer["problem"] = problem(TIMEOUT, overtime, bench.alarm.where)
        answer["text"] = clean(f"was at {bench.alarm.exactly}") if bench.alarm.exactly else ""
    except BaseException as error:  # noqa: BLE001 - whatever student code raises is its answer
        answer["problem"] = _told(bench, error)
        if not answer["problem"]["where"]:
            answer["problem"]["where"] = _definition(bench, operation)
    bench.taps.visitor = None
    return {**answer, "seconds": now() - started}


def _told(bench: Bench, error: BaseException) -> dict[str, str]:
    """Return the problem that an exception is; its text is made by student code, which may take for ever over that."""
    try:
        told: dict[str, str] = bench.alarm.run(TELLING_SECONDS, lambda: of_exception(error, bench.places))
    except BaseException:  # noqa: BLE001 - the alarm itself
        return problem(RAISED, UNTOLD)
    return told


def skipped(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to an operation that is not tried because time ran out before it."""
    said = problem(SKIPPED, f"{operation['label']} is not tried after the timeout before it")
    return {"value": None, "type": "", "text": "", "problem": said, "seconds": 0.0}


def _definition(bench: Bench, operation: dict[str, Any]) -> str:
    """Return where the method is defined that could not even be entered, for instance for want of a parameter."""
    try:
        if operation["op"] == "create":
            return bench.places.of_function(loading.resolve(operation["path"]).__init__)
        if operation.get("form", operation["op"]) in ("call", "map_rows"):
            return bench.places.of_function(getattr(bench.held[operation["target"]], operation["method"]))
    except BaseException:  # noqa: BLE001 - looking at student objects may run student code
        return ""
    return ""


def _load(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    found = loading.load(bench.finder, operation["file"], operation["module"], operation["fits"])
    if "stumbled" in found:
        found["stumbled"] = of_exception(found["stumbled"], bench.places)
    return {"value": found, "type": "module"}


def _seed(_bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    random.seed(operation["seed"])
    np.random.seed(operation["seed"])  # noqa: NPY002 - what students draw from
    return {}


def _create(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    made = loading.resolve(operation["path"])(
        *_arguments(bench, operation["args"]), **_arguments(bench, operation["kwargs"])
    )
    bench.held[operation["name"]] = made
    return {"type": type_name(made)}


def _hold(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    bench.held[operation["name"]] = _argument(bench, operation["value"])
    return {}


def _fetch(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    return _described(bench, _target(bench, operation["name"]))


def _forget(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    for name in operation["names"]:
        bench.held.pop(name, None)
    return {}


def _call(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    method = _method(_target(bench, operation["target"]), operation["method"])
    return _described(bench, method(*_arguments(bench, operation["args"]), **_arguments(bench, operation["kwargs"])))


def _map_rows(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    name, rows, fixed = operation["method"], operation["rows"], operation["fixed"]
    force, record = operation["force"], operation["record"]
    method = _method(_target(bench, operation["target"]), name)
    results: np.ndarray[Any, Any] | None = None
    calls = np.zeros(len(rows), dtype=np.int64)
    for index, row in enumerate(rows):
        visit = Visit(operation["identity"], force, record, row)
        bench.taps.visitor = visit if operation["identity"] or force is not None or record is not None else visit.count
        given = row if force is None else fixed
        result = method(given.copy(), **_arguments(bench, operation["kwargs"]))
        bench.taps.visitor = None
        flat = _flat(result, name) if record is None else visit.recorded().ravel()
        if results is None:
            check_size(len(rows) * flat.size * 8, bench.room, f"{len(rows)} results of {name}()")
            results = np.empty((len(rows), flat.size))
        if flat.size != results.shape[1]:
            raise Refused(
                RAISED, f"{name}() returned {results.shape[1]} numbers for one input and {flat.size} for another"
            )
        results[index] = flat
        calls[index] = visit.calls
    results = np.empty((0, 0)) if results is None else results
    bench.room -= results.nbytes
    return {"value": {"results": results, "calls": calls}}


def _flat(result: Any, name: str) -> np.ndarray[Any, Any]:
    array = as_array(result)
    if array is None:
        wrong = "None" if result is None else f"a value of type {type_name(result)}"
        raise Refused(RAISED, f"{name}() returned {wrong} instead of an array of numbers")
    return array.astype(np.float64, copy=False).ravel()


def _train(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    target = _target(bench, operation["target"])
    backward, step, zero_grad = (_method(target, name) for name in ("backward", "step", "zero_grad"))
    inputs, targets, alpha, batch = operation["inputs"], operation["targets"], operation["alpha"], operation["batch"]
    order = operation["order"].tolist()
    end = now() + operation["budget"]
    done = 0
    for index in order:
        if now() > end:
            break
        y = float(targets[index]) if targets.ndim == 1 else targets[index].copy()
        backward(inputs[index].copy(), y)
        done += 1
        if done % batch == 0 or done == len(order):
            step(alpha)
            zero_grad()
    return {"value": {"done": done}}


def _arrays(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    found = attributes.find(_target(bench, operation["target"]), bench.room)
    bench.room -= sum(each["array"].nbytes for each in found)
    return {"value": found}


def _lay(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    path = Path(bench.finder.folder, operation["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(operation["content"].tobytes())
    return {}


OPERATIONS: dict[str, Carry] = {
    "load": _load,
    "seed": _seed,
    "create": _create,
    "hold": _hold,
    "fetch": _fetch,
    "forget": _forget,
    "call": _call,
    "map_rows": _map_rows,
    "train": _train,
    "arrays": _arrays,
    "lay": _lay,
}


def _described(bench: Bench, value: Any) -> dict[str, Any]:
    answer = describe(value, bench.room)
    bench.room -= answer["value"].nbytes if answer["value"] is not None else 0
    return answer


def _target(bench: Bench, name: str) -> Any:
    if name not in bench.held:
        raise Refused(SKIPPED, f"there is no object `{name}` to ask: it could not be made")
    return bench.held[name]


def _method(target: Any, name: str) -> Any:
    try:
        method = getattr(target, name)
    except AttributeError:
        raise Refused(MISSING, f"class {type_name(target).rpartition('.')[2]} has no method `{name}`") from None
    if not callable(method):
        raise Refused(MISSING, f"`{name}` of class {type_name(target).rpartition('.')[2]} is not a method")
    return method


def _arguments(bench: Bench, given: Any) -> Any:
    if isinstance(given, dict):
        return {key: _argument(bench, value) for key, value in given.items()}
    return [_argument(bench, value) for value in given]


def _argument(bench: Bench, given: Any) -> Any:
    match given:
        case np.ndarray():
            return given.copy()
        case {"@ref": name}:
            return _target(bench, name)
        case {"@function": path}:
            return loading.resolve(path)
        case dict() | list():
            return _arguments(bench, given)
        case _:
            return given
