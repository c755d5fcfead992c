"""The search for the known mistake that explains what was seen."""

from __future__ import annotations

import numpy as np
import pytest

from grader.kits.mistakes import Diagnosis, Mistake, NotApplicable, explain, explanations
from grader.model import Array

# a case is (x, what a student's code made of it); right is x**2
Case = tuple[float, float]


def only_positive(case: Case) -> Array:
    if case[0] < 0:
        raise NotApplicable
    return np.array(2 * case[0])


DOUBLED = Mistake[Case]("doubled", "Do not double, square.", lambda case: np.array(2 * case[0]))
NEGATED = Mistake[Case]("negated", "The sign is wrong.", lambda case: np.array(-(case[0] ** 2)))
POSITIVE = Mistake[Case]("positive", "Only positive numbers are doubled.", only_positive)


def matched(case: Case, wrong: Array | None) -> bool:
    return wrong is not None and case[1] == wrong


def visible(case: Case, wrong: Array | None) -> bool:
    return wrong is not None and wrong != case[0] ** 2


def test_the_mistake_that_gives_what_was_seen_explains_it() -> None:
    found = explain([(3.0, -9.0), (1.0, -1.0)], [DOUBLED, NEGATED], matched=matched, visible=visible)
    assert found is NEGATED
    assert found.diagnosis == Diagnosis("negated", "The sign is wrong.")


def test_a_mistake_has_to_explain_every_case() -> None:
    assert explain([(3.0, 6.0), (1.0, -1.0)], [DOUBLED, NEGATED], matched=matched) is None


def test_what_changes_nothing_explains_nothing() -> None:
    assert explain([(2.0, 4.0), (0.0, 0.0)], [DOUBLED], matched=matched, visible=visible) is None


@pytest.mark.parametrize(("enough", "found"), [(1, DOUBLED), (2, None)])
def test_a_mistake_must_be_visible_often_enough(enough: int, found: Mistake[Case] | None) -> None:
    cases = [(2.0, 4.0), (3.0, 6.0)]
    assert explain(cases, [DOUBLED], matched=matched, visible=visible, enough=enough) is found


@pytest.mark.parametrize(("skipped", "found"), [(True, POSITIVE), (False, None)])
def test_where_a_mistake_cannot_be_made_the_question_decides(skipped: bool, found: Mistake[Case] | None) -> None:
    cases = [(3.0, 6.0), (-1.0, 1.0)]
    asked = explain(cases, [POSITIVE], matched=lambda case, wrong: skipped if wrong is None else case[1] == wrong)
    assert asked is found


def test_all_mistakes_that_explain_are_found_in_their_order() -> None:
    assert list(explanations([(3.0, 6.0)], [POSITIVE, NEGATED, DOUBLED], matched=matched)) == [POSITIVE, DOUBLED]


def test_no_case_is_explained_by_nothing() -> None:
    assert explain([], [DOUBLED], matched=matched) is None
