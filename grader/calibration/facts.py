"""What a calibration comes to: in a few numbers, in a few sentences, and as plain data."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader import __version__, text
from grader.calibration.diagnoses import diagnosed, untrue
from grader.calibration.summary import Calibration, counts
from grader.calibration.thresholds import thresholds, upper_bound
from grader.calibration.trial import Group, Tried
from grader.text import number

MOST_NAMED = 12


@dataclass(frozen=True)
class About:
    """How a calibration came about; `seconds` are those of the whole run, `processor_seconds` those of all processors."""

    command: str
    date: str
    seconds: float
    processor_seconds: float
    seed: int
    sandbox: str
    versions: str = field(
        default_factory=lambda: f"mlpgrader {__version__}, Python {platform.python_version()}, numpy {np.__version__}"
    )


def at_a_glance(calibration: Calibration) -> Iterator[tuple[str, str]]:
    """Yield what was counted, as (fact, value)."""
    kept = sum(each.kept for each in calibration.tried)
    yield "gradings", f"{len(calibration.tried)} in {calibration.seconds:.0f} s"
    if kept:
        yield "judged from kept evidence", f"{kept}; run: {len(calibration.tried) - kept}"
    for group in (Group.PLANTED, Group.GENERATED):
        bugs = [each for each in calibration.wrong if each.trial.group is group]
        if bugs:
            caught = sum(each.caught for each in bugs)
            yield f"{group} bugs caught", f"{caught} of {len(bugs)} ({percent(caught / len(bugs))})"
    equivalent = [each for each in calibration.of(Group.GENERATED) if each.trial.equivalent]
    if equivalent:
        yield "generated changes that change nothing", str(len(equivalent))
    named = [each for each in calibration.wrong if each.trial.fails is not None]
    if named:
        exact = len(named) - len(calibration.surprising)
        yield "bugs that fail exactly the checks they name", f"{exact} of {len(named)}"
    if calibration.right:
        lost, total = len(calibration.wronged), len(calibration.right)
        bound = percent(upper_bound(lost, total))
        yield "right gradings that lost something", f"{lost} of {total} (the true rate is below {bound}, 95 % sure)"
    for each in calibration.of(Group.TEMPLATE):
        yield "points of the template", str(number(each.earned))
    found = diagnosed(calibration.wrong)
    if found.catalogued:
        share = f"{len(found.right)} of {found.catalogued} ({percent(found.share)})"
        yield "mistakes of the catalogue named", f"{share}; not named {len(found.none)}"
        yield "other bugs told by a true name", f"{len(found.named)} of {len(found.named) + len(found.unnamed)}"
        yield "bugs given a wrong name", f"{len(found.wrong)}"


def complaints(calibration: Calibration) -> Iterator[str]:
    """Yield what is not as it should be, a sentence each."""
    for each in calibration.unsettled:
        why = each.failure or f"not judged: {', '.join(sorted(each.undecided))}"
        yield f"{each.trial.name} could not be graded in full: {why}"
    for each in calibration.wronged:
        yield f"{each.trial.name} is right and lost {listed(each.lost_checks)} (seed {each.seed})"
    for each in calibration.rewarded:
        yield f"the template earned {number(each.earned)}"
    for each in calibration.escaped:
        where = f" in {' or '.join(each.trial.items)}" if each.trial.items else ""
        yield f"{each.trial.name} was not caught{where}: {each.trial.story or 'nothing was lost'}"
    for each, beside, passed in calibration.surprising:
        more = [f"lost {listed(beside)} as well"] if beside else []
        less = [f"did not lose {listed(passed)}"] if passed else []
        yield f"{each.trial.name} {' and '.join(more + less)} (seed {each.seed})"
    for each in diagnosed(calibration.wrong).wrong:
        known = f", it is {each.trial.diagnosis}" if each.trial.diagnosis else ""
        yield f"{each.trial.name} was called {listed(untrue(each))}{known} ({each.trial.story})"


def as_data(calibrations: Sequence[Calibration], about: About) -> dict[str, Any]:
    """Return everything as plain data, schema `mlpgrader.calibration/1`."""
    return {
        "schema": "mlpgrader.calibration/1",
        "command": about.command,
        "date": about.date,
        "seconds": number(about.seconds),
        "processor_seconds": number(about.processor_seconds),
        "seed": about.seed,
        "sandbox": about.sandbox,
        "versions": about.versions,
        "assignments": [_assignment(each) for each in calibrations],
    }


def _assignment(calibration: Calibration) -> dict[str, Any]:
    return {
        "id": calibration.assignment,
        "rubric_digest": calibration.rubric_digest,
        "items": list(calibration.checks),
        "left_out": list(calibration.left_out),
        "seconds": number(calibration.seconds),
        "gradings": [_grading(each) for each in calibration.tried],
        "checks": [vars(each) for each in counts(calibration)],
        "thresholds": [
            {**vars(each), "right": list(each.right), "wrong": list(each.wrong)} for each in thresholds(calibration)
        ],
        "complaints": list(complaints(calibration)),
    }


def _grading(tried: Tried) -> dict[str, Any]:
    return {
        "name": tried.trial.name,
        "group": str(tried.trial.group),
        "seed": tried.seed,
        "caught": tried.caught,
        "equivalent": tried.trial.equivalent,
        "verdicts": {name: str(verdict) for name, verdict in tried.verdicts.items()},
        "diagnoses": dict(tried.diagnoses),
        "expected_diagnosis": tried.trial.diagnosis,
        "lost": {item: number(points) for item, points in tried.lost.items()},
        "seconds": number(tried.seconds),
        "failure": tried.failure,
        "kept": tried.kept,
    }


def percent(share: float) -> str:
    """Return a share as people write it."""
    return f"{100 * share:.3g} %"


def listed(names: Any) -> str:
    """Return names in order with commas between them, the first ones where there are many."""
    return text.listed(sorted(set(names)), MOST_NAMED)
