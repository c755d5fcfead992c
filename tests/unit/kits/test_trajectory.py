"""Training that is compared with its replay: which look shows a departure first, and how it is said."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from grader.checks import failed
from grader.kits.trajectory import (
    AT_ONCE,
    SETTLED,
    Compared,
    Comparison,
    Departure,
    Stretch,
    agreement,
    compare,
    in_words,
    wrong_training,
)
from grader.model import Array, Finding, Problem, ProblemKind

START, WANT = np.zeros(2), np.array([3.0, 4.0])


def at(off: float, where: str = "W") -> Compared[str]:
    """Return parameters that are off by so large a part of the way gone."""
    return Compared(where, WANT + np.array([5 * off, 0.0]), WANT, START)


def training(*offs: float, single: bool = False) -> Comparison[str]:
    """Return a training that is looked at after every second step."""
    return compare([(2, [at(off)]) for off in offs], single=single)


def judged(stretches: Sequence[Stretch], compared: Comparison[str]) -> Finding | None:
    """Return what is wrong with a training of `it`."""
    return wrong_training("it", stretches, compared, hint="Look.", explain=lambda found: failed(found.when, hint=""))


def test_a_departure_is_a_part_of_the_way_gone() -> None:
    assert at(0.1).departure == pytest.approx(0.1)


@pytest.mark.parametrize("got", [None, np.zeros(3), np.array([math.nan, 4.0])])
def test_parameters_that_cannot_be_read_have_departed_for_good(got: Array | None) -> None:
    assert Compared("W", got, WANT, START).departure == math.inf


def test_a_look_is_told_by_the_first_of_those_that_depart_most() -> None:
    blocks = [at(0.0, "a"), at(0.5, "b"), at(0.5, "c")]
    assert compare([(1, blocks)], single=False).departures == (Departure("b", blocks[1].departure, 0, 1),)


def test_the_first_departure_is_dated_by_the_looks_around_it() -> None:
    found = training(1e-9, 0.2, 0.7).first
    assert found is not None
    assert (found.before, found.step) == (2, 4)
    assert found.when == "after 4 steps (after 2 steps all was right)"


def test_right_code_never_departs() -> None:
    compared = training(1e-11, 9e-6, 1e-12)
    assert compared.first is None
    assert compared.most == pytest.approx(9e-6)


def test_single_precision_is_allowed_more_and_judged_later() -> None:
    looks = [0.5, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4]
    assert training(*looks, single=True).first is None
    late = training(*looks, 0.5, single=True).first
    assert late is not None
    assert late.step == 14 > SETTLED


@pytest.mark.parametrize(
    ("size", "many", "said"),
    [
        (0.25, False, "W is off by 25 % of the distance that it should have moved, after 1 step"),
        (0.25, True, "W are off by 25 % of the distance that they should have moved, after 1 step"),
        (math.inf, False, "W holds NaN, or cannot be read any more, after 1 step"),
        (math.inf, True, "W hold NaN, or cannot be read any more, after 1 step"),
    ],
)
def test_a_departure_is_told_in_one_sentence(size: float, many: bool, said: str) -> None:
    assert Departure("W", size, 0, 1).told("W", many=many) == said


def test_nothing_is_wrong_with_a_training_that_leads_where_it_should() -> None:
    assert judged([Stretch(2, None)] * 2, training(0.0, 0.0)) is None


@pytest.mark.parametrize(
    ("stretch", "message"),
    [
        (Stretch(2, Problem(ProblemKind.RAISED, "ValueError: x", "")), "it: training fails after 2 steps: ValueError"),
        (Stretch(2, None, whole=False), "it: training is too slow to be tested after 2 steps"),
    ],
)
def test_a_training_that_does_not_come_to_its_end_says_when(stretch: Stretch, message: str) -> None:
    finding = judged([Stretch(2, None), stretch], training(0.0, 0.9))
    assert finding is not None
    assert finding.message.startswith(message)


def test_what_departs_before_it_breaks_off_is_told_as_a_departure() -> None:
    problem = Problem(ProblemKind.RAISED, "ValueError: x", "")
    finding = judged([Stretch(2, None), Stretch(2, problem)], training(0.9, 0.9))
    assert finding is not None
    assert finding.message == "after 2 steps"


def test_an_agreement_names_the_steps_and_the_precision() -> None:
    assert agreement([training(0.0)]) == "2 steps were replayed: the parameters agree exactly"
    said = agreement([training(0.0, single=True), training(0.0, 3e-14)])
    assert said == "2 and 4 steps were replayed, in single precision (float32): the parameters agree to 13 digits"


def test_one_step_is_one_step() -> None:
    assert (in_words(1), in_words(2)) == ("1 step", "2 steps")


def test_what_fails_in_the_first_steps_has_carried_nothing_along() -> None:
    broken = Stretch(2, Problem(ProblemKind.RAISED, "ValueError: x", ""))
    found = judged([broken], training(0.0))
    assert found is not None
    assert (found.message, found.hint) == ("it: training fails in the first steps: ValueError: x", AT_ONCE)


def test_the_margin_is_the_largest_departure_as_a_part_of_what_right_code_may_show() -> None:
    assert training(0.0, 5e-6).margin == pytest.approx(0.5)
    # what single precision rounds in the first steps is not judged
    assert training(1.0, *[0.0] * SETTLED, 1e-4, single=True).margin == pytest.approx(0.5)


def test_a_departure_is_named_by_what_departs_and_from_which_step_on() -> None:
    (_, second) = compare([(2, [at(0.0), at(0.0, "b")]), (2, [at(0.3), at(0.0, "b")])], single=False).departures
    assert second.pattern(str.upper) == "W off from step 3"
    (first,) = compare([(2, [at(0.3), at(0.1, "b")])], single=False).departures
    assert first.pattern(str.upper) == "all off from step 1"
    (lost,) = compare([(2, [at(0.0), Compared("b", None, WANT, START)])], single=False).departures
    assert lost.pattern(str.upper) == "B lost from step 1"
