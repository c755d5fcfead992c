from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.gradebook.agreement import opinions, weighted_kappa
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import reading
from grader.gradebook.nouns import Answered
from kit.books import book_in, given, noted, result

STUDENTS = [f"s{k}" for k in range(6)]


def by_tables(given: list[tuple[float, float]]) -> float:
    """Return the kappa as the textbook has it: tables of what was seen and of what chance gives, times squared weights."""
    values = sorted({each for pair in given for each in pair})
    seen = np.zeros((len(values), len(values)))
    for one, other in given:
        seen[values.index(one), values.index(other)] += 1
    chance = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    weights = np.subtract.outer(values, values) ** 2
    return float(1 - (weights * seen).sum() / (weights * chance).sum())


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        found.note(*map(noted, STUDENTS))
        yield found


def spread(book: Gradebook) -> tuple[Answered, ...]:
    """Give every answer to two graders."""
    book.set_graders(["kay", "lou"], author="prof")
    book.spread(seed=1, double=100, author="prof")
    return book.answers("code", "says")


def test_kappa_is_that_of_the_textbook() -> None:
    draw = np.random.default_rng(7)
    for _ in range(20):
        first = draw.integers(0, 7, 30) / 2
        pairs = list(zip(first.tolist(), np.clip(first + draw.integers(-2, 3, 30) / 2, 0, 3).tolist(), strict=True))
        assert weighted_kappa(pairs) == pytest.approx(by_tables(pairs))


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [([], None), ([(1, 2)], None), ([(1, 1), (1, 1)], None), ([(0, 0), (3, 3)], 1.0), ([(0, 3), (3, 0)], -1.0)],
)
def test_kappa_at_its_ends(pairs: list[tuple[float, float]], kappa: float | None) -> None:
    assert weighted_kappa(pairs) == kappa


def test_agreement_of_two_is_told_with_the_pairs_that_differ_most(book: Gradebook) -> None:
    answers = spread(book)
    for each, first, second in zip(answers, "112300", "1321  ", strict=True):
        book.mark(given(first, student=each.student), author=each.assigned)
        if second != " ":
            book.mark(given(second, student=each.student), author=each.second)
    (found,) = book.agreement()
    assert (found.check, found.answers, found.same, found.difference) == ("says", 4, 0.5, 1.0)
    assert found.kappa == pytest.approx(by_tables([(1, 1), (1, 3), (2, 2), (3, 1)]))
    assert [(pair.student, pair.first.points, pair.second.points, pair.difference) for pair in found.pairs] == [
        ("s1", 1, 3, 2), ("s3", 3, 1, 2),
    ]  # fmt: skip


def test_only_those_whose_answer_it_is_are_compared(book: Gradebook) -> None:
    answers = spread(book)
    for each in answers:
        book.mark(given("1", student=each.student), author=each.assigned)
    assert book.agreement() == ()
    for each in answers:
        book.mark(given("3", student=each.student), author="prof")
        book.mark(given("2", student=each.student), author=each.second)
    (found,) = book.agreement()
    assert (found.answers, found.difference) == (6, 1.0)


def test_points_for_different_things_are_not_compared(book: Gradebook) -> None:
    first, *_ = spread(book)
    book.mark(given("1", student=first.student), author=first.assigned)
    book.note(noted(first.student, of=result(digest="sha256:2")))
    book.mark(given("2", student=first.student), author=first.second)
    assert book.agreement() == ()
    book.mark(given("1", student=first.student), author=first.assigned)
    assert len(book.agreement()) == 1


def test_who_undoes_has_no_opinion(book: Gradebook) -> None:
    first, *_ = spread(book)
    for grader in (first.assigned, first.second):
        book.mark(given("1", student=first.student), author=grader)
    assert len(book.agreement()) == 1
    book.undo(first.student, 1, "code", "says", author=first.second)
    assert book.agreement() == ()


def test_who_changes_the_mark_of_another_one_has_seen_it(book: Gradebook) -> None:
    for author, points in (("kay", "1"), ("lou", "2")):
        book.mark(given(points, student="s0"), author=author)
    assert book.agreement() == ()


def test_who_brings_back_the_mark_of_another_one_has_no_opinion(book: Gradebook) -> None:
    for author, points in (("kay", "1"), ("lou", "2")):
        book.mark(given(points, student="s0"), author=author)
    book.undo("s0", 1, "code", "says", author="lou")
    with reading(book.engine) as connection:
        kept = opinions(connection, book._run, "code", "says")
    assert [(mark.author, mark.points) for mark in kept["s0", 1]] == [("kay", 1)]
