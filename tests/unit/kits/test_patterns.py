"""Patterns: how numbers are wrong, under a name that is the same whatever was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from grader.checks import blocked, failed, passed
from grader.kits.patterns import CHARACTERS, Compared, name_of, named, pattern
from grader.model import Array, Finding, Problem, ProblemKind

SEEDS = (0, 1, 2)
Made = Callable[[Array], Array]
Z = np.zeros


def drawn(seed: int, shape: tuple[int, ...] = (4, 3)) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (lambda want: want + 1e-9, "right"),
        (lambda want: 2 * want, "x2"),
        (lambda want: -want, "x-1"),
        (lambda want: 0 * want, "0"),
        (lambda want: want.T, "turned"),
        (lambda want: want.T + 1, "turned and wrong"),
        (lambda want: want[0], "one line"),
        (lambda want: want.sum(), "one number"),
        (lambda want: want[:2], "another size"),
        (lambda want: want.reshape(2, 6), "wrong in another shape"),
        (lambda want: np.where(want > 0, np.nan, want), "not finite"),
        (lambda want: want * np.array([[1.0], [2], [3], [4]]), "by row"),
        (lambda want: want * np.array([1.0, 2, 3]), "by column"),
        (lambda want: want + 0.5, "shifted"),
        (lambda want: want + np.array([1.0, 2, 3]), "shifted by column"),
        (lambda want: want + np.array([[1.0], [2], [3], [4]]), "shifted by row"),
        (lambda want: want + [[1, -1, 0]] * np.array([[1.0], [2], [3], [7]]) ** 2, "sums of rows right"),
        (lambda want: want - 2 * np.eye(4, 3) * want, "of other signs"),
        (lambda want: want[::-1], "in another order"),
        (lambda want: np.tile(want[0] ** 2, (4, 1)), "rows alike"),
        (lambda want: np.where(np.eye(4, 3) == 1, 0, want), "some entries 0"),
        (lambda want: np.where(np.eye(4, 3) == 1, 3 * want, want), "some entries x3"),
        (lambda want: want**2, "other"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", SEEDS)
def test_a_relation_has_the_same_name_whatever_was_drawn(made: Made, name: str, seed: int) -> None:
    want = drawn(seed)
    assert name_of(np.asarray(made(want)), want) == name


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (lambda _, x: x, "is x"),
        (lambda want, x: want / x, "without x"),
        (lambda want, x: want * x, "times x"),
        (lambda want, x: want + x, "plus x"),
        (lambda want, x: want - x, "minus x"),
    ],
)
def test_what_was_at_hand_is_recognised(made: Callable[[Array, Array], Array], name: str) -> None:
    want, x = drawn(1), drawn(2)
    assert name_of(made(want, x), want, {"x": x}) == name


def test_a_square_matrix_that_lies_turned_is_told_from_one_that_is_wrong() -> None:
    want = drawn(3, (3, 3))
    assert name_of(want.T, want) == "transposed"


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_of_a_gradient_of_one_example_are_in_proportion_where_one_should_be_zero_as_well(seed: int) -> None:
    g, h = drawn(seed, (3,)), drawn(seed + 9, (4,))
    assert name_of(np.outer(g, h), np.outer(g * [1, 0, 2], h)) == "by row"


def test_blocks_are_named_one_by_one_and_the_right_ones_are_left_out() -> None:
    want = drawn(0)
    blocks = [Compared("W", 2 * want, want), Compared("b", 0 * want[0], want[0]), Compared("c", want, want)]
    assert pattern(blocks) == "W x2, b 0"


def test_what_is_true_of_every_block_is_said_once() -> None:
    want = drawn(0)
    assert pattern([Compared(block, -want, want) for block in "Wb"]) == "all x-1"
    assert pattern([Compared("W", -want, want)]) == "W x-1"


def test_nothing_wrong_has_no_pattern() -> None:
    assert pattern([Compared("W", drawn(0), drawn(0)), Compared("b", Z(0), Z(0))]) == ""


@pytest.mark.parametrize(
    ("factors", "name"), [((2, 2), "x2"), ((1 / 4, 1 / 2), "/rows"), ((8, 4), "xentries"), ((0.3, 0.7), "scaled")]
)
def test_a_factor_is_named_by_what_it_goes_by(factors: tuple[float, float], name: str) -> None:
    wants = (drawn(0, (4, 2)), drawn(1, (2, 2)))
    assert pattern(Compared("y", f * w, w) for f, w in zip(factors, wants, strict=True)) == f"y {name}"


def test_one_single_row_says_less_than_several() -> None:
    rows, row = drawn(0), drawn(1, (1, 3))
    by_row = Compared("W", rows * np.array([[1.0], [2], [3], [4]]), rows)
    # of one row anything is by column
    assert pattern([Compared("W", row * np.array([1.0, 2, 3]), row), by_row]) == "W by row"


def test_relations_that_exclude_one_another_are_none() -> None:
    one, other = drawn(0), drawn(1)
    blocks = [Compared("W", one * [1, 2, 3], one), Compared("W", other * [[1], [2], [3], [4]], other)]
    assert pattern(blocks) == "W other"


def test_a_pattern_is_short_whatever_comes() -> None:
    want = drawn(0)
    assert len(pattern(Compared(f"block {k}", k * want, want) for k in range(2, 99))) == CHARACTERS


def wrong() -> list[Compared]:
    return [Compared("W", 2 * drawn(0), drawn(0))]


def test_a_finding_that_failed_gets_its_pattern_and_stays_what_it_was() -> None:
    finding = failed("wrong", hint="look", diagnosis="sign")
    assert named(finding, wrong) == replace(finding, pattern="W x2")


@pytest.mark.parametrize(
    "finding",
    [passed("fine"), blocked("no"), replace(failed("no", hint=""), problem=Problem(ProblemKind.RAISED, "Error"))],
)
def test_what_did_not_fail_by_its_numbers_has_none(finding: Finding) -> None:
    assert named(finding, wrong) is finding


@pytest.mark.parametrize("error", [ZeroDivisionError, AssertionError, IndexError, TypeError, np.linalg.LinAlgError])
def test_a_comparison_that_stumbles_costs_no_finding(error: type[Exception]) -> None:
    def stumbling() -> list[Compared]:
        raise error

    finding = failed("wrong", hint="look")
    assert named(finding, stumbling) is finding
