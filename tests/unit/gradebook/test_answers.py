from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook.book import Gradebook
from grader.gradebook.nouns import Noted, Why
from kit.books import book_in, folder_of, given, hand_in, joined, noted, result

PLACE = "code", "says"
OPEN = {"code": {"runs": ("passed", 2.0), "says": ("pending", 3.0)}, "proof": {"holds": ("undecided", 5.0)}}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        yield found


def counts(book: Gradebook) -> dict[str, tuple[int, int, int, int]]:
    return {each.check: (each.answers, each.unmarked, each.stale, each.flagged) for each in book.to_mark()}


def whys(book: Gradebook, item: str = "code", check: str = "says") -> dict[str, Why | None]:
    return {each.student: each.why for each in book.answers(item, check)}


def test_everything_that_waits_is_in_what_people_mark(book: Gradebook) -> None:
    book.note(
        noted("ann"), noted("bob"), noted("cay", of=result(OPEN)), Noted("dan", 1, error="is empty", folder="dan")
    )
    book.mark(given("1"), given("0", student="bob", item="proof", check="holds"), author="kay")
    book.note(noted("bob", of=result(digest="sha256:2")))
    book.flag("cay", 1, *PLACE, True, author="kay")
    assert counts(book) == {"says": (3, 2, 0, 1), "holds": (2, 1, 1, 0)}
    assert whys(book) == {"ann": None, "bob": Why.PENDING, "cay": Why.PENDING}
    assert whys(book, "proof", "holds") == {"bob": Why.STALE, "cay": Why.WITHHELD}
    assert sum(unmarked + stale for _, unmarked, stale, _ in counts(book).values()) == len(book.waiting())


def test_checks_stand_in_the_order_of_the_rubric_with_what_they_are_worth(book: Gradebook) -> None:
    book.note(noted("ann", of=result(OPEN)))
    assert [(each.item, each.title, each.possible) for each in book.to_mark()] == [
        ("code", "It says.", 3), ("proof", "It holds.", 5),
    ]  # fmt: skip


def test_only_the_latest_attempt_of_each_is_marked(book: Gradebook) -> None:
    book.take_in(joined(hand_in("ann"), hand_in("ann", 2), hand_in("bob"), hand_in("bob", 2)), folder_of)
    book.note(noted("ann"), noted("ann+2", folder="ann+2", of=result(digest="sha256:2")), noted("bob"))
    assert [(each.student, each.attempt, each.name, each.folder) for each in book.answers(*PLACE)] == [
        ("ann", 2, "Ann", "ann+2")
    ]
    assert counts(book) == {"says": (1, 1, 0, 0)}
    assert book.answered("ann", 1, *PLACE).why is Why.PENDING


def test_an_answer_that_is_open_no_more_is_marked_by_nobody(book: Gradebook) -> None:
    book.note(noted("ann"))
    book.note(noted("ann", of=result({"code": {"runs": ("passed", 2.0), "says": ("failed", 3.0)}})))
    assert book.to_mark() == ()
    assert book.answers(*PLACE) == ()
    assert book.answered("ann", 1, *PLACE).why is None


def test_marks_on_what_the_machine_decides_are_shown_with_what_is_open(book: Gradebook) -> None:
    book.note(noted("ann"), noted("bob"))
    book.mark(given("1", check="runs"), author="kay")
    book.set_note("bob", 1, "proof", "holds", "ask Lou", author="kay")
    assert counts(book) == {"runs": (1, 0, 0, 0), "says": (2, 2, 0, 0), "holds": (1, 0, 0, 0)}
    (bob,) = book.answers("proof", "holds")
    assert (bob.student, bob.note, bob.mark, bob.found.check) == ("bob", "ask Lou", None, "holds")
    book.set_note("bob", 1, "proof", "holds", "", author="kay")
    book.mark(given(None, check="runs", delete=True), author="kay")
    assert counts(book) == {"says": (2, 2, 0, 0)}


def test_a_mark_that_was_deleted_is_there_for_its_version(book: Gradebook) -> None:
    book.note(noted("ann"))
    assert book.answered("ann", 1, *PLACE).version == 0
    book.mark(given("1"), author="kay")
    book.mark(given(None, delete=True), author="kay")
    (ann,) = book.answers(*PLACE)
    assert (ann.version, ann.mark and ann.mark.is_there, ann.why) == (2, False, Why.PENDING)


@pytest.mark.parametrize("wrong", [("zoe", 1, *PLACE), ("ann", 2, *PLACE), ("ann", 1, "code", "sings")])
def test_an_answer_that_is_not_there_is_said(book: Gradebook, wrong: tuple[str, int, str, str]) -> None:
    book.note(noted("ann"))
    with pytest.raises(AuthorError, match=f"attempt {wrong[1]} of '{wrong[0]}' has no check '{wrong[3]}'"):
        book.answered(*wrong)


def test_runs_in_one_database_are_apart(tmp_path: Path, book: Gradebook) -> None:
    book.note(noted("ann"))
    with book_in(tmp_path, key="other") as other:
        other.note(noted("zoe"), noted("ann"))
        other.mark(given("1"), author="kay")
        other.flag("ann", 1, *PLACE, True, author="kay")
    assert counts(book) == {"says": (1, 1, 0, 0)}
    assert [(each.student, each.mark, each.flagged) for each in book.answers(*PLACE)] == [("ann", None, False)]


@pytest.mark.parametrize("message", ["a\0b", "x" * 9000, "\udc80"])
def test_what_is_open_is_known_again_by_what_the_database_keeps_of_it(book: Gradebook, message: str) -> None:
    third = result({"code": {"says": ("pending", 1 / 3)}})
    (item,) = third.items
    (scored,) = item.findings
    object.__setattr__(scored.finding, "message", message)
    book.note(noted("ann", of=third))
    book.mark(given("0.1"), author="kay")
    assert counts(book) == {"says": (1, 0, 0, 0)}
    assert whys(book) == {"ann": None}
    assert book.waiting() == ()
    assert book.answered("ann", 1, *PLACE).mark == book.answers(*PLACE)[0].mark
    assert book.to_mark()[0].possible == Decimal("0.333333")
