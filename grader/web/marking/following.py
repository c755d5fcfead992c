"""What comes next: stale answers first, then what waits behind the one that somebody comes from; groups as one."""

from __future__ import annotations

from grader.web.marking import views
from grader.web.marking.opening import Open


def following(at: Open, after: int, *, who: str) -> str | int | None:
    """Return the next answer that waits, by its name, or the number of its group where others of it wait too.

    `after` is the place that somebody comes from, 0 for none; None where nothing else waits. What is spread among graders comes
    to whose it is, what is nobody's to all.
    """
    waiting = [name for name, each in at.answered.items() if each.why is not None]
    mine = [name for name in waiting if who in (at.answered[name].assigned, at.answered[name].second)]
    chosen = mine or [name for name in waiting if not at.answered[name].assigned] or waiting
    places = at.shelf.places

    def rank(name: str) -> tuple[bool, bool, int]:
        return views.state_of(at.answered[name]) != "stale", places[name] <= after, places[name]

    others = sorted((name for name in chosen if places[name] != after), key=rank) or chosen
    return _together(at, others[0], after) if others else None


def _together(at: Open, name: str, after: int) -> str | int:
    """Return an answer, or its group, unless somebody comes from there."""
    number = at.shelf.group_of[name]
    group = at.shelf.groups[number - 1]
    waiting = [each for each in group.members if at.answered[each].why and views.follows(at.answered[each], group.key)]
    comes_from = at.shelf.group_of[at.shelf.order[after - 1]] if after else 0
    return number if name in waiting and len(waiting) > 1 and number != comes_from else name
