"""Judging many training steps in a row through one class: do they lead where gradient descent leads?"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignments.modules.layers.asking import Training
from grader.assignments.modules.layers.trajectory import Place, chain_of, followed, learns, sound
from grader.checks import Check, check, failed, passed
from grader.kits.layer_contract import told
from grader.kits.trajectory import Departure, Stretch, agreement, wrong_training
from grader.model import Finding, Observation
from grader.plain import problem_from, problem_in
from grader.text import as_call, counted

_HINT = (
    "One pass is right, many in a row are not: something is carried from batch to batch. Look for values that are kept from an "
    "earlier batch, a count, or a copy of the parameters that is no longer up to date."
)


def trajectory_check(
    kind: str, probe: str, module: str, *, after: Check, excused_by: Sequence[Check], name: str = ""
) -> Check:
    """Return the check of training through a class, declared in a module; what is wrong in one pass is paid for before."""
    declared = check(
        reads=[probe],
        after=[after],
        excused_by=excused_by,
        name=name or f"{probe}_trajectory",
        title=f"{kind}: many training steps in a row lead where gradient descent leads",
        module=module,
    )
    return declared(lambda observed: told(_judge(observed), observed.data))


def _judge(observed: Observation) -> Finding:
    if "trajectory" not in observed.data and observed.problem:
        return failed(f"training ends the process: {observed.problem}", hint=_HINT)
    record, name = sound(observed.data["trajectory"]), observed.data["class"]
    if wrong := _unfollowed(record, name):
        return wrong
    training = followed(record)
    stretches = [Stretch(len(stage["order"]), problem_from(stage["problem"])) for stage in record["stages"]]

    def explain(found: Departure[Place]) -> Finding:
        message = found.told(_block(record, found, name), many=True)
        pattern = found.pattern(lambda place: f"{record['chain'][place[0]][0].strip('@')} {place[1]}")
        return failed(message, hint=_HINT, pattern=pattern, margin=training.margin)

    wrong = wrong_training(name, stretches, training, hint=_HINT, explain=explain)
    return wrong or passed(agreement([training]), margin=training.margin)


def _unfollowed(record: Training, name: str) -> Finding | None:
    if problem := problem_in(record):
        return failed(f"a network with {name} could not be built: {problem}", hint=_HINT)
    for link, arrays in zip(chain_of(record), record["start"], strict=True):
        if learns(link) and not arrays:
            which = "W and b" if link.kind == "Linear" else "the parameters of the modules beside it"
            return failed(f"{name}: getParameters() does not give {which}", hint=_HINT)
    return None


def _block(record: Training, found: Departure[Place], name: str) -> str:
    module, block = found.where
    kind, given = record["chain"][module]
    if kind == "Linear":
        letter = ("W", "b")[block]
        return f"the entries of {letter} of {as_call(name, given)}"
    if name == "Sequential":
        return f"the parameters of module {module + 1} in a {name} of {counted(len(record['chain']), 'module')}"
    side = "behind" if module else "in front of"
    return f"the parameters of a module {side} {name}"
