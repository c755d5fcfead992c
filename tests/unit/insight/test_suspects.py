"""Checks to doubt, each for its own reason; a class in which all is well has none."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from grader.gradebook.standing import Standing
from grader.insight.gathering import latest
from grader.insight.model import Flip, Suspect
from grader.insight.suspects import suspects
from grader.model import Verdict
from kit.glancing import found, mark, standing

P, F = Verdict.PASSED, Verdict.FAILED


def doubted(standings: Iterable[Standing], *flips: Flip) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(each.kind, each.check, each.places) for each in told(standings, *flips)]


def told(standings: Iterable[Standing], *flips: Flip) -> tuple[Suspect, ...]:
    return suspects(latest(standings), flips)


def people(count: int, failing: Iterable[int] = (), **more: object) -> list[Standing]:
    """Return people of whom some fail the first of three checks; the others are passed by the first half."""
    chosen = set(failing)
    return [
        standing(
            f"s{k:02}",
            found("odd", F if k in chosen else P, **more),  # type: ignore[arg-type]
            *(found(name, P if k < count // 2 else F, 8, place=n) for n, name in enumerate(("plain", "as plain"), 1)),
            row=k,
        )
        for k in range(count)
    ]


def test_a_class_in_which_all_is_well_has_none() -> None:
    assert doubted(people(30, range(15, 30))) == []


def test_a_check_that_one_alone_fails_is_doubted_where_there_are_enough() -> None:
    assert doubted(people(10, [3])) == [("only one fails", "odd", (3,))]
    assert doubted(people(9, [3])) == []


def test_who_was_not_judged_makes_nobody_alone() -> None:
    rest = [standing(f"t{k}", found("odd", Verdict.BLOCKED), found("plain", F, 8, place=1)) for k in range(9)]
    assert doubted([*people(9, [3]), *rest]) == []


def test_a_check_that_the_best_fail_is_doubted_in_a_large_class() -> None:
    (suspect,) = told(people(60, range(10)))
    assert (suspect.kind, suspect.check, suspect.places) == ("the best fail", "odd", tuple(range(10)))
    assert suspect.told == "33\u00a0% of the best 27\u00a0% fail it, 0\u00a0% of the others"
    assert doubted(people(19, range(5))) == []


def test_a_check_that_people_have_overturned_is_doubted() -> None:
    wrong = found("odd", F)
    (suspect,) = told([standing("ann", wrong, marks=(mark(1.5, wrong, "sha256:ann"),))])
    assert (suspect.kind, suspect.told, suspect.places) == (
        "overturned by people",
        "people gave other points: 0 → 1.5",
        (0,),
    )


def test_a_check_that_flips_is_doubted_and_nobody_who_is_not_there() -> None:
    flip = Flip(2, "code", "odd", ("passed", "failed"))
    assert doubted(people(5), flip, Flip(99, "code", "odd", ("passed", "failed"))) == [("flips", "odd", (2,))]


@pytest.mark.parametrize(("margin", "is_near"), [(0.85, True), (1.15, True), (0.8, False), (1.3, False), (None, False)])
def test_a_check_whose_threshold_is_near_is_doubted(margin: float | None, is_near: bool) -> None:
    (suspect,) = told(people(3, margin=margin)) if is_near else [None]
    assert (suspect.kind if suspect else "") == ("near the threshold" if is_near else "")
    assert doubted(people(3, margin=margin)) == ([("near the threshold", "odd", (0, 1, 2))] if is_near else [])
