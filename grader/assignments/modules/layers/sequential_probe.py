"""What is asked of Sequential: filled with modules of ours it is judged by itself, filled with the student's as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking, closed_forms
from grader.assignments.modules.layers.asking import LayerSeen, cast
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase, Pass
from grader.kits.layer_contract.answers import (
    Listed,
    case_of,
    leaves,
    plain_attributes,
    plain_list,
    plain_pass,
    plain_values,
)
from grader.model import Array, Verdict
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox.operations import Operation, call, forget

NAME = "Sequential"
MATRIX = "numpy.matrix"
# w and t of a module; None for the one that learns nothing
Part = tuple[Array, Array] | None
DEEP = (
    ("Linear", 1),
    ("BatchMeanSubtraction", 0),
    ("LeakyReLU", 0),
    ("Linear", 1),
    ("ELU", 0),
    ("Linear", 1),
    ("SoftPlus", 0),
    ("Linear", 1),
)
# what a default that differs would change: with another alpha the mean moves from pass to pass
GIVEN = {"BatchMeanSubtraction": (0.0,)}


class SequentialCase(LayerCase):
    """One batch through a Sequential of modules of ours, and what these hold after it; then another one, which only lists.

    `parts` are w and t of each, nothing for the one that learns nothing; what modules hold is by name. `calls` says how often
    each has gone forward, after forward and after backward; `again` is forward with the same input once more, after backward.
    `listed` is what the modules of the other container hold, which has never gone back. Old evidence has none of these.
    """

    parts: list[list[Array]]
    nested: bool
    children: list[dict[str, Array]]
    calls: NotRequired[list[list[float]]]
    again: NotRequired[Pass]
    gradients: Listed
    parameters: Listed
    listed: NotRequired[list[dict[str, Array]]]
    cleared: PlainProblem | None
    after_clearing: list[dict[str, Array]]
    point: Array
    updated: PlainProblem | None
    after_update: list[dict[str, Array]]


class Deep(TypedDict):
    """One batch through a deep network of the student's classes into a criterion and back, as far as it came."""

    criterion: str
    input: Array
    target: Array
    forward: Pass
    loss: Pass | None
    backward: Pass | None
    around: Array | None


class SequentialSeen(LayerSeen):
    """What was observed of Sequential; there are no deep networks where one of the classes is wrong by itself.

    `shared` says that a new container holds the modules of an earlier one; evidence of earlier graders does not say.
    """

    verdicts: dict[str, str]

    cases: list[SequentialCase]
    nested: SequentialCase
    deep: list[Deep]
    shared: NotRequired[bool]


