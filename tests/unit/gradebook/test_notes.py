from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook import notes
from grader.gradebook.book import Gradebook
from kit.books import book_in, given, noted

PLACE = "code", "says"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        found.note(noted("ann"), noted("bob"), noted("cay"))
        yield found


def changes(book: Gradebook, student: str = "ann") -> list[tuple[str, str, str, str]]:
    found = [each for each in book.history(student, 1) if each.change.what != "grading"]
    return [(each.author, each.change.what, each.change.before, each.change.after) for each in found]


def test_a_note_and_a_flag_stay_until_they_are_taken_away(book: Gradebook) -> None:
    book.flag("ann", 1, *PLACE, True, author="kay")
    book.set_note("ann", 1, *PLACE, " Is that theirs? ", author="lou")
    ann = book.answered("ann", 1, *PLACE)
    assert (ann.flagged, ann.note) == (True, "Is that theirs?")
    book.flag("ann", 1, *PLACE, False, author="kay")
    book.set_note("ann", 1, *PLACE, "", author="lou")
    ann = book.answered("ann", 1, *PLACE)
    assert (ann.flagged, ann.note) == (False, "")
    assert changes(book) == [
        ("kay", "flag", "", "flagged"), ("lou", "note", "", "Is that theirs?"), ("kay", "flag", "flagged", ""),
        ("lou", "note", "Is that theirs?", ""),
    ]  # fmt: skip


def test_what_is_so_already_is_no_change(book: Gradebook) -> None:
    book.flag("ann", 1, *PLACE, False, author="kay")
    book.set_note("ann", 1, *PLACE, "", author="kay")
    book.flag("ann", 1, *PLACE, True, author="kay")
    book.flag("ann", 1, *PLACE, True, author="kay")
    assert changes(book) == [("kay", "flag", "", "flagged")]


def test_a_note_is_told_to_no_student(book: Gradebook) -> None:
    book.mark(given("1", "good"), author="kay")
    book.set_note("ann", 1, *PLACE, "secret", author="kay")
    assert book.finals()[0].comment == "It says.: good"


def test_a_note_on_nobody_is_refused(book: Gradebook) -> None:
    with pytest.raises(AuthorError, match="there is no attempt 2 of 'ann'"):
        book.set_note("ann", 2, *PLACE, "x", author="kay")


def test_looking_up_a_name_is_kept_in_the_history_of_the_student_alone(book: Gradebook) -> None:
    book.name_shown("ann", author="kay")
    assert changes(book) == [("kay", "name", "", "shown")]
    assert changes(book, "bob") == []


def test_the_bank_counts_what_is_in_use_then_names_what_was_saved(
    book: Gradebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.mark(given("1", "b"), given("1", "c", student="bob"), given("2", "c", student="cay"), author="kay")
    book.mark(given("1", "elsewhere", check="runs"), author="kay")
    for text in ("z", "b", " a ", "z", " "):
        book.save_comment(*PLACE, text, author="kay")
    assert book.bank(*PLACE) == (("c", 2), ("b", 1), ("z", 0), ("a", 0))
    for _ in range(2):
        book.drop_comment(*PLACE, "z", author="lou")
    assert book.bank(*PLACE) == (("c", 2), ("b", 1), ("a", 0))
    assert [each.change.after for each in book.audit() if each.change.what == "comment"] == ["z", "b", "a", ""]
    monkeypatch.setattr(notes, "MOST", 1)
    assert book.bank(*PLACE) == (("c", 2), ("b", 0))
