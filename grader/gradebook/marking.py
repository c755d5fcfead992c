"""Marks of people: what they would change, and changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from grader.gradebook import guide, marks, ticks
from grader.gradebook.auditing import Change
from grader.gradebook.columns import UNIT, storable
from grader.gradebook.engine import lock
from grader.gradebook.marks import in_words
from grader.gradebook.nouns import Entry, Found, Mark
from grader.gradebook.standing import Standing, standings
from grader.gradebook.tables import ATTEMPTS, SUBMITTERS
from grader.text import printable

__all__ = ["Given", "Step", "in_words", "mark", "planned"]
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Given:
    """What somebody wants to give: what is None stays as it is.

    Where `entries` of the guide are ticked, or there is an `adjustment`, the points are what these come to; else they are
    `points`, and with empty `entries` alone there are none. `delete` takes the whole mark away, and `undo` its last change.
    `version` is that of the mark they had before them, 0 for none; None does not ask. Without item and check it is about the
    whole attempt, and points are added to the sum. `where` says in which line it stands.
    """

    student: str
    attempt: int
    item: str = ""
    check: str = ""
    points: Decimal | None = None
    comment: str | None = None
    delete: bool = False
    version: int | None = None
    where: str = ""
    entries: tuple[int, ...] | None = None
    adjustment: Decimal | None = None
    undo: bool = False

    @property
    def by_ticks(self) -> bool:
        """Whether the points are what ticked entries come to, or none."""
        return bool(self.entries or self.adjustment) or (
            self.points is None and (self.entries is not None or self.adjustment is not None)
        )

    @property
    def place(self) -> tuple[str, str]:
        """The item and the check."""
        return self.item, self.check


@dataclass(frozen=True)
class Step:
    """One change that is wanted: the mark before and after (None for none).

    `wrong` says why it cannot be made, and names the student where nothing of that attempt can be marked: then it `is_gone`.

    With `conflict` somebody has changed the mark meanwhile. A second grader's is an `opinion`, and the mark stays as it is. One
    that changes nothing is no step.
    """

    given: Given
    before: Mark | None = None
    after: Mark | None = None
    wrong: str = ""
    conflict: bool = False
    opinion: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Asking:
    """Who marks and when, to which group of answers; the guides, and what they gave where they are the second."""

    author: str
    now: datetime
    overwrite: bool
    group: str
    entries: Mapping[int, Entry]
    opinions: Mapping[marks.Place, Mark | None] = field(default_factory=dict)


def planned(
    connection: Connection,
    run: int,
    wanted: Sequence[Given],
    *,
    author: str,
    now: datetime,
    overwrite: bool = False,
    group: str = "",
) -> list[tuple[Step, Standing | None]]:
    """Return what these would change, in their order; what is as it is wanted already is left out."""
    students = {storable(given.student) for given in wanted}
    places = None if any(not given.check for given in wanted) else {given.place for given in wanted}
    found = {(each.student, each.attempt): each for each in standings(connection, run, students, places)}
    asking = _asking(connection, run, students, author=author, now=now, overwrite=overwrite, group=group)
    steps: list[tuple[Step, Standing | None]] = []
    first: dict[tuple[str, int, str, str], Given] = {}
    for given in wanted:
        place = given.student, given.attempt, given.item, given.check
        if first.setdefault(place, given) is not given:
            steps.append((Step(given, wrong=f"is given twice, in {first[place].where} too"), None))
            continue
        standing = found.get((storable(given.student), given.attempt))
        step = _step(connection, given, standing, asking)
        if step:
            steps.append((step, standing))
    return steps


def mark(
    connection: Connection,
    run: int,
    wanted: Sequence[Given],
    *,
    author: str,
    now: datetime,
    overwrite: bool = False,
    group: str = "",
) -> tuple[list[Step], list[Change]]:
    """Make the changes that can be made, and return all steps with what went into the audit."""
    lock(connection, run)
    steps = planned(connection, run, wanted, author=author, now=now, overwrite=overwrite, group=group)
    changes = []
    for step, standing in steps:
        if standing is None or step.wrong or step.conflict or step.after is None:
            continue
        if not step.opinion:
            about = {"digest": standing.digest, "rubric_digest": standing.rubric_digest}
            marks.write(connection, standing.row, step.after, **about)
        if step.after.check:
            marks.write_opinion(connection, standing.row, step.after, of=author)
        given = step.given
        said = in_words(step.before), in_words(step.after)
        what = "opinion" if step.opinion else "mark"
        changes.append(Change(what, given.student, given.attempt, given.item, given.check, *said))
    return [step for step, _ in steps], changes


def _asking(
    connection: Connection,
    run: int,
    students: set[str],
    *,
    author: str,
    now: datetime,
    overwrite: bool,
    group: str,
) -> Asking:
    entries = guide.entries_of(connection, run)
    of_run = SUBMITTERS.c.run == run, SUBMITTERS.c.key.in_(students)
    chosen = select(ATTEMPTS.c.id).select_from(ATTEMPTS.join(SUBMITTERS)).where(*of_run)
    second = marks.seconds(connection, chosen, author)
    mine = marks.opinions(connection, chosen, author, entries) if second else {}
    return Asking(author, now, overwrite, group, entries, {place: mine.get(place) for place in second})


def _step(connection: Connection, given: Given, standing: Standing | None, asking: Asking) -> Step | None:
    if standing is None or standing.state != "graded":
        nobody = f"there is no attempt {given.attempt} of '{printable(given.student)}'"
        why = nobody if standing is None else f"{printable(given.student)} was not graded"
        return Step(given, wrong=why, is_gone=True)
    found = _found(given, standing)
    if isinstance(found, str):
        return Step(given, wrong=found)
    place = standing.row, given.item, given.check
    opinion = place in asking.opinions
    there = next((each for each in standing.marks if (each.item, each.check) == given.place), None)
    before = asking.opinions[place] if opinion else there
    version = before.version if before else 0
    after = (
        _undone(connection, place, before, asking, opinion=opinion)
        if given.undo
        else _after(given, before, found, standing, asking)
    )
    if isinstance(after, str):
        return Step(given, before, wrong=after)
    if after is None or (before and _same(before, after)):
        return None
    conflict = not asking.overwrite and given.version is not None and given.version != version
    return Step(given, before, replace(after, version=version + 1), conflict=conflict, opinion=opinion)


def _found(given: Given, standing: Standing) -> Found | str | None:
    if not given.item and not given.check:
        return None
    found = next((each for each in standing.findings if (each.item, each.check) == given.place), None)
    return found or f"there is no check '{printable(given.check)}' in an item '{printable(given.item)}'"


def _undone(
    connection: Connection, place: marks.Place, before: Mark | None, asking: Asking, *, opinion: bool
) -> Mark | None:
    """Return what a mark was before its last change: nothing where it was not there, and of an opinion."""
    if before is None or before.version == 0:
        return None
    earlier = None if opinion else marks.before(connection, place, asking.entries)
    if earlier is None and not before.is_there:
        return None
    return earlier or Mark(before.item, before.check, None, "", asking.author, asking.now, 0, before.basis)


def _after(
    given: Given, before: Mark | None, found: Found | None, standing: Standing, asking: Asking
) -> Mark | str | None:
    """Return what a mark comes to, why it cannot be given, or None where that is what it is."""
    wrong = _wrong(given, before, found, standing, asking)
    if wrong:
        return wrong
    empty = Mark(given.item, given.check, None, "", asking.author, asking.now, 0)
    was = before or empty
    comment = was.comment if given.comment is None else storable(given.comment)
    basis = found.basis(standing.digest) if found else ""
    # a comment alone does not say that the points were looked at again
    looked_at = given.points is not None or given.by_ticks
    if looked_at or before is None:
        was = replace(was, basis=basis, possible=found.possible if found else None)
    if given.delete:
        after = replace(empty, basis=was.basis)
    elif given.by_ticks:
        after = _ticked(given, was, asking.entries)
    elif given.points is not None:
        after = _pointed(given.points, was, {} if given.entries == () else asking.entries)
    else:
        after = was
    after = replace(
        after, comment="" if given.delete else comment, author=asking.author, made=asking.now, group=asking.group
    )
    return after if before or after.is_there else None


def _same(before: Mark, after: Mark) -> bool:
    names = ("points", "comment", "entries", "adjustment", "basis")
    return all(getattr(before, name) == getattr(after, name) for name in names)


def _ticked(given: Given, was: Mark, entries: Mapping[int, Entry]) -> Mark:
    ticked = was.entries if given.entries is None else given.entries
    chosen = ticks.of(ticked, entries)
    added = was.adjustment if given.adjustment is None else given.adjustment
    points = None
    if was.possible is not None and (chosen or added):
        points = ticks.worth([each.points for each in chosen], added, was.possible)
    numbers = tuple(each.id for each in chosen)
    return replace(was, points=points, entries=numbers, adjustment=added, told=ticks.told(numbers, entries))


def _pointed(points: Decimal, was: Mark, entries: Mapping[int, Entry]) -> Mark:
    """Points that are those of the ticks leave them; other points stand alone."""
    if was.entries and entries and marks.recounted(was, entries).points == points:
        return replace(was, points=points)
    return replace(was, points=points, entries=(), adjustment=NOTHING, told=())


def _wrong(given: Given, before: Mark | None, found: Found | None, standing: Standing, asking: Asking) -> str:
    if not given.by_ticks:
        return "" if given.points is None else _out_of_range(given.points, found, standing)
    if found is None:
        return "entries of a guide are ticked for a check; this is about the whole"
    kept = before.entries if before else ()
    for each in given.entries or ():
        entry = asking.entries.get(each)
        if entry is None or (entry.item, entry.check) != given.place:
            return f"there is no entry {each} in the guide of '{printable(given.check)}'"
        if entry.retired and each not in kept:
            return f"the entry '{printable(entry.text)}' was taken out of the guide"
    added = given.adjustment
    if added is None:
        return ""
    if not added.is_finite() or abs(added) > found.possible:
        return f"adjusted by {added} points; it is worth {found.possible:f}, so give {-found.possible:f} to {found.possible:f}"
    return _too_fine(added)


def _out_of_range(points: Decimal, found: Found | None, standing: Standing) -> str:
    most = found.possible if found else sum((each.possible for each in standing.findings), NOTHING)
    least = NOTHING if found else -most
    if not points.is_finite() or not least <= points <= most:
        return f"{points} points; it is worth {most:f}, so give {least:f} to {most:f}"
    return _too_fine(points)


def _too_fine(points: Decimal) -> str:
    return "" if (points * UNIT) % 1 == 0 else f"{points} points; give at most six digits after the point"
