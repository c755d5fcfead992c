from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook.book import Gradebook
from grader.gradebook.nouns import Answered, Why
from kit.books import book_in, given, noted, result

PLACE = "code", "says"
STUDENTS = [f"s{k:02}" for k in range(20)]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        found.note(*map(noted, STUDENTS))
        found.set_graders(["kay", "lou", "max", "prof"], author="prof")
        yield found


def assigned(book: Gradebook) -> dict[str, tuple[str, str]]:
    return {each.student: (each.assigned, each.second) for each in book.answers(*PLACE)}


def test_answers_are_spread_evenly_and_the_owner_gets_none(book: Gradebook) -> None:
    assert book.spread(seed=1, author="prof") == 20
    assert sorted(Counter(first for first, _ in assigned(book).values()).values()) == [6, 7, 7]
    assert {(each.name, each.assigned, each.marked) for each in book.progress()} >= {("prof", 0, 0)}


def test_the_same_seed_spreads_the_same_way_and_another_one_does_not(tmp_path: Path) -> None:
    spread = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        with book_in(tmp_path / name) as book:
            book.note(*map(noted, STUDENTS))
            book.set_graders(["kay", "lou"], author="prof")
            book.spread(seed=seed, double=20, author="prof")
            spread.append(assigned(book))
    assert spread[0] == spread[1] != spread[2]


def test_some_get_a_second_grader_who_is_another_one(book: Gradebook) -> None:
    book.spread(double=30, seed=3, author="prof")
    twice = {student: both for student, both in assigned(book).items() if both[1]}
    assert len(twice) == 6
    assert all(first != second for first, second in twice.values())
    assert Counter(name for both in assigned(book).values() for name in both if name).most_common()[-1][1] >= 8


def test_who_is_second_is_another_one_however_much_they_have(book: Gradebook) -> None:
    book.set_graders(["kay", "prof"], author="prof")
    book.spread(seed=1, author="prof")
    book.set_graders(["kay", "lou", "prof"], author="prof")
    book.note(noted("t00"), noted("t01"))
    book.spread(seed=1, double=100, author="prof")
    assert [assigned(book)[student] for student in ("t00", "t01")] == [("lou", "kay")] * 2


def test_what_is_marked_is_given_to_nobody_and_what_is_theirs_stays(book: Gradebook) -> None:
    book.mark(given("1", student="s00"), author="prof")
    assert book.spread(seed=1, author="prof") == 19
    before = assigned(book)
    book.note(noted("t00"), noted("t01"), noted("t02"))
    assert book.spread(seed=1, author="prof") == 3
    assert {student: assigned(book)[student] for student in STUDENTS} == before
    assert before["s00"] == ("", "")
    sizes = Counter(first for first, _ in assigned(book).values() if first).values()
    assert max(sizes) - min(sizes) <= 1


def test_what_was_of_somebody_who_left_is_spread_among_the_others(book: Gradebook) -> None:
    book.spread(seed=1, double=50, author="prof")
    before = assigned(book)
    book.set_graders(["kay", "lou", "prof"], author="prof")
    book.spread(seed=1, author="prof")
    now = assigned(book)
    assert "max" not in {name for both in now.values() for name in both}
    kept = {student: both for student, both in before.items() if "max" not in both}
    assert {student: now[student] for student in kept} == kept
    assert sorted(Counter(first for first, _ in now.values())) == ["kay", "lou"]


def test_each_gift_stands_in_the_audit(book: Gradebook) -> None:
    book.spread(seed=1, author="prof")
    (gift,) = [each for each in book.history("s03", 1) if each.change.what == "assigned"]
    assert (gift.author, gift.change.after) == ("prof", assigned(book)["s03"][0])


@pytest.mark.parametrize(
    ("names", "double", "said"),
    [([], 0, "name them first"), (["kay"], 10, "two or more graders"), (["kay", "lou"], 101, "0 to 100")],
)
def test_too_few_graders_are_said(book: Gradebook, names: list[str], double: int, said: str) -> None:
    book.set_graders(names, author="prof")
    with pytest.raises(AuthorError, match=said):
        book.spread(double=double, seed=1, author="prof")


def test_an_owner_alone_marks_everything(book: Gradebook) -> None:
    book.set_graders(["prof"], author="prof")
    assert book.spread(seed=1, author="prof") == 20


def doubled(book: Gradebook) -> Answered:
    """Return an answer that two have, after spreading."""
    book.spread(seed=3, double=30, author="prof")
    return next(each for each in book.answers(*PLACE) if each.second)


def test_a_second_grader_gives_an_opinion_and_the_mark_is_that_of_the_first(book: Gradebook) -> None:
    both = doubled(book)
    student, first, second = both.student, both.assigned, both.second
    assert not book.mark(given("1", student=student, version=0), author=first)[0].opinion
    (step,) = book.mark(given("3", "other", student=student, version=0), author=second)
    assert (step.opinion, step.conflict, step.before) == (True, False, None)
    for grader, points in ((first, 1), (second, 3), ("prof", 1)):
        mark = book.answered(student, 1, *PLACE, grader=grader).mark
        assert mark
        assert mark.points == points
    assert [each.change.what for each in book.history(student, 1)][-2:] == ["mark", "opinion"]
    assert [each.comment for each in book.finals() if each.who.name == student] == [""]


def test_a_second_grader_marks_unseen_and_is_done_when_they_have(book: Gradebook) -> None:
    both = doubled(book)
    book.mark(given("1", student=both.student), author=both.assigned)
    mine = {each.student: each for each in book.answers(*PLACE, grader=both.second)}[both.student]
    assert (mine.mark, mine.why) == (None, Why.PENDING)
    done = {each.name: each.marked for each in book.progress()}
    assert (done[both.assigned], done[both.second]) == (1, 0)
    book.mark(given("1", student=both.student), author=both.second)
    assert {each.name: each.marked for each in book.progress()}[both.second] == 1


def test_a_second_grader_changes_and_undoes_their_own(book: Gradebook) -> None:
    both = doubled(book)
    about = {"student": both.student}
    book.mark(given("1", **about), author=both.second)
    (step,) = book.mark(given("2", version=0, **about), author=both.second)
    assert step.conflict
    book.mark(given("2", version=1, **about), author=both.second)
    assert book.undo(both.student, 1, *PLACE, author=both.second)
    mine = book.answered(both.student, 1, *PLACE, grader=both.second)
    assert (mine.why, mine.version) == (Why.PENDING, 3)
    assert book.answered(both.student, 1, *PLACE).mark is None


def test_an_opinion_by_ticks_follows_the_guide(book: Gradebook) -> None:
    from decimal import Decimal

    both = doubled(book)
    entry = book.add_entry(*PLACE, "Nothing compared", Decimal(-1), author="prof")
    book.mark(given(None, student=both.student, entries=(entry.id,)), author=both.second)
    book.change_entry(entry.id, version=1, points=Decimal(-2), author="prof")
    mine = book.answered(both.student, 1, *PLACE, grader=both.second).mark
    assert mine
    assert (mine.points, mine.version) == (1, 2)


def test_a_regrade_that_finds_something_else_waits_for_both_again(book: Gradebook) -> None:
    both = doubled(book)
    for grader in (both.assigned, both.second):
        book.mark(given("1", student=both.student), author=grader)
    book.note(noted(both.student, of=result(digest="sha256:2")))
    assert {each.name: each.marked for each in book.progress()} == dict.fromkeys(("kay", "lou", "max", "prof"), 0)
