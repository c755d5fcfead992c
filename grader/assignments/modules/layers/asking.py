"""What can be asked of a layer class, and the case that most of them are asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from grader.assignments.modules.loading import CLASSES, load_again, written
from grader.kits.layer_contract import LayerCase
from grader.kits.layer_contract.answers import case_of, plain_attributes
from grader.model import Array
from grader.numerics import STEP
from grader.plain import PlainProblem
from grader.sandbox import Session
from grader.sandbox.operations import Operation, plugged
from grader.suggestions import did_you_mean

# W (m, n) and b (m,) of Linear, or their gradients
Parameters = tuple[Array, Array]


class Stage(TypedDict):
    """The steps of training between two looks: the batches in order, what went wrong, and what each module has learned after."""

    order: Array
    problem: PlainProblem | None
    after: list[list[Array]]


class Training(TypedDict):
    """Many steps through a chain of modules, each its class (``@Curved`` is ours) and the numbers that it was given.

    `batches` (n, d) come with `targets` (n, m); `nll` says that the student's criterion was the loss. `before` was passed
    forward first. `start` is what each module had learned at first, W (m, n) and b (m,) of Linear, w and t of ours; `problem`
    says why the chain could not be built.
    """

    chain: list[list[Any]]
    nll: bool
    batches: list[Array]
    targets: list[Array]
    before: Array
    problem: PlainProblem | None
    start: list[list[Array]]
    stages: list[Stage]


# what was observed of any class: its name, why it is not there, whether all was asked, which of forward and backward it has
# lost, names that its file has, and training through it
LayerSeen = TypedDict(
    "LayerSeen",
    {
        "class": str,
        "absent": str,
        "done": bool,
        "lost": list[str],
        "written": dict[str, Any],
        "trajectory": Training,
    },
)
# what the course's base class gives a class, and what it is asked through where that is lost
ASKED_THROUGH = {"forward": "updateOutput", "backward": "updateGradInput"}


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
    """Ask for the arrays that an object holds."""
    return plugged("module_attributes", "looking for arrays", target=name)


def update(name: str, point: Array) -> Operation:
    """Write numbers (P,) into the arrays that getParameters returns."""
    return plugged("module_update", "updating parameters", target=name, point=point)


def begin(session: Session, seen: dict[str, Any], kind: str) -> bool:
    """Load the classes; False, with the reason noted, when the one that is asked about is not there."""
    seen |= {"class": kind, "absent": "", "done": False}
    load_again(session)
    (answer,) = session.run(plugged("module_classes", "classes"))
    told = answer.value if isinstance(answer.value, Mapping) else {}
    classes = told.get("classes")
    seen["written"] = written(told.get("written"))
    if isinstance(classes, Mapping) and kind in classes:
        about = classes[kind]
        methods = about.get("methods") if isinstance(about, Mapping) else None
        methods = methods if isinstance(methods, list) else []
        seen["lost"] = [way for way, inner in ASKED_THROUGH.items() if way not in methods and inner in methods]
        return True
    seen |= {"absent": _why(session, kind, seen["written"]["names"]), "done": True}
    return False


def _why(session: Session, kind: str, names: Sequence[str]) -> str:
    earlier = session.earlier.get("modules", {})
    home = earlier.get("missing", {}).get(kind, "")
    if not home:
        others = [name for name in names if name not in CLASSES]
        return f"there is no class {kind}{did_you_mean(kind, others)}"
    for error in earlier.get("errors", ()):
        if error["cell"] == home:
            problem = error["problem"]
            where = f" ({problem['where']})" if problem["where"] else f" ({home})"
            return f"the class {kind} could not be made, because its cell ends in an error: {problem['message']}{where}"
    return f"the class {kind} in {home} could not be made"


def observe_case(
    session: Session, kind: str, given: Sequence[float], x: Array, grad: Array, seed: int, *, differences: bool = True
) -> LayerCase:
    """Make an object, pass x forward and grad back through it, and measure its forward pass around x."""
    made = build("layer", kind, *given, seed=seed)
    asked = [made, mode("layer", training=True), forward("layer", x), backward("layer", grad), attributes("layer")]
    if differences:
        asked.append(values("layer", around(x)))
    built, _, went, back, held, *rest = session.run(*asked)
    case = case_of(x, grad, given, built=built, went=went, back=back, values=rest[0] if rest else None)
    case["output_after"] = plain_attributes(held).get("output")
    return case


def cast(values: Array, dtype: type) -> Array:
    """Return values in single or double precision."""
    return np.asarray(values, dtype=dtype)


def pair(arrays: Sequence[Array], n: int, m: int, *, turned: bool) -> Parameters | None:
    """Return the first W, lying as (m, n) or else as (n, m), and the first b among arrays, or None.

    Of a square W only other layers tell whether it lies `turned`, as (n, m).
    """
    for shape in ((m, n), (n, m)):
        W = next((each for each in arrays if each.shape == shape), None)
        if W is not None:
            others = [each for each in arrays if each is not W and each.shape in {(m,), (1, m), (m, 1)}]
            b = min(others, key=lambda each: each.ndim, default=None)
            upright = shape == (m, n) and not (turned and n == m)
            return None if b is None else (W if upright else W.T, b.ravel())
    return None
