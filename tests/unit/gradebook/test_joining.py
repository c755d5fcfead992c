from __future__ import annotations

from decimal import Decimal

import pytest

from grader.exports.final import rounded
from grader.gradebook.joining import joined
from grader.gradebook.nouns import Found, Mark, Scored, Why
from grader.model import Result
from kit.books import BEGIN, noted, result

DIGEST = "sha256:1"


def found(of: Result | None = None) -> tuple[Found, ...]:
    return noted(of=of or result()).found


def mark(points: str | None, comment: str = "", *, check: str = "says", digest: str = DIGEST) -> Mark:
    """Return a mark on what is found of something that was handed in."""
    seen = next((each for each in found() if each.check == check), None)
    basis = seen.basis(digest) if seen else ""
    value = None if points is None else Decimal(points)
    return Mark(seen.item if seen else "", check, value, comment, "tutor", BEGIN, 1, basis)


def scored(*marks: Mark, of: Result | None = None, digest: str = DIGEST) -> Scored:
    return joined(found(of), marks, digest)


def test_without_marks_the_score_is_that_of_the_machine() -> None:
    score = scored()
    assert (score.earned, score.possible, score.pending, score.withheld) == (2, 10, 3, 0)
    assert [(why, each.check) for why, each, _ in score.waiting] == [(Why.PENDING, "says")]


def test_a_mark_counts_instead_of_what_was_found() -> None:
    score = scored(mark("1.5"), mark("4", check="holds"))
    assert (score.earned, score.pending, score.is_final) == (Decimal("7.5"), 0, True)
    assert score.items == {"code": Decimal("3.5"), "proof": Decimal(4)}


def test_a_mark_on_something_else_that_was_handed_in_is_stale_and_pending() -> None:
    score = scored(mark("4", check="holds"), digest="sha256:2")
    assert (score.earned, score.pending) == (2, 3 + 5)
    assert [why for why, _, _ in score.waiting] == [Why.PENDING, Why.STALE]


def test_a_mark_survives_a_regrade_that_finds_the_same() -> None:
    again = result(rubric="sha256:r2")
    assert scored(mark("1"), of=again).earned == 3


def test_a_mark_is_stale_when_what_was_found_has_changed() -> None:
    now = result({"code": {"runs": ("passed", 2.0), "says": ("failed", 3.0)}, "proof": {"holds": ("failed", 5.0)}})
    assert [why for why, _, _ in scored(mark("1"), of=now).waiting] == [Why.STALE]


def test_a_mark_is_stale_when_its_check_is_worth_something_else() -> None:
    now = result({"code": {"runs": ("passed", 2.0), "says": ("pending", 4.0)}, "proof": {"holds": ("failed", 5.0)}})
    assert scored(mark("1"), of=now).pending == 4


def test_a_mark_for_a_check_that_is_gone_counts_nothing_and_waits_for_nobody() -> None:
    score = scored(mark("1"), of=result({"code": {"runs": ("passed", 2.0)}}))
    assert (score.earned, score.waiting) == (2, ())


def test_a_comment_alone_leaves_the_points_pending() -> None:
    score = scored(mark(None, "see me"))
    assert (score.pending, score.comment) == (3, "It says.: see me")


def test_what_is_withheld_waits_until_a_person_decides() -> None:
    withheld = result({"code": {"says": ("undecided", 3.0)}})
    assert [why for why, _, _ in scored(of=withheld).waiting] == [Why.WITHHELD]


@pytest.mark.parametrize(("added", "earned"), [("0.5", "2.5"), ("-1", "1"), ("-9", "0")])
def test_what_a_person_adds_to_the_whole_never_takes_it_below_zero(added: str, earned: str) -> None:
    assert scored(Mark("", "", Decimal(added), "late talk", "tutor", BEGIN, 1)).earned == Decimal(earned)


def test_comments_stand_in_the_order_of_the_rubric_after_that_on_the_whole() -> None:
    score = scored(mark("1", "b", check="holds"), mark("1", "a"), Mark("", "", None, "well done", "tutor", BEGIN, 1))
    assert score.comment.splitlines() == ["well done", "It says.: a", "It holds.: b"]


@pytest.mark.parametrize(("points", "said"), [("0.125", "0.13"), ("0.135", "0.14"), ("2.345", "2.35"), ("7", "7.00")])
def test_points_are_rounded_half_up(points: str, said: str) -> None:
    assert str(rounded(Decimal(points))) == said
