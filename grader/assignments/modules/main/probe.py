"""Running the main notebook on digits that are laid beside it, and noting what its networks and figures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

import numpy as np

from grader.assignments.modules.loading import CLASS_OF, CLASSES, module_file
from grader.assignments.modules.main import files, validated
from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.by_hand import with_losses
from grader.assignments.modules.main.looking import Looking
from grader.assignments.modules.main.measuring import Measured, Measuring, measure
from grader.assignments.modules.main.module_cells import without_experiments
from grader.datasets.digits import digits_of
from grader.errors import HarnessError
from grader.model import Array, Finding, Observation, Verdict
from grader.notebooks.naming import SUFFIX
from grader.notebooks.reading import Cell, read_file
from grader.notebooks.record import CellRecord
from grader.notebooks.session import NotebookSeen, Running, begin
from grader.sandbox import Session, SessionEnded, operations
from grader.watching.logs.projections import Keys

# its networks are small, and measured all at once
SHARE = 0.9
LOOKS = 20
FIGURES = 40
# of its loss at the start, what a training leaves at most
FALLEN = 0.9
MEASURED = ("samples", "trained_keys", "held_out_keys", "slopes", "slopes_every")


class DrawnFigure(validated.FigureRecord):
    """A figure, and the cell that drew it."""

    cell: int


class BeliefRecord(TypedDict):
    """What is believed of the network with this number: what was `told` of it for staff, and why it does not count, if so."""

    index: int
    told: str
    doubt: str


class MainSeen(NotebookSeen, total=False):
    """What is observed of the main notebook.

    It was run on so many `digits`, in a file with these `keys`, with correct classes in the place of those named in `trusted`:
    of the student's, those in `wrong` do not pass their checks, and others have lost `forward` or `backward`.
    `networks` are those that were followed and count, `doubted` those that do not; `beliefs` says why. `fault` says what kept
    the watch from that. `figures` are what its cells drew last, `labels` those of the unseen digits. `needed`, of the run on the
    own classes, says whether there was a reason for it.
    """

    digits: int
    keys: list[str]
    trusted: list[str]
    wrong: list[str]
    networks: list[validated.MeasuredNetwork]
    doubted: list[validated.MeasuredNetwork]
    beliefs: list[BeliefRecord]
    fault: str
    figures: list[DrawnFigure]
    labels: Array
    measured: Measured
    needed: bool


def seen_in(observed: Observation) -> MainSeen:
    """Return what was observed, by its type."""
    return cast("MainSeen", observed.data)


def main(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run the main notebook, right classes in the place of wrong ones, and note in `seen` what happened as it happens."""
    wrong = wrong_classes(session.findings)
    # where nothing was written at all there is no error to be carried forward
    able = len(wrong) < len(CLASSES) and files.SOLVED.is_file()
    lost = [CLASS_OF[probe] for probe in session.findings if session.earlier.get(probe, {}).get("lost")]
    seen["wrong"] = wrong if able else []
    _run(session, seen, rng, list(dict.fromkeys([*wrong, *lost])) if able else [])


