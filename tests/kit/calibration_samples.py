"""Made-up gradings for tests of calibration."""

from __future__ import annotations

from collections.abc import Mapping

from grader.calibration.facts import About
from grader.calibration.summary import Calibration
from grader.calibration.trial import Group, Margin, Trial, Tried
from grader.model import Verdict

CHECKS = {"first": ("loads", "values"), "second": ("gradient", "learns")}
SIGNS = {"+": Verdict.PASSED, "-": Verdict.FAILED, "b": Verdict.BLOCKED, "?": Verdict.UNDECIDED}
ABOUT = About(
    command="mlpgrader calibrate --jobs 2",
    date="2026-01-31",
    seconds=61.0,
    processor_seconds=104.0,
    seed=1,
    sandbox="process",
)


def verdicts(signs: str) -> dict[str, Verdict]:
    """Return the verdicts of the four checks: ``+`` passed, ``-`` failed, ``b`` blocked, ``?`` undecided."""
    names = [name for names in CHECKS.values() for name in names]
    return {name: SIGNS[sign] for name, sign in zip(names, signs, strict=True)}


def tried(
    name: str,
    signs: str,
    *,
    group: Group = Group.PLANTED,
    fails: str | None = None,
    may_fail: str = "",
    diagnosis: str = "",
    may_name: str = "",
    named: Mapping[str, str] | None = None,
    items: tuple[str, ...] = (),
    equivalent: str = "",
    margins: tuple[Margin, ...] = (),
    failure: str = "",
) -> Tried:
    """Return a grading that ended so; each check but the first is worth a point."""
    found = {} if failure else verdicts(signs)
    lost = {
        item: float(sum(found.get(check) in (Verdict.FAILED, Verdict.BLOCKED) for check in checks if check != "loads"))
        for item, checks in CHECKS.items()
    }
    trial = Trial(
        name=name,
        group=group,
        source={},
        story=f"story of {name}",
        fails=None if fails is None else frozenset(fails.split()),
        may_fail=frozenset(may_fail.split()),
        diagnosis=diagnosis,
        may_name=frozenset(may_name.split()),
        items=items,
        equivalent=equivalent,
    )
    return Tried(
        trial, 7, found, named or {}, {}, lost, earned=3 - sum(lost.values()), margins=margins, failure=failure
    )


def right(name: str = "dicts", signs: str = "++++", *, margins: tuple[Margin, ...] = ()) -> Tried:
    """Return the grading of a right solution."""
    return tried(name, signs, group=Group.RIGHT, margins=margins)


def calibration(*gradings: Tried, left_out: tuple[str, ...] = ()) -> Calibration:
    """Return what came of these gradings."""
    return Calibration("small", "Small homework", "sha256:abc", CHECKS, left_out, gradings, seconds=12.0)
