"""The commonest mistakes of a class, with all that waits for them, and groups of equal wrong numbers that have no name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from grader import causes
from grader.causes import NOT_WRITTEN, Cause
from grader.gradebook.nouns import Found
from grader.insight.latest import Latest
from grader.insight.model import Group, Mistake
from grader.insight.stub import stub
from grader.model import Finding, Marks, ScoredFinding, ScoredItem, Verdict

# check -> the checks that it builds on, as the assignment declares them
BuildsOn = Mapping[str, tuple[str, ...]]
# so many have the same wrong numbers before that is a group
ENOUGH = 3
_ERROR = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Interrupt|Exit))\b")


@dataclass(frozen=True)
class _Key:
    """By what mistakes of different people are one: a diagnosis, an error, numbers that are wrong in the same way, or a check."""

    kind: str
    check: str
    name: str


@dataclass
class _Told:
    """One mistake in a class: what tells of it first, who has made it, and what it costs them."""

    lead: Finding
    places: list[int] = field(default_factory=list)
    lost: float = 0.0


def mistakes(latest: Latest, builds_on: BuildsOn) -> tuple[tuple[Mistake, ...], tuple[Group, ...]]:
    """Return the mistakes that have a name, and the groups of at least `ENOUGH` that have none, what costs most first."""
    told: dict[_Key, _Told] = {}
    for place, lost in enumerate(latest.lost):
        for cause in causes_of(lost, builds_on):
            if not cause.lost and cause.lead.marks.possible:
                # people gave all of it, or look at it again
                continue
            key = _key(cause)
            found = told.setdefault(key, _Told(cause.lead.finding))
            if not found.places or found.places[-1] != place:
                found.places.append(place)
            found.lost += cause.lost
    ordered = sorted(told.items(), key=lambda each: (-each[1].lost, -len(each[1].places), each[0].check, each[0].name))
    groups = tuple(
        Group(key.check, each.lead.title, key.name, tuple(each.places), each.lost, each.lead.message, stub(each.lead))
        for key, each in ordered
        if key.kind == "pattern" and len(each.places) >= ENOUGH
    )
    return tuple(_mistake(key, each) for key, each in ordered if key.kind != "pattern"), groups


def _mistake(key: _Key, told: _Told) -> Mistake:
    lead = told.lead
    name = {NOT_WRITTEN: "Not written yet", "error": key.name}.get(key.kind, "")
    name = name or (key.name.replace("_", " ").capitalize() if key.kind == "diagnosis" else lead.title)
    title = lead.title if name != lead.title else ""
    # by a diagnosis alone it is known whom a comment on it reaches
    diagnosis = lead.diagnosis if key.kind == "diagnosis" else ""
    return Mistake(name, key.check, title, diagnosis, tuple(told.places), told.lost, lead.message)


def _key(cause: Cause) -> _Key:
    lead = cause.lead.finding
    if cause.kind == NOT_WRITTEN:
        return _Key(NOT_WRITTEN, "", "")
    if lead.diagnosis:
        return _Key("diagnosis", lead.check, lead.diagnosis)
    if error := _ERROR.search(lead.message):
        return _Key("error", lead.check, error[1])
    return _Key("pattern", lead.check, lead.pattern) if lead.pattern else _Key("check", lead.check, "")


def causes_of(lost: Sequence[Found], builds_on: BuildsOn) -> tuple[Cause, ...]:
    """Return the causes of what failed or is blocked, from what a gradebook keeps and from how checks build on one another."""
    if not lost:
        return ()
    failed = {each.message: each.check for each in reversed(lost) if each.verdict is Verdict.FAILED and each.message}
    scored = (_scored(each, failed, builds_on) for each in lost)
    items = groupby(zip(lost, scored, strict=True), key=lambda pair: pair[0].item)
    return causes.of_items(
        [ScoredItem(item, "", Marks(0, 0), tuple(each for _, each in pairs)) for item, pairs in items]
    )


def _scored(found: Found, failed: Mapping[str, str], builds_on: BuildsOn) -> ScoredFinding:
    blocked = found.verdict is Verdict.BLOCKED
    finding = Finding(
        found.check,
        found.title,
        found.verdict,
        found.message,
        diagnosis=found.diagnosis,
        # what only waits says what it waits for in its words
        because=failed.get(found.message, "") if blocked else "",
        explained_by=builds_on.get(found.check, ()) if blocked else (),
        pattern=found.pattern,
    )
    points = (float(each) for each in (found.earned, found.possible, found.pending, found.withheld))
    return ScoredFinding(finding, Marks(*points))
