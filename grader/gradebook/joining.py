"""What the machine found and what people gave, joined into one score: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from grader.gradebook.nouns import Found, Mark, Scored, Why
from grader.model import Verdict

NOTHING = Decimal(0)


def joined(findings: Sequence[Found], marks: Iterable[Mark], digest: str) -> Scored:
    """Return the score of an attempt of which `digest` was handed in.

    A mark counts instead of what the machine found as long as that is what the person had before them; one that was made on an
    earlier result is pending with all points of its check. What a person adds to the whole never takes it below zero.
    """
    every = {(mark.item, mark.check): mark for mark in marks}
    given = {place: mark for place, mark in every.items() if mark.is_there}
    whole = given.get(("", ""))
    items = dict.fromkeys((each.item for each in findings), NOTHING)
    pending = withheld = NOTHING
    waiting: list[tuple[Why, Found, Mark | None]] = []
    for found in findings:
        mark = given.get((found.item, found.check))
        why = waits(found, mark, digest)
        if why:
            waiting.append((why, found, every.get((found.item, found.check))))
        if why is Why.STALE:
            pending += found.possible
        elif mark and mark.points is not None and not why:
            items[found.item] += mark.points
        else:
            items[found.item] += found.earned
            pending += found.pending
            withheld += found.withheld
    added = whole.points if whole and whole.points is not None else NOTHING
    return Scored(
        earned=max(NOTHING, sum(items.values(), NOTHING) + added),
        possible=sum((each.possible for each in findings), NOTHING),
        pending=pending,
        withheld=withheld,
        items=items,
        waiting=tuple(waiting),
        comment=_comment(findings, given.values(), whole),
    )


def waits(found: Found, mark: Mark | None, digest: str) -> Why | None:
    """Return why a finding with its mark waits for a person, None where it does not."""
    if mark and mark.points is not None:
        return None if mark.basis == found.basis(digest) else Why.STALE
    if found.verdict is Verdict.PENDING and found.pending:
        return Why.PENDING
    return Why.WITHHELD if found.withheld else None


def _comment(findings: Sequence[Found], marks: Iterable[Mark], whole: Mark | None) -> str:
    """Return what people wrote: on the whole, then on each check in the order of the rubric."""
    of = {(mark.item, mark.check): mark.comment for mark in marks}
    parts = [whole.comment] if whole and whole.comment else []
    parts += [f"{each.title}: {said}" for each in findings if (said := of.get((each.item, each.check), ""))]
    return "\n".join(parts)
