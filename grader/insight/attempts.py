"""From attempt to attempt: which findings were repaired, and so which hints work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.gradebook.nouns import Found
from grader.insight.model import Repaired
from grader.model import Verdict


@dataclass(frozen=True)
class Again:
    """A finding that failed in an attempt of somebody, and was judged again in the next one."""

    place: int
    found: Found
    repaired: bool


def judged_again(place: int, before: Iterable[Found], after: Iterable[Found]) -> Iterator[Again]:
    """Yield what became of each finding that failed in one attempt, where the next one tells.

    What was blocked, withheld or waits for a person says nothing.
    """
    now = {(each.item, each.check): each.verdict for each in after}
    for found in before:
        again = now.get((found.item, found.check))
        if found.verdict is Verdict.FAILED and again in (Verdict.PASSED, Verdict.FAILED):
            yield Again(place, found, again is Verdict.PASSED)


def repaired(every: Iterable[Again]) -> tuple[Repaired, ...]:
    """Return who had each finding that failed and who repaired it, commonest first; each step between two attempts counts."""
    had: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    mended: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    titles: dict[str, str] = {}
    for each in every:
        found = each.found
        key = (found.item, found.check, found.diagnosis)
        titles[found.check] = found.title
        had[key].append(each.place)
        if each.repaired:
            mended[key].append(each.place)
    ordered = sorted(had, key=lambda key: (-len(had[key]), key))
    return tuple(
        Repaired(key[1], titles[key[1]], key[2], tuple(had[key]), tuple(mended.get(key, ()))) for key in ordered
    )
