"""What each student gets: the attempt that counts, with marks of people and lateness, worked out when it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, select

from grader.classes.model import Lateness
from grader.classes.policy import Counted, Policy, final
from grader.errors import AuthorError
from grader.exports.final import Final, rounded
from grader.gradebook.nouns import Scored, Why
from grader.gradebook.standing import Standing, standings
from grader.gradebook.tables import MEMBERS, RELEASES, STUDENTS, SUBMITTERS
from grader.model import Person
from grader.text import counted, listed, printable

NAMED = 3
NOTHING = "nothing was handed in"


@dataclass(frozen=True)
class Ready:
    """Whose results are ready to be released, or why not; `released` by whom already, empty where not."""

    student: str
    name: str
    points: Decimal | None
    possible: Decimal
    why_not: str
    released: str


@dataclass(frozen=True)
class Chosen:
    """The attempt of a submitter that counts, how late it was, and what comes of it."""

    standing: Standing
    score: Scored
    lateness: Lateness
    points: Decimal | None
    why_not: str

    @property
    def comment(self) -> str:
        """What people wrote on it."""
        return self.score.comment


def why_not(standing: Standing, score: Scored) -> str:
    """Return in words what keeps an attempt from being final, empty where nothing does."""
    if standing.state == "failed":
        return f"was not graded: {printable(standing.error)}"
    if not standing.state:
        return "was not graded yet"
    said = []
    for why, words in (
        (Why.PENDING, "waits for a person"),
        (Why.STALE, "was marked by a person on an earlier result"),
        (Why.WITHHELD, "withheld: the grader had a fault there"),
    ):
        checks = [found.check for each, found, _ in score.waiting if each is why]
        if checks:
            said.append(f"{listed(checks, NAMED)}: {words}")
    return "; ".join(said)


@dataclass(frozen=True)
class Weighing:
    """Which attempt of a student counts by `rules`, the latest where there are none; `known_by` are the names of each student."""

    rules: Policy | None = None
    known_by: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def lateness(self, standing: Standing) -> Lateness:
        """Return how late an attempt is: not at all without rules."""
        if self.rules is None:
            return Lateness()
        names = [standing.student, *self.known_by.get(standing.student, ())]
        return self.rules.lateness(names, standing.handed_in, standing.late)

    def is_late(self, standing: Standing) -> bool | None:
        """Whether an attempt is late: by the rules, or by the platform's word, None where nobody says."""
        return standing.late if self.rules is None else bool(self.lateness(standing).words)

    def counting(self, attempts: Sequence[Standing]) -> int:
        """Return which of the attempts of a student counts, of at least one, in their order in time."""
        if self.rules is None or len(attempts) == 1:
            return len(attempts) - 1
        return self.rules.counting([Counted(self.lateness(each), _points(each)) for each in attempts])


# where no rules are known
LATEST = Weighing()


def _points(standing: Standing) -> Decimal | None:
    score = standing.score
    return None if why_not(standing, score) else score.earned


def weighing(connection: Connection, run: int, rules: Policy | None) -> Weighing:
    """Return how the attempts of a run are weighed."""
    return Weighing(rules, known_by(connection, run) if rules else {})


def counted_attempts(
    connection: Connection, run: int, rules: Policy | None, students: Collection[str] | None = None
) -> Iterator[Chosen]:
    """Yield for each of these, of all where none are given, the attempt that counts: by the rules, or the latest."""
    weighed = weighing(connection, run, rules)
    for _, attempts in groupby(standings(connection, run, students), key=lambda each: each.student):
        of_one = list(attempts)
        standing = of_one[weighed.counting(of_one)]
        score, lateness = standing.score, weighed.lateness(standing)
        why = why_not(standing, score)
        yield Chosen(standing, score, lateness, None if why else final(score.earned, lateness), why)


