"""What is asked of a layer class, and the answers as plain data: nothing that comes from inside is taken as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.loading import load_again
from grader.model import Array
from grader.numerics import STEP
from grader.plain import plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox.operations import Operation, plugged

TYPE_CHARACTERS, WARNINGS, DEPTH = 120, 5, 8


def build(name: str, kind: str, *given: Any, seed: int, children: Sequence[str] = ()) -> Operation:
    """Make an object of the student's class `kind` (of ours for ``@Curved``) and hold it; held `children` are added to it."""
    asked: dict[str, Any] = {"given": list(given), "seed": int(seed) % 2**32, "children": list(children)}
    return plugged("module_build", f"{kind.removeprefix('@')}()", name=name, **asked, **{"class": kind})


def mode(name: str, *, training: bool) -> Operation:
    """Switch an object to training or to evaluation."""
    return plugged("module_mode", "train()" if training else "evaluate()", target=name, training=training)


def forward(name: str, *given: Array) -> Operation:
    """Call forward, and look at what is returned, what is stored, and what became of the input."""
    return plugged("module_forward", "forward()", target=name, given=list(given))


def backward(name: str, *given: Array) -> Operation:
    """Call backward with the input of the last forward, and look at what is returned and stored."""
    return plugged("module_backward", "backward()", target=name, given=list(given))


def around(x: Array) -> Array:
    """Return the points (2 N, *shape) that central differences at x need: a step up along every entry, then down.

    They are in double precision whatever x is: single precision cannot tell them apart.
    """
    x = x.astype(np.float64)
    offsets = (STEP * np.eye(x.size)).reshape(x.size, *x.shape)
    return np.concatenate([x + offsets, x - offsets])


def values(name: str, inputs: Array, *others: Array, anew: Mapping[str, Any] | None = None) -> Operation:
    """Call forward for every one of the inputs (K, n, d); with `anew` on a new object with the same past for each."""
    asked = {"inputs": inputs, "others": list(others), "anew": dict(anew) if anew else None}
    return plugged("module_values", "forward()", target=name, **asked)


def past(kind: str, *given: Any, seed: int, batches: Sequence[Array] = ()) -> dict[str, Any]:
    """Return how an object is made anew: built, and trained on batches."""
    return {"class": kind, "given": list(given), "seed": int(seed) % 2**32, "past": list(batches)}


def parameter_values(name: str, x: Array, points: Array) -> Operation:
    """Call forward with one input at every one of the points (K, P) of all parameters."""
    return plugged("module_parameter_values", "forward()", target=name, input=x, points=points)


def listed(name: str, method: str) -> Operation:
    """Call getParameters or getGradParameters."""
    return plugged("module_listed", f"{method}()", target=name, method=method)


def attributes(name: str) -> Operation:
    """Return the arrays that hang on an object."""
    return plugged("module_attributes", "looking for arrays", target=name)


def update(name: str, point: Array) -> Operation:
    """Write numbers (P,) into the arrays that getParameters returns."""
    return plugged("module_update", "updating parameters", target=name, point=point)


def begin(session: Session, seen: dict[str, Any], kind: str) -> bool:
    """Load the classes; False, with the reason noted, when the one that is asked about is not there."""
    seen |= {"class": kind, "absent": "", "done": False}
    load_again(session)
    (answer,) = session.run(plugged("module_classes", "classes"))
    classes = answer.value.get("classes") if isinstance(answer.value, Mapping) else None
    if isinstance(classes, Mapping) and kind in classes:
        return True
    seen |= {"absent": _why(session, kind), "done": True}
    return False


def _why(session: Session, kind: str) -> str:
    earlier = session.earlier.get("modules", {})
    home = earlier.get("missing", {}).get(kind, "")
    if not home:
        return f"there is no class {kind}"
    for error in earlier.get("errors", ()):
        if error["cell"] == home:
            problem = error["problem"]
            where = f" ({problem['where']})" if problem["where"] else f" ({home})"
            return f"the class {kind} could not be made, because its cell ends in an error: {problem['message']}{where}"
    return f"the class {kind} in {home} could not be made"


def kept_pass(answer: Answer) -> dict[str, Any]:
    """Return what a pass forward or back gave: ``value``, ``type``, ``stored``, ``after``, ``warnings`` and ``problem``."""
    raw = answer.value if isinstance(answer.value, Mapping) else {}
    returned, stored = _array(raw.get("returned")), _array(raw.get("stored"))
    after = [_array(each)["value"] for each in raw["after"]] if isinstance(raw.get("after"), list) else []
    said = [each[:200] for each in _list(raw.get("warnings")) if isinstance(each, str)][:WARNINGS]
    kept = {"value": returned["value"], "type": returned["type"], "after": after, "warnings": said}
    return {**kept, "stored": stored["value"], "problem": plain_problem(answer.problem)}


def kept_values(answer: Answer) -> dict[str, Any]:
    """Return the outputs (K, m) of many forward passes, None when there are none."""
    value = _array(answer.value)["value"]
    return {"value": value if value is not None and value.ndim == 2 else None, "problem": plain_problem(answer.problem)}


def kept_list(answer: Answer) -> dict[str, Any]:
    """Return what getParameters returned as a ``tree`` of lists and ``{"value", "type"}``."""
    return {"tree": _tree(answer.value, 0), "problem": plain_problem(answer.problem)}


def kept_attributes(answer: Answer) -> dict[str, Array]:
    """Return the arrays that hang on an object, by name."""
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
