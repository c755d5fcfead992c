from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook import guide
from grader.gradebook.book import Gradebook
from grader.gradebook.nouns import Entry, Why
from kit.books import book_in, given, noted, result

PLACE = "code", "says"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        found.note(noted("ann"), noted("bob"), noted("cay"))
        yield found


def added(book: Gradebook, text: str = "Nothing compared", points: str = "-1") -> Entry:
    return book.add_entry(*PLACE, text, Decimal(points), author="kay")


def tick(book: Gradebook, *numbers: int, student: str = "ann", **more: object) -> None:
    (step,) = book.mark(given(None, student=student, entries=numbers, **more), author="kay")
    assert not step.wrong


def points(book: Gradebook) -> dict[str, Decimal | None]:
    return {each.student: each.mark.points if each.mark else None for each in book.answers(*PLACE)}


def audited(book: Gradebook, what: str) -> list[tuple[str, str, str, str]]:
    found = [each for each in book.audit() if each.change.what == what]
    return [(each.author, each.change.student, each.change.before, each.change.after) for each in found]


def test_a_guide_grows_while_people_mark_and_counts_what_is_ticked(book: Gradebook) -> None:
    first, second = added(book), added(book, "A picture", "0.5")
    tick(book, first.id)
    tick(book, second.id, first.id, student="bob")
    assert [(each.text, each.place, each.uses) for each in book.guide(*PLACE)] == [
        ("Nothing compared", 0, 2), ("A picture", 1, 1),
    ]  # fmt: skip
    assert audited(book, "entry") == [
        ("kay", "", "", "Nothing compared (-1)"), ("kay", "", "", "A picture (+0.5)"),
    ]  # fmt: skip


def test_the_same_entry_once_more_is_the_one_that_is_there(book: Gradebook) -> None:
    first = added(book)
    tick(book, first.id)
    assert added(book, " Nothing compared ").uses == 1
    assert len(book.guide(*PLACE)) == 1


