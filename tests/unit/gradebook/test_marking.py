"""Marks by ticks, by groups, undone, and of two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from grader.gradebook.book import Gradebook
from grader.gradebook.marking import Given, Step, in_words
from grader.gradebook.nouns import Mark, Why
from kit.books import book_in, given, noted, result

PLACE = "code", "says"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        found.note(noted("ann"), noted("bob"), noted("cay"))
        yield found


@pytest.fixture
def entries(book: Gradebook) -> tuple[int, int]:
    """Return the numbers of two entries: one takes a point, one half a point."""
    first, second = (("Nothing compared", "-1"), ("Units", "-0.5"))
    numbers = [book.add_entry(*PLACE, text, Decimal(points), author="kay").id for text, points in (first, second)]
    return numbers[0], numbers[1]


def mark(book: Gradebook, student: str = "ann") -> Mark:
    found = book.answered(student, 1, *PLACE).mark
    assert found
    return found


def gave(book: Gradebook, *wanted: Given, author: str = "kay", **more: str) -> list[Step]:
    steps = book.mark(*wanted, author=author, **more)
    assert [step.wrong for step in steps] == [""] * len(steps)
    return steps


def test_points_are_those_of_the_ticks_with_what_is_added(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, entries=entries[::-1], adjustment=Decimal("0.25")))
    now = mark(book)
    assert (now.points, now.entries, now.adjustment, now.possible) == (Decimal("1.75"), entries, Decimal("0.25"), 3)
    assert in_words(now) == "1.75 [Nothing compared (-1); Units (-0.5); adjusted by +0.25]"
    assert book.finals()[0].comment == "It says.: Nothing compared (-1); Units (-0.5)"


def test_ticks_and_what_is_added_are_changed_apart(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, entries=entries[:1]))
    gave(book, given(None, adjustment=Decimal("0.5")))
    assert mark(book).points == Decimal("2.5")
    gave(book, given(None, entries=entries))
    assert mark(book).points == 2
    gave(book, given(None, "a comment alone"))
    assert (mark(book).points, mark(book).entries) == (2, entries)


def test_without_ticks_there_are_no_points_and_it_waits_again(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, "see me", entries=entries))
    gave(book, given(None, entries=(), adjustment=Decimal(0)))
    ann = book.answered("ann", 1, *PLACE)
    assert (ann.why, mark(book).points, mark(book).comment, mark(book).entries) == (Why.PENDING, None, "see me", ())


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"points": "1.5"}, True), ({"points": "2"}, False), ({"points": "1.5", "entries": ()}, False),
        ({"points": None, "delete": True}, False),
    ],
)  # fmt: skip
def test_other_points_untick_and_the_same_points_do_not(
    book: Gradebook, entries: tuple[int, int], wanted: dict[str, object], kept: bool
) -> None:
    gave(book, given(None, entries=entries))
    gave(book, given(**wanted))  # type: ignore[arg-type]
    assert mark(book).entries == (entries if kept else ())
    assert [each.uses for each in book.guide(*PLACE)] == [kept, kept]


def test_ticks_win_over_points_beside_them(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given("3", entries=entries[:1]))
    assert (mark(book).points, mark(book).entries) == (2, entries[:1])


def test_a_preview_of_a_file_says_which_ticks_it_takes_away(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, "fine", entries=entries[:1]))
    (step,) = book.marks_planned([given("3", version=1)], author="lou")
    assert (in_words(step.before), in_words(step.after)) == ('2 [Nothing compared (-1)] "fine"', '3 "fine"')


def test_the_same_ticks_once_more_say_that_it_was_looked_at_again(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, entries=entries))
    assert gave(book, given(None, entries=entries, version=0), author="lou") == []
    book.note(noted("ann", of=result(digest="sha256:2")))
    assert book.answered("ann", 1, *PLACE).why is Why.STALE
    gave(book, given(None, entries=entries, version=1), author="lou")
    assert (book.answered("ann", 1, *PLACE).why, mark(book).author) == (None, "lou")


@pytest.mark.parametrize(("adjustment", "said"), [("3.5", "give -3 to 3"), ("NaN", "give"), ("0.0000001", "six")])
def test_what_is_added_is_bounded(book: Gradebook, adjustment: str, said: str) -> None:
    (step,) = book.mark(given(None, adjustment=Decimal(adjustment)), author="kay")
    assert said in step.wrong


def test_the_whole_has_no_guide(book: Gradebook, entries: tuple[int, int]) -> None:
    (step,) = book.mark(given(None, item="", check="", entries=entries), author="kay")
    assert "this is about the whole" in step.wrong


def test_of_a_group_the_others_go_through_where_one_is_in_conflict(book: Gradebook) -> None:
    gave(book, given("1", student="bob"), author="lou")
    steps = gave(book, *(given("3", student=name, version=0) for name in ("ann", "bob", "cay")), group="equal-1")
    assert [step.conflict for step in steps] == [False, True, False]
    assert [(mark(book, name).points, mark(book, name).group) for name in ("ann", "bob", "cay")] == [
        (3, "equal-1"), (1, ""), (3, "equal-1"),
    ]  # fmt: skip


def test_one_of_a_group_is_undone_alone(book: Gradebook) -> None:
    gave(book, *(given("3", student=name) for name in ("ann", "bob")), group="equal-1")
    step = book.undo("ann", 1, *PLACE, version=1, author="kay")
    assert step
    assert [(each.student, each.why) for each in book.answers(*PLACE)] == [
        ("ann", Why.PENDING), ("bob", None), ("cay", Why.PENDING),
    ]  # fmt: skip
    assert [each.change.after for each in book.history("ann", 1)][-2:] == ["3", ""]


def test_what_is_undone_is_as_it_was_before_it(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, "look", entries=entries[:1]))
    gave(book, *(given("3", "", student=name) for name in ("ann", "bob")), author="lou", group="equal-1")
    book.undo("ann", 1, *PLACE, version=2, author="lou")
    now = mark(book)
    assert (now.points, now.comment, now.entries, now.author, now.group, now.version) == (
        2, "look", entries[:1], "kay", "", 3,
    )  # fmt: skip
    book.undo("ann", 1, *PLACE, version=3, author="lou")
    assert (mark(book).points, mark(book).author, mark(book).group) == (3, "lou", "equal-1")


def test_what_is_undone_follows_the_guide_as_it_is_now(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, entries=entries[:1]))
    gave(book, given("3"))
    book.change_entry(entries[0], version=1, points=Decimal(-2), author="lou")
    book.undo("ann", 1, *PLACE, author="kay")
    assert mark(book).points == 1


def test_an_entry_that_changed_is_no_change_of_a_mark_to_undo(book: Gradebook, entries: tuple[int, int]) -> None:
    gave(book, given(None, entries=entries[:1]))
    book.change_entry(entries[0], version=1, points=Decimal(-2), author="lou")
    book.undo("ann", 1, *PLACE, author="kay")
    assert mark(book).points is None


def test_who_undoes_an_older_version_is_told(book: Gradebook) -> None:
    gave(book, given("3"))
    gave(book, given("2"), author="lou")
    step = book.undo("ann", 1, *PLACE, version=1, author="kay")
    assert step
    assert step.conflict
    assert mark(book).points == 2


def test_nothing_is_undone_where_nothing_was_given(book: Gradebook) -> None:
    assert book.undo("ann", 1, *PLACE, author="kay") is None
    gave(book, given("3"))
    book.undo("ann", 1, *PLACE, author="kay")
    assert mark(book).version == 2


def test_what_was_undone_on_an_earlier_result_stays_stale(book: Gradebook) -> None:
    gave(book, given("1"))
    book.note(noted("ann", of=result(digest="sha256:2")))
    gave(book, given("2"))
    book.undo("ann", 1, *PLACE, author="kay")
    assert (book.answered("ann", 1, *PLACE).why, mark(book).points) == (Why.STALE, 1)
