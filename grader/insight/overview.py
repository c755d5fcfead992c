"""The class at a glance, from how attempts stand and what is known about the run: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from grader.gradebook.counting import LATEST, Weighing
from grader.gradebook.nouns import Why
from grader.gradebook.standing import Standing
from grader.insight import statistics
from grader.insight.attempts import repaired
from grader.insight.gathering import latest
from grader.insight.latest import BLOCKED, FAILED, GRADED, PASSED, Latest, places
from grader.insight.mistakes import mistakes
from grader.insight.model import LARGE, About, Bar, Distribution, Extreme, Item, Need, Overview, Part, Who
from grader.insight.suspects import suspects
from grader.model import Array

BARS, MOST = 10, 5
# longer than this times the median is long
LONG = 2.0
WAITS = {
    Why.WITHHELD: ("withheld", "The grader had a fault there: grade them again, then look at what stays."),
    Why.PENDING: ("pending", "A person decides: mark them."),
    Why.STALE: ("stale", "A mark was given on an earlier result: look at it again."),
}


def overview(standings: Iterable[Standing], about: About, weighing: Weighing = LATEST) -> Overview:
    """Return the class at a glance, of all attempts in the order of students; who has several counts with one, by `weighing`."""
    found = latest(standings, weighing)
    totals, items = found.totals, tuple(_items(found))
    named, groups = mistakes(found, about.builds_on)
    graded = found.is_graded
    seconds = np.array([about.seconds.get(each.folder, 0.0) for each in found.standings])
    sizes = np.array([about.sizes.get(each.folder, 0) for each in found.standings], dtype=np.float64)
    return Overview(
        title=about.title,
        when=about.when,
        rows=tuple(_rows(found, totals, seconds)),
        needs=tuple(_needs(found, about)),
        distribution=_distribution(found, totals),
        items=items,
        alpha=_alpha(found),
        mistakes=named,
        groups=groups,
        suspects=suspects(found, about.flips),
        slowest=_extremes(seconds),
        median_seconds=float(np.median(seconds[seconds > 0])) if np.any(seconds > 0) else 0.0,
        largest=_extremes(sizes),
        repaired=repaired(found.again),
        graded=int(graded.sum()),
    )


def _rows(found: Latest, totals: Array, seconds: Array) -> Iterator[Who]:
    shares = [np.where(found.decided[:, columns].any(axis=1), found.earned[:, columns].sum(axis=1), np.nan)
              for _, _, columns in found.by_item()]  # fmt: skip
    items = np.stack(shares, axis=1) if shares else np.zeros((found.people, 0))
    possible = found.possible.sum(axis=1)
    undecided = found.open
    for place, standing in enumerate(found.standings):
        graded = standing.state == GRADED
        yield Who(
            row=standing.row,
            student=standing.student,
            name=standing.name,
            folder=standing.folder,
            attempt=standing.attempt,
            late=standing.late,
            points=float(totals[place]) if graded else None,
            possible=float(possible[place]),
            open=float(undecided[place]) if graded else 0.0,
            items=tuple(None if np.isnan(each) else float(each) for each in items[place]),
            waits=", ".join(WAITS[why][0] for why in found.waiting[place]) or ("" if graded else "not graded"),
            seconds=float(seconds[place]),
        )


def _needs(found: Latest, about: About) -> Iterator[Need]:
    for why, (kind, told) in WAITS.items():
        waiting = np.array([why in each for each in found.waiting], dtype=bool)
        if waiting.any():
            answers = sum(each.get(why, 0) for each in found.waiting)
            yield Need(kind, f"{answers:,} {'answer' if answers == 1 else 'answers'} {kind}", told, places(waiting))
    failed = np.array([each.state == "failed" for each in found.standings], dtype=bool)
    if failed.any():
        yield Need("failed", "not graded", "They could not be read, or the grading broke off.", places(failed))
    waiting = np.array([not each.state for each in found.standings], dtype=bool)
    if waiting.any():
        yield Need(
            "waiting",
            "not graded yet",
            "Grading goes on, or was stopped: give the same command again.",
            places(waiting),
        )
    noticed = np.array([each.folder in about.noticed for each in found.standings], dtype=bool)
    if noticed.any():
        yield Need(
            "noticed",
            "to look at",
            "Something was noticed that costs no points: see their staff pages.",
            places(noticed),
        )
    if about.unmatched:
        chosen = set(about.unmatched)
        who = tuple(place for place, each in enumerate(found.standings) if each.student in chosen)
        yield Need("unmatched", "not in the roster", "Say who they are, in the roster or in the download.", who)
    if about.missing:
        yield Need(
            "missing", "handed in nothing", "They are in the roster, and nothing of them is here.", (), about.missing
        )


def _distribution(found: Latest, totals: Array) -> Distribution:
    decided = found.possible.sum(axis=1) - found.open
    known = found.is_graded & (decided > 0)
    who, settled = np.flatnonzero(known), int((known & found.is_settled).sum())
    values = np.minimum(totals[known] / decided[known], 1.0)
    if not values.size:
        return Distribution(0, settled)
    # what lies on a border is in the bar above it, the best in the last one
    bar = np.clip(np.floor(values * BARS + 1e-9).astype(int), 0, BARS - 1)
    bars = tuple(Bar(k / BARS, (k + 1) / BARS, tuple(who[bar == k].tolist())) for k in range(BARS))
    return Distribution(
        int(values.size),
        settled,
        mean=float(values.mean()),
        median=float(np.median(values)),
        deviation=float(values.std(ddof=1)) if values.size > 1 else 0.0,
        bars=bars,
        dots=tuple(zip(values.tolist(), who.tolist(), strict=True)) if values.size < LARGE else (),
    )


def _items(found: Latest) -> Iterator[Item]:
    """Yield every item with its figures, over those of whom something of it was decided: the rest counts as nothing wrong."""
    earned, possible = (np.where(found.decided, each, 0.0) for each in (found.earned, found.possible))
    all_earned, all_possible = earned.sum(axis=1), possible.sum(axis=1)
    for item, title, columns in found.by_item():
        mine, worth = earned[:, columns].sum(axis=1), possible[:, columns].sum(axis=1)
        judged = found.is_graded & (worth > 0)
        share = _share(mine, worth)
        rest = _share(all_earned - mine, all_possible - worth)
        both = judged & (all_possible - worth > 0)
        large = judged.sum() >= LARGE
        best = last = None
        if large and both.any():
            upper, lower = statistics.edges(rest[both])
            best, last = float(share[both][upper].mean()), float(share[both][lower].mean())
        yield Item(
            item=item,
            title=title,
            possible=float(found.possible[:, columns].sum(axis=1).max(initial=0.0)),
            n=int(judged.sum()),
            difficulty=statistics.mean(share[judged]) if judged.any() else None,
            discrimination=statistics.correlation(share[both], rest[both]) if large else None,
            best=best,
            last=last,
            full=places(judged & (share >= 1)),
            partly=places(judged & (share > 0) & (share < 1)),
            nothing=places(judged & (share <= 0)),
            parts=tuple(_part(found, column) for column in columns),
        )


def _part(found: Latest, index: int) -> Part:
    column, verdicts = found.columns[index], found.verdicts[:, index]
    known = np.isin(verdicts, (PASSED, FAILED, BLOCKED))
    return Part(
        column.check,
        column.title,
        float(found.possible[:, index].max(initial=0.0)),
        passed=places(verdicts == PASSED),
        failed=places(verdicts == FAILED),
        blocked=places(verdicts == BLOCKED),
        open=places(~known & (verdicts >= 0)),
    )


def _share(part: Array, whole: Array) -> Array:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


def _alpha(found: Latest) -> float | None:
    """Return Cronbach's alpha over items, of those of whom all is decided, in a large class."""
    settled = found.is_settled
    if settled.sum() < LARGE:
        return None
    scores = [found.earned[settled][:, columns].sum(axis=1) for _, _, columns in found.by_item()]
    return statistics.alpha(np.stack(scores, axis=1)) if scores else None


def _extremes(values: Array) -> tuple[Extreme, ...]:
    """Return those that are far above what is usual, the largest first."""
    known = values[values > 0]
    if not known.size:
        return ()
    bound = LONG * float(np.median(known))
    order = np.argsort(-values, kind="stable")[:MOST]
    return tuple(Extreme(int(place), float(values[place])) for place in order if values[place] > bound)
