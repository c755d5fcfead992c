from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from grader.gradebook.book import Gradebook
from grader.gradebook.marking import Given
from kit.books import BEGIN, book_in, folder_of, hand_in, joined, noted, result

DUE = """due = "2026-11-30 23:59"
zone = "UTC"
attempts = "{rule}"
[penalty]
percent = 10
"""
LATER = BEGIN + timedelta(days=1)
GOOD = result({"code": {"runs": ("passed", 6.0), "says": ("pending", 3.0)}})
POOR = result({"code": {"runs": ("failed", 6.0), "says": ("pending", 3.0)}})


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    """Return the gradebook of a class of two, of whom one has handed in on time and again after that."""
    with book_in(tmp_path) as found:
        again = hand_in("ann"), hand_in("ann", 2, handed_in=LATER), hand_in("bob")
        found.take_in(joined(*again), folder_of)
        yield found


def ruled(book: Gradebook, rule: str) -> None:
    (book.folder / "class.toml").write_text(DUE.format(rule=rule), encoding="utf-8")


def graded(book: Gradebook, first: object = GOOD, second: object = GOOD) -> None:
    book.note(noted("ann", of=first), noted("ann", 2, of=second, folder="ann+2"), noted("bob", of=GOOD))  # type: ignore[arg-type]


def offered(book: Gradebook) -> list[tuple[str, int]]:
    """Return whose answers are offered, which is the same wherever that is asked."""
    found = [(each.student, each.attempt) for each in book.answers("code", "says")]
    (check,) = [each for each in book.to_mark() if each.check == "says"]
    assert check.answers == len(found)
    assert [(each.student, each.attempt) for each in book.waiting()] == found
    return found


BOTH, LATEST = [("ann", 1), ("ann", 2), ("bob", 1)], [("ann", 2), ("bob", 1)]


@pytest.mark.parametrize(("rule", "expected"), [("latest", LATEST), ("latest on time", BOTH), ("best", BOTH)])
def test_an_earlier_attempt_that_counts_or_could_is_offered(
    book: Gradebook, rule: str, expected: list[tuple[str, int]]
) -> None:
    ruled(book, rule)
    graded(book)
    assert offered(book) == expected


def test_an_attempt_that_another_one_is_sure_to_be_better_than_is_not_offered(book: Gradebook) -> None:
    ruled(book, "best")
    graded(book, first=POOR)
    assert offered(book) == LATEST


def test_what_people_gave_where_the_grader_had_decided_may_come_to_anything(book: Gradebook) -> None:
    ruled(book, "best")
    graded(book, first=POOR)
    book.mark(Given("ann", 1, "code", "runs", Decimal(6)), author="Gil")
    assert offered(book) == BOTH


def test_rules_that_are_just_being_written_keep_nobody_from_marking(book: Gradebook) -> None:
    (book.folder / "class.toml").write_text("due = ", encoding="utf-8")
    graded(book)
    assert offered(book) == LATEST


def test_an_earlier_attempt_is_spread_among_graders_as_well(book: Gradebook) -> None:
    ruled(book, "latest on time")
    graded(book)
    book.set_graders(["kay"], author="prof")
    assert book.spread(seed=1, author="prof") == 3
    assert [each.assigned for each in book.progress()] == [3]