def finals(connection: Connection, run: int, rules: Policy | None, folder: Path) -> tuple[Final, ...]:
    """Return what each student gets: members of a group the same, and those who handed in nothing as well."""
    people = _people(connection, run)
    released = set(connection.scalars(select(SUBMITTERS.c.key).join(RELEASES).where(SUBMITTERS.c.run == run)))
    found, possible = [], Decimal(0)
    for each in counted_attempts(connection, run, rules):
        standing = each.standing
        possible = max(possible, each.score.possible)
        for who in people.pop(standing.student, None) or [Person(name=standing.name, login=standing.student)]:
            found.append(
                Final(
                    who,
                    each.points,
                    rounded(each.score.possible),
                    each.why_not,
                    {item: rounded(points) for item, points in each.score.items.items()},
                    each.comment,
                    standing.student in released,
                    folder / standing.folder if standing.folder else None,
                    standing.submission,
                    standing.handed_in,
                    each.lateness.words,
                )
            )
    found += [Final(who, None, Decimal(0), NOTHING) for who in people.get("", ())]
    # who was not graded could have had as many as the others
    return tuple(each if each.possible else replace(each, possible=rounded(possible)) for each in found)


def readiness(connection: Connection, run: int, rules: Policy | None) -> tuple[Ready, ...]:
    """Return who can be released, who is, and what is in the way of the others."""
    chosen = select(SUBMITTERS.c.key, RELEASES.c.author).join(RELEASES).where(SUBMITTERS.c.run == run)
    released = {row.key: row.author for row in connection.execute(chosen)}
    return tuple(
        Ready(
            each.standing.student,
            each.standing.name,
            each.points,
            rounded(each.score.possible),
            each.why_not,
            released.get(each.standing.student, ""),
        )
        for each in counted_attempts(connection, run, rules)
    )


def named(ready: Sequence[Ready], only: Collection[str]) -> tuple[Ready, ...]:
    """Return those of these keys, all where none are given; AuthorError for a key that is nobody's."""
    if unknown := set(only) - {each.student for each in ready}:
        raise AuthorError(f"--only: there is nobody called {', '.join(map(printable, sorted(unknown)))} in this run")
    return tuple(each for each in ready if not only or each.student in only)


def meant(ready: Sequence[Ready], *, withdraw: bool = False) -> tuple[Ready, ...]:
    """Return whom a release changes: who is ready and not released yet, or with `withdraw` who is released."""
    return tuple(each for each in ready if (each.released if withdraw else not each.why_not and not each.released))


def told(ready: Sequence[Ready]) -> str:
    """Return how many are released, ready and not, in one line."""
    done, waiting = sum(bool(each.released) for each in ready), sum(bool(each.why_not) for each in ready)
    return f"{counted(len(ready), 'student or group', 'students and groups')}: {done} released, {waiting} not ready"


def _people(connection: Connection, run: int) -> dict[str, list[Person]]:
    """Return the members of each who handed in; under the empty key, those who handed in nothing."""
    joined = STUDENTS.outerjoin(MEMBERS, MEMBERS.c.student == STUDENTS.c.id)
    joined = joined.outerjoin(SUBMITTERS, MEMBERS.c.submitter == SUBMITTERS.c.id)
    rows = select(STUDENTS, SUBMITTERS.c.key).select_from(joined).where(STUDENTS.c.run == run).order_by(STUDENTS.c.id)
    found: dict[str, list[Person]] = {}
    for row in connection.execute(rows):
        who = Person(row.platform_id, row.name, row.login, row.mail, row.sis, row.section)
        found.setdefault(row.key or "", []).append(who)
    return found


def known_by(connection: Connection, run: int) -> dict[str, list[str]]:
    """Return all that the members of each are known by."""
    found: dict[str, list[str]] = {}
    for key, people in _people(connection, run).items():
        found[key] = [name for who in people for name in (who.id, who.name, who.login, who.mail, who.sis) if name]
    return found
