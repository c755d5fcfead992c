"""The class at a glance: what needs a person first, and figures over what was judged alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.gradebook.standing import Standing
from grader.insight import About, overview
from grader.insight.model import LARGE, Bar, Item
from grader.model import Verdict
from kit.glancing import about, class_of, found, mark, standing

P, F, B = Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED
PENDING = found("waits", Verdict.PENDING, 5)


def item_of(*standings: Standing) -> Item:
    (item,) = overview(standings, About()).items
    return item


def test_what_needs_a_person_comes_in_the_order_of_its_weight() -> None:
    withheld = found("no", Verdict.UNDECIDED, place=1)
    standings = [
        standing("ann", withheld),
        standing("bob", PENDING),
        standing("cem", PENDING, marks=(mark(1, PENDING, "sha256:before"),)),
        standing("dan", state="failed"),
        standing("eve"),
        standing("fay", found()),
    ]
    known = About(unmatched=("fay",), missing=("Gil", "Hal"), noticed=frozenset({"bob"}))
    needs = overview(standings, known).needs
    assert [(need.kind, need.places) for need in needs] == [
        ("withheld", (0,)), ("pending", (1,)), ("stale", (2,)), ("failed", (3,)), ("waiting", (4,)), ("noticed", (1,)),
        ("unmatched", (5,)), ("missing", ()),
    ]  # fmt: skip
    assert needs[-1].names == ("Gil", "Hal")
    assert overview([standing("fay", found())], About()).needs == ()


def test_nobody_is_the_worse_for_what_is_open() -> None:
    spread = overview([standing("ann", found(worth=5), PENDING), standing("bob", found())], About()).distribution
    assert (spread.n, spread.settled, spread.mean) == (2, 1, 1.0)


def test_who_has_nothing_decided_is_not_in_the_distribution() -> None:
    spread = overview([standing("ann", PENDING), standing("bob", found("a", F))], About()).distribution
    assert (spread.n, spread.dots) == (1, ((0.0, 1),))
    assert overview([standing("ann", PENDING)], About()).distribution.bars == ()


def test_who_has_nothing_decided_does_not_count_as_settled_either() -> None:
    spread = overview([standing("ann", found("a", B)), standing("bob", found("a", worth=0))], About()).distribution
    assert (spread.n, spread.settled) == (1, 1)


def test_a_share_on_a_border_is_in_the_bar_above_and_full_points_in_the_last() -> None:
    shares = (0, 3, 10)
    standings = [standing(f"s{k}", found("a", P, k), found("b", F, 10 - k, place=1)) for k in shares]
    bars = overview(standings, About()).distribution.bars
    assert [bars[k].places for k in (0, 3, 9)] == [(0,), (1,), (2,)]
    assert bars[3] == Bar(0.3, 0.4, (1,))


@pytest.mark.parametrize("verdict", [B, Verdict.PENDING, Verdict.UNDECIDED])
def test_what_was_not_judged_makes_no_item_harder(verdict: Verdict) -> None:
    other = found("b", verdict, 8, place=1)
    item = item_of(standing("ann", found("a"), other), standing("bob", replace(other, place=0), found("a", F, place=1)))
    assert item.difficulty is not None
    assert (item.difficulty.value, item.n, item.full, item.nothing) == (0.5, 2, (0,), (1,))


def test_an_item_of_which_nothing_was_judged_has_no_figures() -> None:
    item = item_of(standing("ann", found("a", B)))
    assert (item.n, item.difficulty, item.full, item.parts[0].blocked) == (0, None, (), (0,))


def test_points_by_a_person_count_in_the_item() -> None:
    item = item_of(standing("ann", PENDING, marks=(mark(2.5, PENDING, "sha256:ann"),)))
    assert item.difficulty is not None
    assert (item.difficulty.value, item.partly) == (0.5, (0,))


def many(count: int) -> list[Standing]:
    """Return people of whom the first half earns the first item, and a little more of the rest."""
    return [
        standing(
            f"s{k:02}",
            found("a", P if k < count // 2 else F),
            found("b", P if k < count - 3 else F, item="rest", place=1),
            found("c", P if k % 3 else F, item="rest", place=2),
        )
        for k in range(count)
    ]


def test_coefficients_are_for_large_classes_alone() -> None:
    large, small = (overview(many(count), About()) for count in (LARGE, LARGE - 1))
    assert (large.is_large, small.is_large) == (True, False)
    assert [each.discrimination is None for each in (*large.items, *small.items)] == [False, False, True, True]
    assert (large.alpha is None, small.alpha is None) == (False, True)
    assert (large.distribution.dots, len(small.distribution.dots)) == ((), LARGE - 1)


def test_an_item_goes_with_the_rest_and_not_with_itself() -> None:
    # the item is all that varies: with the whole it would correlate fully, with the rest it cannot
    same = [standing(f"s{k:02}", found("a", P if k % 2 else F), found("b", item="rest", place=1)) for k in range(30)]
    assert [each.discrimination for each in overview(same, About()).items] == [None, None]
    (first, _) = overview(many(30), About()).items
    assert first.discrimination is not None
    assert 0 < first.discrimination.value < 0.6
    # of the 20 who did best elsewhere 10 earned it
    assert (first.best, first.last) == (pytest.approx(10 / 18), pytest.approx(5 / 12))


def test_who_takes_far_longer_than_usual_is_named_the_longest_first() -> None:
    standings = [standing(name, found()) for name in "abcde"]
    known = About(seconds={"a": 9.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 30.0}, sizes=dict.fromkeys("abcde", 5))
    made = overview(standings, known)
    assert [(each.place, each.value) for each in made.slowest] == [(4, 30.0), (0, 9.0)]
    assert (made.median_seconds, made.largest) == (1.0, ())


def test_a_row_says_what_everybody_has_and_what_waits() -> None:
    (ann, bob) = overview([standing("ann", found(), PENDING), standing("bob", state="failed")], About()).rows
    assert (ann.points, ann.possible, ann.open, ann.items, ann.waits) == (2.0, 7.0, 5.0, (2.0,), "pending")
    assert (bob.points, bob.waits, bob.items) == (None, "not graded", (None,))


def test_a_class_of_nobody_is_no_trouble() -> None:
    assert overview([], About()).rows == ()


def test_the_same_class_has_the_same_figures() -> None:
    standings = class_of(40)
    assert overview(standings, about(standings)) == overview(iter(standings), about(standings))
