"""What a gradebook is asked and told while people mark: guides, answers, notes, remarks, and several graders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection

from grader.errors import AuthorError
from grader.gradebook import agreement, answers, auditing, graders, guide, notes, offering, remarks, spreading
from grader.gradebook.engine import reading, writing
from grader.gradebook.kept import Kept
from grader.gradebook.nouns import (
    Agreement,
    Answered,
    Entry,
    EntryChanged,
    Grader,
    GraderProgress,
    Remark,
    ToMark,
)
from grader.text import printable


class Reviewed(Kept):
    """A gradebook as people mark in it; `author` is always who does it."""

    def guide(self, item: str, check: str) -> tuple[Entry, ...]:
        """Return the guide of a check in its order, those entries that are retired as well."""
        with reading(self.engine) as connection:
            return guide.guide(connection, self._run, item, check)

    def add_entry(self, item: str, check: str, text: str, points: Decimal, *, author: str) -> Entry:
        """Add an entry to a guide; the same once more is the one that is there. AuthorError says what is wrong with it."""
        with writing(self.engine) as connection:
            entry, changes = guide.add(connection, self._run, item, check, text, points)
            self._audit(connection, changes, author)
        return entry

    def change_entry(
        self,
        number: int,
        *,
        version: int,
        author: str,
        text: str | None = None,
        points: Decimal | None = None,
        retired: bool | None = None,
        place: int | None = None,
    ) -> EntryChanged:
        """Change an entry, and all marks that tick it with it; what is None stays. AuthorError says what is wrong."""
        with writing(self.engine) as connection:
            changed, changes = guide.change(
                connection, self._run, number, version=version, text=text, points=points, retired=retired, place=place
            )
            self._audit(connection, changes, author)
        return changed

    def to_mark(self) -> tuple[ToMark, ...]:
        """Return the checks that people decide, in the order of the rubric; all that waits for a person is in them."""
        with reading(self.engine) as connection:
            return answers.to_mark(connection, self._run, self._which(connection))

    def answers(self, item: str, check: str, *, grader: str = "") -> tuple[Answered, ...]:
        """Return how the answers to one check stand, by student: those that people decide.

        They are of the latest attempt of each, and of an earlier one that counts by the rules of the class, or could.

        What a `grader` gave who is the second for an answer stands there instead of the mark, which they are not to know.
        """
        with reading(self.engine) as connection:
            which = self._which(connection)
            return answers.answers(connection, self._run, item, check, grader=grader, which=which)

    def answered(self, student: str, attempt: int, item: str, check: str, *, grader: str = "") -> Answered:
        """Return how one answer stands, of any attempt and check; AuthorError where there is none."""
        with reading(self.engine) as connection:
            found = answers.answered(connection, self._run, student, attempt, item, check, grader=grader)
        if found is None:
            raise AuthorError(f"attempt {attempt} of '{printable(student)}' has no check '{printable(check)}'")
        return found

    def note_on(self, student: str, attempt: int, item: str = "", check: str = "") -> str:
        """Return the note on an answer, or on a whole attempt; empty where there is none."""
        with reading(self.engine) as connection:
            return notes.written(connection, self._run, student, attempt, item, check)

    def set_note(self, student: str, attempt: int, item: str, check: str, text: str, *, author: str) -> None:
        """Write a note that no student sees; an empty one takes it away."""
        with writing(self.engine) as connection:
            self._audit(connection, notes.note(connection, self._run, student, attempt, item, check, text=text), author)

    def flag(self, student: str, attempt: int, item: str, check: str, on: bool, *, author: str) -> None:
        """Flag an answer to be looked at again, or no longer."""
        with writing(self.engine) as connection:
            self._audit(
                connection, notes.note(connection, self._run, student, attempt, item, check, flagged=on), author
            )

    def name_shown(self, student: str, *, author: str) -> None:
        """Keep in the audit that somebody who marked anonymously looked up whose answer it is."""
        with writing(self.engine) as connection:
            self._audit(connection, [auditing.Change("name", student, after="shown")], author)

    def bank(self, item: str, check: str) -> tuple[tuple[str, int], ...]:
        """Return the comments on a check with how often each is used, the commonest first, then those that were saved."""
        with reading(self.engine) as connection:
            return notes.bank(connection, self._run, item, check)

    def save_comment(self, item: str, check: str, text: str, *, author: str) -> None:
        """Keep a comment to use again."""
        with writing(self.engine) as connection:
            self._audit(connection, notes.save(connection, self._run, item, check, text), author)

    def drop_comment(self, item: str, check: str, text: str, *, author: str) -> None:
        """Keep a comment no longer; where it was given, it stays."""
        with writing(self.engine) as connection:
            self._audit(connection, notes.drop(connection, self._run, item, check, text), author)

    def history(self, student: str, attempt: int) -> tuple[auditing.Audited, ...]:
        """Return what changed of one attempt, and of the student as a whole, oldest first."""
        with reading(self.engine) as connection:
            return auditing.of_attempt(connection, self._run, student, attempt)

    def remark(self, check: str, diagnosis: str, pattern: str, text: str, *, author: str) -> None:
        """Comment on all findings of one mistake; an empty text takes that away."""
        with writing(self.engine) as connection:
            changes = remarks.remark(
                connection, self._run, check, diagnosis, pattern, text, author=author, now=self._now()
            )
            self._audit(connection, changes, author)

    def remarks(self) -> tuple[Remark, ...]:
        """Return the comments on groups of the same mistake, the oldest first."""
        with reading(self.engine) as connection:
            return remarks.of_run(connection, self._run)

    def graders(self) -> tuple[Grader, ...]:
        """Return who marks."""
        with reading(self.engine) as connection:
            return graders.of_run(connection, self._run)

    def set_graders(self, names: Sequence[str], *, author: str, renew: Collection[str] = ()) -> dict[str, str]:
        """Let these mark and nobody else, and return the token of each who is new, or is to `renew` it: it is kept nowhere.

        `author` is the owner, where they are one of them.
        """
        with writing(self.engine) as connection:
            tokens, changes = graders.name(connection, self._run, names, author=author, now=self._now(), renew=renew)
            self._audit(connection, changes, author)
        return tokens

    def grader_of(self, token: str) -> Grader | None:
        """Return whose token it is, None where it is nobody's; that they were here is kept once a minute."""
        with reading(self.engine) as connection:
            found = graders.of_token(connection, self._run, token)
        now = self._now()
        if found and graders.is_due(found, now):
            with writing(self.engine) as connection:
                graders.seen(connection, self._run, found.name, now=now)
        return found

    def spread(self, *, double: int = 0, seed: int, author: str) -> int:
        """Spread what waits and is nobody's among the graders, at random and evenly, and return how many answers that were.

        `double` percent of them get a second grader as well. AuthorError where there are too few.
        """
        with writing(self.engine) as connection:
            count, changes = spreading.spread(
                connection, self._run, double=double, seed=seed, which=self._which(connection)
            )
            self._audit(connection, changes, author)
        return count

    def progress(self) -> tuple[GraderProgress, ...]:
        """Return of each grader how many answers are theirs, and how many of these are done."""
        with reading(self.engine) as connection:
            return spreading.progress(connection, self._run, self._which(connection))

    def agreement(self) -> tuple[Agreement, ...]:
        """Return how far two agree who were given the same answers, by check."""
        with reading(self.engine) as connection:
            return agreement.of_run(connection, self._run, self._which(connection))

    def _which(self, connection: Connection) -> ColumnElement[bool]:
        """Return the condition that the answers of an attempt are offered."""
        return offering.offered(connection, self._run, self._rules_if_right())