def main_own(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run the main notebook on the student's own classes, if it stumbled beside those that stood in for some of them."""
    earlier = session.earlier.get("main", {})
    seen["needed"] = needs_own(earlier)
    if seen["needed"]:
        seen["wrong"] = earlier["wrong"]
        _run(session, seen, rng, [])


def needs_own(earlier: Mapping[str, Any]) -> bool:
    """Tell whether something failed in the run before that may not fail on the student's own classes: a cell, or a training."""
    errors = [cell["error"] for cell in earlier.get("cells", ()) if cell["error"]]
    failed = any(not error["interrupted"] and error["name"] != "NotImplementedError" for error in errors)
    return bool(earlier.get("trusted")) and (failed or _learned_nothing(earlier["networks"]))


def _learned_nothing(networks: Sequence[validated.MeasuredNetwork]) -> bool:
    """Tell whether nothing was trained, or a network was for long whose loss did not fall."""
    ends = [nets.loss_ends(each) for each in nets.in_earnest(nets.toys(networks))]
    ends += [nets.loss_ends(each) for each in nets.in_earnest(nets.classifiers(networks))]
    return not nets.trained(networks) or any(end > FALLEN * start for start, end in ends)


def _run(session: Session, seen: dict[str, Any], rng: np.random.Generator, trusted: Sequence[str]) -> None:
    setting = session.setting
    every = digits_of(setting)
    seen |= {"size": setting.size, "dataset": every.name, "networks": [], "figures": [], "measured": {}}
    seen |= {"beliefs": [], "doubted": [], "fault": "", "trusted": list(trusted), "labels": np.zeros(0, np.uint8)}
    wanted = str(setting.parameters["main_notebook"])
    chosen, note = files.main_files(session.files, wanted)
    found = (chosen[0] if chosen else "", note)
    allowed = cast("tuple[str, ...]", setting.parameters["allowed_imports"])
    cells = begin(session, seen, wanted, allowed=allowed, found=found, beside=files.modules_used)
    for path in chosen[1:]:
        cells = [*cells, *read_file(path, session.files[path]).cells]
    if not cells:
        return
    numbers = setting.numbers
    running = Running(session, seen, seconds=numbers["notebook_seconds"], share=SHARE)
    digits = files.part_of(every, int(numbers["main_train"]), int(numbers["main_test"]), rng)
    count = len(digits.train_labels) + len(digits.test_labels)
    seen["digits"], seen["keys"] = count, list(cast("tuple[str, ...]", setting.parameters["data_keys"]))
    modules = _own_modules(session, cells)
    # what is looked at is drawn apart, so that all else is drawn as it was
    apart = rng.spawn(1)[0]
    seed = int(apart.integers(2**31))
    called = session.earlier.get("modules", {}).get("called", {})
    _open(running, files.as_npz(digits, seen["keys"]), modules, count, trusted, called, seed=seed)
    looks, looking = iter(range(LOOKS)), Looking(apart, seed)

    def look() -> None:
        _look_at_networks(running, with_rows=False)
        looking.look(running, seen["networks"])

    try:
        running.run(
            cells,
            cell_seconds=numbers["cell_seconds"],
            look=look,
            may_look=lambda: next(looks, None) is not None,
            after=lambda entry: _look_at_figures(running, entry),
        )
        _look_at_networks(running, with_rows=True)
        asked = Measuring(session, digits, running.until, Keys(count).of_all)
        looking.judge(asked, seen["networks"])
        looking.settle(seen)
        measure(asked, seen, rng)
    finally:  # also when student code has ended the session
        if not seen["beliefs"]:
            looking.settle(seen)
        for kept in ("networks", "doubted"):
            seen[kept] = [{name: each[name] for name in each if name not in MEASURED} for each in seen[kept]]


def wrong_classes(findings: Mapping[str, Sequence[Finding]]) -> list[str]:
    """Return the names of the classes that some check does not pass, by what was found of each probe."""
    return [
        CLASS_OF[probe]
        for probe, found in findings.items()
        if any(finding.verdict is not Verdict.PASSED for finding in found)
    ]


def _own_modules(session: Session, cells: Sequence[Cell]) -> Mapping[str, bytes]:
    path, _ = module_file(session.files)
    if not path:
        return {}
    content = session.files[path]
    if path.endswith(SUFFIX):
        content = without_experiments(content, session.earlier.get("modules", {}))
    return files.own_modules(session.files, cells, path, content)


def _open(
    running: Running,
    data: bytes,
    modules: Mapping[str, bytes],
    rows: int,
    wrong: Sequence[str],
    called: Mapping[str, str],
    *,
    seed: int,
) -> None:
    replaced = {name: np.frombuffer(content, np.uint8) for name, content in modules.items() if name.endswith(".py")}
    # right classes go along only where wrong ones are to be replaced
    right = files.SOLVED.read_text(encoding="utf-8") if wrong else ""
    instead = {"wrong": list(wrong), "called": dict(called), "right": right}
    watch = operations.plugged(
        "watch_main", "preparing the notebook", rows=rows, seed=seed, replaced=replaced, **instead
    )
    try:
        running.open({**modules, files.DATA: data}, watch)
    except SessionEnded as end:
        # no code of the student's has been run in this process yet
        raise HarnessError(f"no notebook can be run: {end.problem}") from end


def _look_at_networks(running: Running, *, with_rows: bool) -> None:
    answer = running.ask(operations.plugged("main_networks", "looking at the networks", with_rows=with_rows))
    if answer.problem is None:
        networks, running.seen["fault"] = validated.networks_in(answer.value)
        running.seen["networks"] = [with_losses(each) for each in networks]


def _look_at_figures(running: Running, entry: CellRecord) -> None:
    answer = running.ask(operations.plugged("main_figures", "looking at the figures"))
    if answer.problem is None:
        drawn = [{"cell": entry["number"], **figure} for figure in validated.figures_in(answer.value)]
        running.seen["figures"] = [*running.seen["figures"], *drawn][-FIGURES:]
