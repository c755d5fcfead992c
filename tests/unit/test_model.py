from __future__ import annotations

import pytest

from grader.model import Limits, Marks, Problem, ProblemKind, Rubric, RubricItem


def test_what_is_neither_earned_nor_open_is_lost() -> None:
    assert Marks(earned=2.5, possible=10, pending=1.25, withheld=3).lost == 3.25


def test_a_rubric_is_worth_the_sum_of_its_items() -> None:
    items = tuple(RubricItem(name, name, points, {}) for name, points in [("a", 1.25), ("b", 3.0)])
    assert Rubric("byomlp", "MLP", items, {}, Limits(), "sha256:0").points == 4.25


@pytest.mark.parametrize(("where", "text"), [("mlp.py line 3", "no (mlp.py line 3)"), ("", "no")])
def test_a_problem_says_where_if_it_knows(where: str, text: str) -> None:
    assert str(Problem(ProblemKind.RAISED, "no", where)) == text
