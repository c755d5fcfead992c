"""The gradebook of one run: students, attempts, gradings, marks of people, releases, and an audit of every change."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from grader.classes.model import Joined
from grader.classes.policy import Policy
from grader.exports.final import Final
from grader.gradebook import auditing, counting, gradings, marking, offering, people, places, releasing, remarks
from grader.gradebook.engine import reading, writing
from grader.gradebook.nouns import Noted, Scored, Waiting, Why
from grader.gradebook.reviewed import Reviewed
from grader.gradebook.standing import Standing, on, standings
from grader.gradebook.tables import ATTEMPTS, GRADINGS, MARKS, SUBMITTERS
from grader.model import Result

MACHINE = "grader"


class Gradebook(Reviewed):
    """The gradebook of the run called `key`, in the database of an engine, which is its own to close.

    Every function that changes something does so whole or not at all, waits for other writers, and writes to the audit. `folder`
    is that of the run; `now` tells the time.
    """

    def take_in(self, joined: Joined, folder_of: Callable[[str, int], str]) -> int:
        """Take in a class with its roster, and return how many changes that made; as often as it comes.

        `folder_of` says in which folder of the run an attempt of a student is.
        """
        with writing(self.engine) as connection:
            changes = people.take_in(connection, self._run, joined, folder_of)
            self._audit(connection, changes, MACHINE)
        return len(changes)

    def note(self, *noted: Noted, author: str = MACHINE) -> int:
        """Note what came of attempts, all of them or none; return for how many that is new."""
        with writing(self.engine) as connection:
            changes = gradings.note(connection, self._run, noted, self._now())
            self._audit(connection, changes, author)
        return len(changes)

    def stamps(self) -> dict[str, str]:
        """Return by folder the stamp of what is noted of each attempt."""
        around = SUBMITTERS.join(ATTEMPTS).join(GRADINGS)
        found = select(ATTEMPTS.c.folder, GRADINGS.c.stamp).select_from(around)
        with reading(self.engine) as connection:
            chosen = connection.execute(found.where(SUBMITTERS.c.run == self._run, GRADINGS.c.current.is_(True)))
            return {row.folder: row.stamp for row in chosen}

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what waits for a person, in the order of the rubric and then of students.

        That is of the latest attempt of each, and of an earlier one that counts by the rules, or could.
        """
        with reading(self.engine) as connection:
            more = offering.earlier(connection, self._run, self._rules_if_right())
            every = standings(connection, self._run)
            offered = {(each.student, each.row if each.row in more else 0): each for each in every}
        found = [
            Waiting(why, each.student, each.name, each.attempt, each.folder, what, mark)
            for each in offered.values()
            for why, what, mark in each.score.waiting
        ]
        return tuple(sorted(found, key=lambda each: (each.found.place, each.student, each.attempt)))

    def marks_planned(
        self, given: Sequence[marking.Given], *, author: str, overwrite: bool = False
    ) -> list[marking.Step]:
        """Return what a file of marks would change."""
        with reading(self.engine) as connection:
            planned = marking.planned(connection, self._run, given, author=author, now=self._now(), overwrite=overwrite)
            return [step for step, _ in planned]

    def mark(self, *given: marking.Given, author: str, overwrite: bool = False, group: str = "") -> list[marking.Step]:
        """Give, change, undo or delete marks, and return what was wanted: what was in conflict or wrong has not been written.

        `group` is by what the answers are known that get it at once.
        """
        with writing(self.engine) as connection:
            steps, changes = marking.mark(
                connection, self._run, given, author=author, now=self._now(), overwrite=overwrite, group=group
            )
            self._audit(connection, changes, author)
        return steps

    def undo(
        self, student: str, attempt: int, item: str, check: str, *, version: int | None = None, author: str
    ) -> marking.Step | None:
        """Take back the last change of a mark, and return that; None where nothing is to be undone."""
        given = marking.Given(student, attempt, item, check, version=version, undo=True)
        return next(iter(self.mark(given, author=author)), None)

    def ready(self, rules: Policy | None = None) -> tuple[counting.Ready, ...]:
        """Return who can be released and what is in the way of the others, by `rules` as for `finals`."""
        with reading(self.engine) as connection:
            return counting.readiness(connection, self._run, rules or self.rules())

    def release(self, students: Collection[str], *, author: str, withdraw: bool = False) -> int:
        """Make results visible to these students, or `withdraw` them, and return for how many that is new."""
        with writing(self.engine) as connection:
            changes = releasing.release(
                connection, self._run, students, author=author, now=self._now(), withdraw=withdraw
            )
            self._audit(connection, changes, author)
        return len(changes)

    def finals(self, rules: Policy | None = None) -> tuple[Final, ...]:
        """Return what each student gets, by these `rules` or else by those in the run's folder.

        Where there are none, the latest attempt counts and nobody is late.
        """
        with reading(self.engine) as connection:
            return counting.finals(connection, self._run, rules or self.rules(), self.folder)

    def marked(self) -> dict[str, Scored]:
        """Return by folder the score of each attempt that people have marked, or commented on by its mistakes."""
        with reading(self.engine) as connection:
            every = standings(connection, self._run, self._marked(connection))
            scored = ((each, each.score) for each in every)
            return {each.folder: score for each, score in scored if each.marks or score.comment}

    def stale(self, results: Mapping[str, Result]) -> tuple[tuple[str, str], ...]:
        """Return the student and the check of each mark that is not on what these results (by folder) have found."""
        with reading(self.engine) as connection:
            marked = [each for each in standings(connection, self._run, self._marked(connection)) if each.marks]
        return tuple(
            (each.student, found.check)
            for each in marked
            if each.folder in results
            for why, found, _ in on(each, results[each.folder]).waiting
            if why is Why.STALE
        )

    def audit(self) -> tuple[auditing.Audited, ...]:
        """Return every change, oldest first."""
        with reading(self.engine) as connection:
            return auditing.read(connection, self._run)

    def place(self, row: int) -> places.Place | None:
        """Return the attempt of a number (`Standing.row`), None where there is none in this run."""
        with reading(self.engine) as connection:
            return places.place(connection, self._run, row)

    def attempts(self) -> tuple[places.Place, ...]:
        """Return every attempt of the run."""
        with reading(self.engine) as connection:
            return places.places(connection, self._run)

    def chosen(self, student: str) -> counting.Chosen | None:
        """Return which attempt of a student counts, and what comes of it, by the rules in the run's folder."""
        with reading(self.engine) as connection:
            return next(counting.counted_attempts(connection, self._run, self.rules(), [student]), None)

    def weighing(self, rules: Policy | None = None) -> counting.Weighing:
        """Return by what it is known which attempt of a student counts, by `rules` as for `finals`."""
        with reading(self.engine) as connection:
            return counting.weighing(connection, self._run, rules or self.rules())

    def unmatched(self) -> tuple[str, ...]:
        """Return the keys of those whom the roster does not know."""
        unknown = select(SUBMITTERS.c.key).where(SUBMITTERS.c.run == self._run, SUBMITTERS.c.unmatched.is_(True))
        with reading(self.engine) as connection:
            return tuple(connection.scalars(unknown.order_by(SUBMITTERS.c.key)))

    def counts(self) -> places.Counts:
        """Return how many attempts there are of each kind."""
        with reading(self.engine) as connection:
            return places.counts(connection, self._run)

    def extended(self, student: str, before: str, after: str, *, author: str) -> None:
        """Note in the audit that the rules give a student more time: until when before, and until when now."""
        with writing(self.engine) as connection:
            self._audit(connection, [auditing.Change("extension", student, before=before, after=after)], author)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def standings(self, students: Collection[str] | None = None) -> Iterator[Standing]:
        """Yield how every attempt stands, by student and attempt: of these students, or of all."""
        with reading(self.engine) as connection:
            yield from standings(connection, self._run, students)

    def _marked(self, connection: Connection) -> Collection[str]:
        """Return of whom people have marked something, or have commented on a mistake they made."""
        of_run = SUBMITTERS.c.run == self._run
        marked = select(SUBMITTERS.c.key).select_from(SUBMITTERS.join(ATTEMPTS).join(MARKS)).where(of_run)
        told = remarks.students(connection, self._run, remarks.of_run(connection, self._run))
        return {*connection.scalars(marked.distinct()), *told}


def new_key() -> str:
    """Return a key for a run that has none yet."""
    return secrets.token_hex(16)
