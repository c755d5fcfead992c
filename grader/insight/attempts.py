"""From attempt to attempt: which findings were repaired, and so which hints work."""

from __future__ import annotations

from collections import defaultdict

from grader.insight.latest import Latest
from grader.insight.model import Repaired
from grader.model import Verdict


def repaired(latest: Latest) -> tuple[Repaired, ...]:
    """Return what became of each finding that failed, in pairs of attempts one after the other; commonest first.

    Only what was judged again counts: what was blocked, withheld or waits for a person says nothing.
    """
    had: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    mended: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    titles: dict[str, str] = {}
    for place, before, after in latest.earlier:
        now = {(each.item, each.check): each for each in after.findings}
        for found in before.findings:
            again = now.get((found.item, found.check))
            if found.verdict is not Verdict.FAILED or again is None:
                continue
            if again.verdict not in (Verdict.PASSED, Verdict.FAILED):
                continue
            key = (found.item, found.check, found.diagnosis)
            titles[found.check] = found.title
            had[key].append(place)
            if again.verdict is Verdict.PASSED:
                mended[key].append(place)
    ordered = sorted(had, key=lambda key: (-len(had[key]), key))
    return tuple(
        Repaired(key[1], titles[key[1]], key[2], tuple(had[key]), tuple(mended.get(key, ()))) for key in ordered
    )