@pytest.mark.parametrize(
    ("text", "worth", "said"),
    [
        ("x", "3.01", "give -3 to 3"), ("x", "-4", "give -3 to 3"), ("x", "NaN", "give -3 to 3"),
        ("x", "0.1234567", "six digits"), (" ", "1", "give a few words"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused(book: Gradebook, text: str, worth: str, said: str) -> None:
    with pytest.raises(AuthorError, match=said):
        added(book, text, worth)
    entry = added(book)
    with pytest.raises(AuthorError, match=said):
        book.change_entry(entry.id, version=1, author="kay", text=text, points=Decimal(worth))
    assert [(each.text, each.points) for each in book.guide(*PLACE)] == [("Nothing compared", -1)]


def test_an_entry_for_no_check_is_refused_and_a_guide_is_not_endless(
    book: Gradebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AuthorError, match="there is no check 'sings'"):
        book.add_entry("code", "sings", "x", Decimal(0), author="kay")
    with pytest.raises(AuthorError, match="there is no entry 17"):
        book.change_entry(17, version=1, author="kay", text="x")
    monkeypatch.setattr(guide, "MOST", 1)
    added(book)
    with pytest.raises(AuthorError, match="no more fit in"):
        added(book, "more")


def test_marks_follow_an_entry_that_changes_and_the_audit_says_so(book: Gradebook) -> None:
    first, second = added(book), added(book, "Units", "-0.5")
    tick(book, first.id, second.id, comment="see me")
    tick(book, second.id, student="bob")
    changed = book.change_entry(first.id, version=1, points=Decimal(-2), author="lou")
    assert (changed.marks, changed.conflict, changed.entry.version) == (1, False, 2)
    assert points(book) == {"ann": Decimal("0.5"), "bob": Decimal("2.5"), "cay": None}
    assert audited(book, "mark")[-1] == (
        "lou", "ann", '1.5 [Nothing compared (-1); Units (-0.5)] "see me"', '0.5 [Nothing compared (-2); Units (-0.5)] "see me"',
    )  # fmt: skip
    mark = book.answered("ann", 1, *PLACE).mark
    assert mark
    assert (mark.version, mark.author) == (2, "kay")


def test_a_text_that_changes_reaches_what_students_read(book: Gradebook) -> None:
    entry = added(book)
    tick(book, entry.id)
    assert book.change_entry(entry.id, version=1, text="Nothing is compared", author="lou").marks == 1
    (ann, *_) = book.finals()
    assert ann.comment == "It says.: Nothing is compared (-1)"


def test_who_changes_an_older_version_is_told_and_changes_nothing(book: Gradebook) -> None:
    entry = added(book)
    tick(book, entry.id)
    book.change_entry(entry.id, version=1, points=Decimal(-2), author="lou")
    changed = book.change_entry(entry.id, version=1, points=Decimal(-3), author="kay")
    assert (changed.conflict, changed.marks, changed.entry.points, changed.entry.uses) == (True, 0, -2, 1)
    assert points(book)["ann"] == 1


def test_who_marks_while_an_entry_changes_is_told(book: Gradebook) -> None:
    entry = added(book)
    tick(book, entry.id, version=0)
    book.change_entry(entry.id, version=1, points=Decimal(-2), author="lou")
    (step,) = book.mark(given(None, "late", entries=(), version=1), author="kay")
    assert step.conflict
    assert step.before
    assert step.before.points == 1


def test_marks_on_earlier_results_follow_by_what_they_were_worth_then_and_stay_stale(book: Gradebook) -> None:
    entry = added(book)
    tick(book, entry.id)
    more = result({"code": {"runs": ("passed", 2.0), "says": ("pending", 10.0)}}, rubric="sha256:r2")
    book.note(noted("ann", of=more))
    assert book.change_entry(entry.id, version=1, points=Decimal(-2), author="lou").marks == 1
    ann = book.answered("ann", 1, *PLACE)
    assert ann.mark
    assert (ann.why, ann.mark.points) == (Why.STALE, 1)
    tick(book, entry.id)
    ann = book.answered("ann", 1, *PLACE)
    assert ann.mark
    assert (ann.why, ann.mark.points) == (None, 8)


def test_an_entry_that_is_retired_stays_on_its_marks_and_is_ticked_by_no_others(book: Gradebook) -> None:
    entry = added(book)
    tick(book, entry.id)
    assert book.change_entry(entry.id, version=1, retired=True, author="kay").marks == 0
    (step,) = book.mark(given(None, student="bob", entries=(entry.id,)), author="kay")
    assert "was taken out of the guide" in step.wrong
    tick(book, entry.id, comment="kept")
    assert [(each.retired, each.uses) for each in book.guide(*PLACE)] == [(True, 1)]
    assert points(book) == {"ann": 2, "bob": None, "cay": None}
    assert added(book).id != entry.id


@pytest.mark.parametrize(("place", "order"), [(0, "cab"), (1, "acb"), (2, "abc"), (9, "abc"), (-1, "cab")])
def test_an_entry_can_be_moved(book: Gradebook, place: int, order: str) -> None:
    *_, last = (added(book, text) for text in "abc")
    book.change_entry(last.id, version=1, place=place, author="kay")
    assert [(each.text, each.place) for each in book.guide(*PLACE)] == [(each, k) for k, each in enumerate(order)]


def test_an_entry_of_another_check_or_run_cannot_be_ticked(tmp_path: Path, book: Gradebook) -> None:
    other = book.add_entry("proof", "holds", "x", Decimal(1), author="kay")
    with book_in(tmp_path, key="other") as elsewhere:
        elsewhere.note(noted())
        strange = elsewhere.add_entry(*PLACE, "x", Decimal(1), author="kay")
        with pytest.raises(AuthorError, match="there is no entry"):
            elsewhere.change_entry(other.id, version=1, text="y", author="kay")
    steps = book.mark(given(None, entries=(other.id,)), given(None, entries=(strange.id,), student="bob"), author="kay")
    assert [step.wrong.rpartition(" in ")[2] for step in steps] == ["the guide of 'says'"] * 2
    assert points(book) == {"ann": None, "bob": None, "cay": None}