def sequential(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Pass batches through Sequential filled with modules of ours, read and update parameters, then through deep networks."""
    if not asking.begin(session, seen, NAME):
        return
    d, rows, seed = int(rng.integers(2, 4)), int(rng.integers(3, 6)), int(rng.integers(2**31))
    plans: list[tuple[tuple[int, ...], int, type]] = [
        ((1, 1, 0, 1), rows, np.float64),
        ((2, 0, 1, 2, 1, 0, 1), rows + 1, np.float64),
        ((1,), rows, np.float64),
        ((2, 1), 1, np.float64),
        ((1, 0, 2), rows, np.float32),
    ]
    seen["shared"] = _shares(session, seed)
    seen["cases"] = [_case(session, rng, times, d, count, dtype, seed) for times, count, dtype in plans]
    # one that has lost forward or backward cannot be asked through another one
    seen["nested"] = _case(session, rng, (1, 0, 2, 1), d, rows, np.float64, seed, nested=not seen["lost"])
    drawn = [_drawn(rng, criterion) for criterion in ("ClassNLLCriterion", "MSECriterion")]
    # of classes that are wrong by themselves no network is made
    right = all(each.verdict is Verdict.PASSED for found in session.findings.values() for each in found)
    right = right and not any(session.earlier.get(probe, {}).get("lost") for probe in session.findings)
    deep = [_deep(session, *plan, seed) for plan in drawn] if right else []
    seen["deep"] = [each for each in deep if each]
    seen["done"] = True
    seen["trajectory"] = trajectory(session, NAME, rng)


def _shares(session: Session, seed: int) -> bool:
    """Tell whether a new container holds the modules that were added to one before it."""
    child = asking.build("child", "@Curved", np.ones(1), np.ones(1), seed=seed)
    first = asking.build("first", NAME, seed=seed, children=["child"])
    _, _, _, listed = session.run(
        child, first, asking.build("second", NAME, seed=seed), asking.listed("second", "getParameters")
    )
    session.run(forget("child", "first", "second"))
    return bool(leaves(plain_list(listed)["tree"]))


def _parts(rng: np.random.Generator, times: Sequence[int], d: int) -> list[Part]:
    """Return modules of ours: each repeats its input so many times side by side, 0 is the one that learns nothing."""
    parts: list[Part] = []
    for each in times:
        if each:
            d *= each
            parts.append((rng.uniform(0.5, 1.0, d), rng.uniform(0.1, 0.2, d) * rng.choice([-1.0, 1.0], d)))
        else:
            parts.append(None)
    return parts


def weights_of(part: Part | list[Array], width: int) -> tuple[Array, Array]:
    """Return w and t of a module of ours; those of the one that learns nothing are known."""
    return (part[0], part[1]) if part else (np.ones(width), np.full(width, 0.25))


def through(parts: Sequence[Any], x: Array) -> list[Array]:
    """Return the input of every module, and the last one's output."""
    passed = [x]
    for part in parts:
        width = len(part[0]) if part else passed[-1].shape[1]
        passed.append(closed_forms.curved(passed[-1], *weights_of(part, width)))
    return passed


def _case(
    session: Session,
    rng: np.random.Generator,
    times: Sequence[int],
    d: int,
    rows: int,
    dtype: type,
    seed: int,
    *,
    nested: bool = False,
) -> SequentialCase:
    parts = _parts(rng, times, d)
    x = cast(rng.uniform(-1.0, 1.0, (rows, d)), dtype)
    grad = cast(np.asarray(rng.standard_normal(through(parts, x)[-1].shape)), dtype)
    children = [f"part{index}" for index in range(len(parts))]
    # there is something to clear
    filled = [each for name, part in zip(children, parts, strict=True) if part for each in _passes(name, part)]
    point = rng.uniform(0.2, 0.9, sum(2 * len(part[0]) for part in parts if part))
    looked = [asking.attributes(name) for name in children]
    made = _construction(parts, children, seed, nested=nested)
    answers = session.run(
        *made,
        asking.forward("net", x),
        *looked,
        asking.backward("net", grad),
        *looked,
        asking.attributes("net"),
        asking.forward("net", x),
    )
    *_, built, _ = _taken(answers, len(made))
    (went,) = _taken(answers, 1)
    before = _calls(_taken(answers, len(children)))
    (back,) = _taken(answers, 1)
    seen = _taken(answers, len(children))
    own, again = answers
    # what backward does to its container is paid for there: lists are asked of another one
    answers = session.run(
        *made,
        asking.values("net", asking.around(x)),
        *filled,
        asking.listed("net", "getParameters"),
        asking.listed("net", "getGradParameters"),
        *looked,
        call("net", "zeroGradParameters"),
        *looked,
        asking.update("net", point),
        *looked,
    )
    _taken(answers, len(made))
    (around,) = _taken(answers, 1)
    _taken(answers, len(filled))
    parameters, gradients = _taken(answers, 2)
    listed = _children(_taken(answers, len(children)))
    (cleared,) = _taken(answers, 1)
    after_clearing = _children(_taken(answers, len(children)))
    (updated,) = _taken(answers, 1)
    session.run(forget("net", "inner", *children))
    case = case_of(x, grad, built=built, went=went, back=back, values=around)
    case["output_after"] = plain_attributes(own).get("output")
    return SequentialCase(
        **case,
        parts=[list(part) if part else [] for part in parts],
        nested=nested,
        children=_children(seen),
        calls=[before, _calls(seen)],
        again=plain_pass(again),
        gradients=plain_list(gradients),
        parameters=plain_list(parameters),
        listed=listed,
        cleared=plain_problem(cleared.problem),
        after_clearing=after_clearing,
        point=point,
        updated=plain_problem(updated.problem),
        after_update=_children(answers),
    )


def _construction(parts: Sequence[Part], children: Sequence[str], seed: int, *, nested: bool) -> list[Operation]:
    made = []
    for name, part in zip(children, parts, strict=True):
        if part is None:
            made.append(asking.build(name, "@Squared", seed=seed))
        else:
            made.append(asking.build(name, "@Curved", *part, seed=seed))
    inside: Sequence[str] = children
    if nested:
        made.append(asking.build("inner", NAME, seed=seed, children=children[1:3]))
        inside = [children[0], "inner", *children[3:]]
    return [*made, asking.build("net", NAME, seed=seed, children=inside), asking.mode("net", training=True)]


def _passes(name: str, part: tuple[Array, Array]) -> list[Operation]:
    """Return what gives a module of ours gradients that are not 0."""
    ones = np.ones((1, len(part[0])))
    return [asking.forward(name, ones), asking.backward(name, ones)]


def _taken(answers: list[Answer], count: int) -> list[Answer]:
    """Take the next answers out of the list and return them."""
    taken = answers[:count]
    del answers[:count]
    return taken


def _children(answers: Sequence[Answer]) -> list[dict[str, Array]]:
    names = ("w", "t", "gradw", "gradt")
    return [{name: found[name] for name in names if name in found} for found in map(plain_attributes, answers)]


def _calls(answers: Sequence[Answer]) -> list[float]:
    """Return how often each module of ours has gone forward, 0 where it does not say."""
    return [float(plain_attributes(each).get("calls", np.zeros(1)).sum()) for each in answers]


def _drawn(rng: np.random.Generator, criterion: str) -> tuple[str, list[int], Array, Array]:
    """Return a criterion with the widths of a deep network, a batch and its targets, drawn."""
    widths = [int(n) for n in rng.integers(3, 6, 5)]
    rows = int(rng.integers(4, 7))
    x = rng.standard_normal((rows, widths[0]))
    return criterion, widths, x, np.eye(widths[-1])[rng.integers(widths[-1], size=rows)]


def _deep(session: Session, criterion: str, widths: Sequence[int], x: Array, target: Array, seed: int) -> Deep | None:
    """Pass a batch through a deep network of the student's own classes into a criterion, and back again.

    None where one of these cannot be made without a number, which is told where its default is judged, or gives a matrix.
    """
    made, children, layer = [], [], 0
    plan = [*DEEP, *([("SoftMax", 0)] if criterion == "ClassNLLCriterion" else [("Dropout", 0)])]
    for index, (kind, is_linear) in enumerate(plan):
        given = (widths[layer], widths[layer + 1]) if is_linear else GIVEN.get(kind, ())
        layer += is_linear
        children.append(f"deep{index}")
        made.append(asking.build(children[-1], kind, *given, seed=seed + index))
        # what drops is switched off: its mask could not be held
        made.append(asking.mode(children[-1], training=kind != "Dropout"))
    if any(answer.problem for answer in session.run(*made)[::2]):
        return None
    (first,) = session.run(asking.forward(children[0], x))
    if plain_pass(first)["type"] == MATRIX:
        # what it is handed to computes otherwise with it
        return None
    session.run(asking.build("deep", NAME, seed=seed, children=children), asking.build("loss", criterion, seed=seed))
    (went,) = session.run(asking.forward("deep", x))
    found = Deep(
        criterion=criterion,
        input=x,
        target=target,
        forward=plain_pass(went),
        loss=None,
        backward=None,
        around=None,
    )
    output = found["forward"]["value"]
    if output is None or output.shape != target.shape:
        return found
    loss, slope = session.run(asking.forward("loss", output, target), asking.backward("loss", target))
    found["loss"], grad = plain_pass(loss), plain_pass(slope)["value"]
    if grad is None:
        return found
    _, back, around = session.run(
        asking.forward("deep", x), asking.backward("deep", grad), asking.values("deep", asking.around(x))
    )
    found["backward"], found["around"] = plain_pass(back), plain_values(around)
    return found
