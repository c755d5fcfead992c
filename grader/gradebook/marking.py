"""Marks of people: what a file of marks would change, and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, update

from grader.gradebook.auditing import Change
from grader.gradebook.columns import UNIT, storable
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Found, Mark
from grader.gradebook.standing import Standing, standings
from grader.gradebook.tables import MARKS
from grader.text import printable


@dataclass(frozen=True)
class Given:
    """What somebody wants to give: `points` and `comment` are None where they are to stay as they are.

    `delete` takes the whole mark away. `version` is that of the mark they had before them, 0 for none; None does not ask. Without
    item and check it is about the whole attempt, and points are added to the sum. `where` says in which line it stands.
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


@dataclass(frozen=True)
class Step:
    """One change that is wanted: the mark before and after (None for none). `wrong` says why it cannot be made.

    With `conflict` somebody has changed the mark meanwhile. One that changes nothing is no step.
    """

    given: Given
    before: Mark | None = None
    after: Mark | None = None
    wrong: str = ""
    conflict: bool = False


def planned(
    connection: Connection, run: int, wanted: Sequence[Given], *, author: str, now: datetime, overwrite: bool = False
) -> list[tuple[Step, Standing | None]]:
    """Return what these would change, in their order; what is as it is wanted already is left out."""
    of = {
        (each.student, each.attempt): each for each in standings(connection, run, {given.student for given in wanted})
    }
    steps: list[tuple[Step, Standing | None]] = []
    first: dict[tuple[str, int, str, str], Given] = {}
    for given in wanted:
        place = given.student, given.attempt, given.item, given.check
        if first.setdefault(place, given) is not given:
            steps.append((Step(given, wrong=f"is given twice, in {first[place].where} too"), None))
            continue
        standing = of.get((storable(given.student), given.attempt))
        step = _step(given, standing, author=author, now=now, overwrite=overwrite)
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
) -> tuple[list[Step], list[Change]]:
    """Make the changes that can be made, and return all steps with what went into the audit."""
    lock(connection, run)
    steps = planned(connection, run, wanted, author=author, now=now, overwrite=overwrite)
    changes = []
    for step, standing in steps:
        if standing is None or step.wrong or step.conflict or step.after is None:
            continue
        _write(connection, standing, step.after, new=step.before is None)
        given = step.given
        said = in_words(step.before), in_words(step.after)
        changes.append(Change("mark", given.student, given.attempt, given.item, given.check, *said))
    return [step for step, _ in steps], changes


def in_words(mark: Mark | None) -> str:
    """Return what a mark says in one line, empty for none."""
    if mark is None or not mark.is_there:
        return ""
    said = "" if mark.points is None else f"{mark.points:+f}" if not mark.check else f"{mark.points:f}"
    return " ".join(part for part in (said, f'"{mark.comment}"' if mark.comment else "") if part)


def _step(given: Given, standing: Standing | None, *, author: str, now: datetime, overwrite: bool) -> Step | None:
    if standing is None or standing.state != "graded":
        nobody = f"there is no attempt {given.attempt} of '{printable(given.student)}'"
        return Step(given, wrong=nobody if standing is None else f"{printable(given.student)} was not graded")
    found = _found(given, standing)
    if isinstance(found, str):
        return Step(given, wrong=found)
    before = next((each for each in standing.marks if (each.item, each.check) == (given.item, given.check)), None)
    basis = found.basis(standing.digest) if found else ""
    points, comment = _wanted(given, before)
    wrong = _out_of_range(points, found, standing) if given.points is not None else ""
    if wrong:
        return Step(given, before, wrong=wrong)
    said = (before.points, before.comment) if before else (None, "")
    fresh = given.points is None or (before is not None and before.basis == basis)
    if said == (points, comment) and fresh:
        return None
    version = before.version if before else 0
    # a comment alone does not say that the points were looked at again
    stands_on = basis if given.points is not None or before is None else before.basis
    after = Mark(given.item, given.check, points, comment, author, now, version + 1, stands_on)
    conflict = not overwrite and given.version is not None and given.version != version
    return Step(given, before, after, conflict=conflict)


def _found(given: Given, standing: Standing) -> Found | str | None:
    if not given.item and not given.check:
        return None
    found = next((each for each in standing.findings if (each.item, each.check) == (given.item, given.check)), None)
    return found or f"there is no check '{printable(given.check)}' in an item '{printable(given.item)}'"


def _wanted(given: Given, before: Mark | None) -> tuple[Decimal | None, str]:
    if given.delete:
        return None, ""
    points = given.points if given.points is not None else before.points if before else None
    comment = storable(given.comment) if given.comment is not None else before.comment if before else ""
    return points, comment


def _out_of_range(points: Decimal | None, found: Found | None, standing: Standing) -> str:
    if points is None:
        return ""
    most = found.possible if found else sum((each.possible for each in standing.findings), Decimal(0))
    least = Decimal(0) if found else -most
    if not points.is_finite() or not least <= points <= most:
        return f"{points} points; it is worth {most:f}, so give {least:f} to {most:f}"
    return "" if (points * UNIT) % 1 == 0 else f"{points} points; give at most six digits after the point"


def _write(connection: Connection, standing: Standing, after: Mark, *, new: bool) -> None:
    key = {"attempt": standing.row, "item": after.item, "check": after.check}
    names = ("points", "comment", "author", "made", "version", "basis")
    values: dict[str, Any] = {name: getattr(after, name) for name in names}
    values |= {"digest": standing.digest, "rubric_digest": standing.rubric_digest}
    if new:
        connection.execute(insert(MARKS).values(**key, **values))
    else:
        which = (MARKS.c[name] == value for name, value in key.items())
        connection.execute(update(MARKS).where(*which).values(**values))
