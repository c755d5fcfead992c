"""Gradebooks for tests: results as small as can be, classes of a few people, and a clock that goes on by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from grader.classes.model import HandIn, Joined
from grader.filenames import GRADEBOOK
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import of_file, opened
from grader.gradebook.marking import Given
from grader.gradebook.nouns import Noted
from grader.model import Finding, Marks, Person, Result, ScoredFinding, ScoredItem, Verdict

BEGIN = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
# what each check came to: passed, waits for a person, failed
PLAIN = {"code": {"runs": ("passed", 2.0), "says": ("pending", 3.0)}, "proof": {"holds": ("failed", 5.0)}}


@cache
def migrated() -> bytes:
    """Return an empty gradebook with the tables of today, made once."""
    with tempfile.TemporaryDirectory() as folder:
        opened(of_file(Path(folder, "book"))).dispose()
        return Path(folder, "book").read_bytes()


def book_in(folder: Path, *, key: str = "this") -> Gradebook:
    """Return the gradebook of a run in a folder, which is made there where there is none."""
    file = folder / GRADEBOOK
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(migrated())
    return Gradebook(opened(of_file(file)), key, folder, now=clock())


def clock() -> Callable[[], datetime]:
    """Return a clock of which every look is a second later."""
    times: Iterator[datetime] = (BEGIN + timedelta(seconds=k) for k in range(10**9))
    return lambda: next(times)


def result(
    items: dict[str, dict[str, tuple[str, float]]] | None = None, *, digest: str = "sha256:1", rubric: str = "sha256:r1"
) -> Result:
    """Return a result with these items, each check -> (verdict, points that it is worth)."""
    scored = [
        ScoredItem(item, item.title(), Marks(0, 0), tuple(_scored(*each) for each in checks.items()))
        for item, checks in (items or PLAIN).items()
    ]
    parts = [each.marks for item in scored for each in item.findings]
    sums = (sum(getattr(part, kind) for part in parts) for kind in ("earned", "possible", "pending", "withheld"))
    return Result("id", digest, "small", "Small", rubric, 7, "process", 0.5, Marks(*sums), tuple(scored))


def _scored(check: str, told: tuple[str, float]) -> ScoredFinding:
    verdict, worth = told
    points = {"passed": "earned", "pending": "pending", "undecided": "withheld"}.get(verdict)
    marks = Marks(**{"earned": 0.0, "possible": worth} | ({points: worth} if points else {}))
    return ScoredFinding(Finding(check, f"It {check}.", Verdict(verdict), f"{check}: {verdict}"), marks)


def noted(student: str = "ann", attempt: int = 1, *, of: Result | None = None, **more: str) -> Noted:
    """Return what is noted of a student's attempt that was graded."""
    return Noted(student, attempt, of or result(), folder=more.pop("folder", student), **more)


def given(points: str | None = "2", comment: str | None = None, *, student: str = "ann", **more: object) -> Given:
    """Return the mark that somebody wants to give to what waits for a person."""
    wanted: dict[str, object] = {"item": "code", "check": "says", **more}
    return Given(student, 1, points=None if points is None else Decimal(points), comment=comment, **wanted)  # type: ignore[arg-type]


def hand_in(student: str = "ann", attempt: int = 1, *members: Person, **more: object) -> HandIn:
    """Return what a student, or a group of `members`, handed in."""
    about: dict[str, object] = {"handed_in": BEGIN, "late": None, "files": (), **more}
    people = members or (Person(id=student, name=student.title()),)
    return HandIn(student, student.title(), attempt, members=people, **about)  # type: ignore[arg-type]


def joined(*hand_ins: HandIn, missing: tuple[Person, ...] = ()) -> Joined:
    """Return a class of these."""
    return Joined(hand_ins, missing)


def folder_of(student: str, attempt: int) -> str:
    """Return where an attempt lies."""
    return student if attempt == 1 else f"{student}+{attempt}"
