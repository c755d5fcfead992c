"""Attempts by number, how many there are, and changes that the gradebook is told of."""

from __future__ import annotations

from pathlib import Path

from grader.gradebook.places import Place
from kit import books


def test_an_attempt_is_found_by_its_number_in_its_own_run(tmp_path: Path) -> None:
    with books.book_in(tmp_path) as book, books.book_in(tmp_path, key="another") as other:
        book.take_in(books.joined(books.hand_in("ann"), books.hand_in("bob", 2)), books.folder_of)
        numbers = {each.student: each.row for each in book.standings()}
        assert book.place(numbers["bob"]) == Place(numbers["bob"], "bob", "Bob", 2, "bob+2")
        assert other.place(numbers["bob"]) is None
        assert book.place(4711) is None


def test_counts_follow_what_is_graded(tmp_path: Path) -> None:
    with books.book_in(tmp_path) as book:
        book.take_in(books.joined(books.hand_in("ann"), books.hand_in("bob")), books.folder_of)
        first = book.counts()
        book.note(books.noted("ann"), books.Noted("bob", 1, None, "not a zip", folder="bob"))
        then = book.counts()
    assert (first.attempts, first.graded, first.failed) == (2, 0, 0)
    assert (then.attempts, then.graded, then.failed) == (2, 1, 1)
    assert then.changes > first.changes


def test_an_extension_stands_in_the_audit(tmp_path: Path) -> None:
    with books.book_in(tmp_path) as book:
        book.extended("ann", "2026-11-30 23:59", "2026-12-03 23:59", author="jane")
        (said,) = book.audit()
    change = said.change
    assert (change.what, change.student, change.before, change.after, said.author) == (
        "extension",
        "ann",
        "2026-11-30 23:59",
        "2026-12-03 23:59",
        "jane",
    )
