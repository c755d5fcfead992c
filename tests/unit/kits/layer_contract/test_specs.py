"""The checks that follow from the declaration of a layer class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Check, failed, run_checks
from grader.kits.layer_contract import LayerSpec, forward_check, gradient_check, layer_check
from grader.model import Curve, Evidence, Finding, Observation, Problem, ProblemKind, Verdict
from kit.layer_samples import case, measured, passed

X = np.array([[0.5, -1.0], [2.0, 0.25]])
SQUARE: LayerSpec[Any] = LayerSpec(
    name="Square",
    probe="square",
    module=__name__,
    forward=lambda case: case["input"] ** 2,
    gradient=lambda case: 2 * case["input"] * case["grad"],
    mistakes=(),
    gradient_mistakes=(),
    hint="square it",
    gradient_hint="derive it",
)
FORWARD = forward_check(SQUARE, "Square squares", advised=True)
GRADIENT = gradient_check(SQUARE, "Square: its gradient")


def judged(check: Check, problem: Problem | None = None, **seen: Any) -> Finding:
    whole = {"done": True, "cases": [case(X)], "extreme": case(1000 * X), **seen}
    (finding,) = run_checks([check], Evidence({"square": Observation("square", whole, problem)}, 1, "", 0.0), {})
    return finding


def test_checks_are_named_after_what_they_read_and_belong_where_the_class_is_declared() -> None:
    assert (FORWARD.name, GRADIENT.name) == ("square_forward", "square_gradient")
    assert (FORWARD.module, FORWARD.reads, FORWARD.title) == (__name__, ("square",), "Square squares")


def test_a_right_class_passes_both() -> None:
    assert [judged(check).verdict for check in (FORWARD, GRADIENT)] == [Verdict.PASSED] * 2


def test_a_class_that_is_not_there_is_not_excused() -> None:
    @layer_check("square", excused_by=[FORWARD], name="square_default", title="Square: its default", module=__name__)
    def default(seen: Any) -> Finding | None:
        return None

    seen = {"done": True, "absent": "there is no class Square"}
    evidence = Evidence({"square": Observation("square", seen)}, 1, "", 0.0)
    assert {each.verdict for each in run_checks([FORWARD, default], evidence, {})} == {Verdict.FAILED, Verdict.BLOCKED}


def test_a_class_that_is_not_there_fails_both() -> None:
    found = [judged(check, absent="there is no class Square") for check in (FORWARD, GRADIENT)]
    assert [(each.verdict, each.diagnosis) for each in found] == [(Verdict.FAILED, "class_missing")] * 2


def test_a_class_that_ends_the_process_fails_with_what_ended_it() -> None:
    found = judged(FORWARD, Problem(ProblemKind.DIED, "the process crashes"), done=False)
    assert (found.verdict, found.message) == (Verdict.FAILED, "the process crashes")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (passed(np.full((2, 2), np.inf), X), "at +-1000, the output holds infinity"),
        (passed(np.full((2, 2), np.nan), X, warnings=["invalid"]), "at +-1000, the output holds nan (invalid)"),
        (passed(X, X), "at +-1000, the output is wrong"),
        (passed(1e6 * X**2, X, warnings=["overflow in exp"]), "at +-1000, numpy warns (overflow in exp)"),
        (passed(None, X), "at +-1000, the output is not an array of shape (2, 2)"),
    ],
)
def test_large_inputs_are_tried_and_cost_nothing(answer: Any, said: str) -> None:
    found = judged(FORWARD, extreme=case(1000 * X, forward=answer))
    assert (found.verdict, "This costs nothing" in found.hint) == (Verdict.PASSED, True)
    assert said in found.message


def test_a_way_back_that_overflows_is_told_once_with_the_way_forward() -> None:
    back = passed(np.full((2, 2), np.nan), X)
    assert "gradInput holds nan" in judged(FORWARD, extreme=case(1000 * X, backward=back)).message
    assert judged(GRADIENT, extreme=case(1000 * X, backward=back)).message == ""


def test_what_is_wrong_is_drawn_over_a_line() -> None:
    line = np.linspace(-1, 1, 5)[:, None]
    curve = {"given": [2.0], "input": line, "grad": np.ones_like(line), "forward": line, "backward": None}
    (drawn,) = judged(FORWARD, cases=[case(X, forward=passed(X, X))], curve=curve).pictures
    assert isinstance(drawn, Curve)
    assert drawn.title == "Square(2): value"


def test_whether_the_own_forward_counts_can_be_said_of_all_cases_together() -> None:
    own = case(X, backward=passed(3 * X**2 * case(X)["grad"], X), around=measured(lambda x: x**3, X))
    counts = gradient_check(SQUARE, "its gradient")
    never = gradient_check(SQUARE, "its gradient", trivial=lambda cases: len(cases) == 1)
    assert (judged(counts, cases=[own]).verdict, judged(never, cases=[own]).verdict) == (
        Verdict.PASSED,
        Verdict.FAILED,
    )


def test_a_check_of_a_class_that_finds_nothing_wrong_passes() -> None:
    @layer_check("square")
    def counts(seen: dict[str, Any]) -> Finding | None:
        """It counts"""
        return None

    assert judged(counts).verdict is Verdict.PASSED
    assert judged(counts, absent="no class").verdict is Verdict.FAILED


def test_a_class_that_is_not_there_is_excused_by_nothing() -> None:
    @layer_check("square", excused_by=[FORWARD])
    def counts(seen: dict[str, Any]) -> Finding | None:
        """It counts"""
        return failed("it does not count", hint="count")

    def both(**seen: Any) -> list[Verdict]:
        whole = {"done": True, "cases": [case(X, forward=passed(X, X))], "extreme": case(X), **seen}
        evidence = Evidence({"square": Observation("square", whole)}, 1, "", 0.0)
        return [each.verdict for each in run_checks([FORWARD, counts], evidence, {})]

    assert both() == [Verdict.FAILED, Verdict.PASSED]
    assert both(absent="there is no class Square") == [Verdict.FAILED, Verdict.BLOCKED]
