"""What the machine found and what people gave, joined into one score: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from grader.gradebook.nouns import Found, Mark, Remark, Scored, Why
from grader.model import Verdict

NOTHING = Decimal(0)


def joined(findings: Sequence[Found], marks: Iterable[Mark], digest: str, remarks: Sequence[Remark] = ()) -> Scored:
    """Return the score of an attempt of which `digest` was handed in, with `remarks` on what was found.

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
        comment=_comment(findings, given, remarks),
    )


def waits(found: Found, mark: Mark | None, digest: str, basis: str = "") -> Why | None:
    """Return why a finding with its mark waits for a person, None where it does not; `basis` is that of the finding if known."""
    if mark and mark.points is not None:
        return None if mark.basis == (basis or found.basis(digest)) else Why.STALE
    if found.verdict is Verdict.PENDING and found.pending:
        return Why.PENDING
    return Why.WITHHELD if found.withheld else None


def _comment(findings: Sequence[Found], marks: Mapping[tuple[str, str], Mark], remarks: Sequence[Remark]) -> str:
    """Return what people wrote: on the whole, then on each check in the order of the rubric."""
    whole = marks.get(("", ""))
    parts = [whole.comment] if whole and whole.comment else []
    for each in findings:
        mark = marks.get((each.item, each.check))
        said = [*mark.told, mark.comment] if mark else []
        # whom a person gave everything did not make the mistake
        if not mark or mark.points != each.possible:
            said += [remark.text for remark in remarks if remark.is_on(each)]
        if any(said):
            parts.append(f"{each.title}: {'; '.join(filter(None, said))}")
    return "\n".join(parts)
