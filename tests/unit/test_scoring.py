from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import scoring
from grader.errors import HarnessError
from grader.model import Finding, Limits, Marks, Rubric, RubricItem, Verdict

CHECKS = {"first": 2.0, "second": 3.0, "third": 0.5}


def rubric(*items: RubricItem) -> Rubric:
    return Rubric("byomlp", "MLP", items or (RubricItem("forward", "Forward", 5.5, CHECKS),), {}, Limits(), "sha256:0")


def finding(check: str, verdict: Verdict = Verdict.PASSED) -> Finding:
    return Finding(check, check.title(), verdict)


@pytest.mark.parametrize(
    ("verdict", "marks"),
    [
        (Verdict.PASSED, Marks(earned=3.0, possible=3.0)),
        (Verdict.FAILED, Marks(earned=0.0, possible=3.0)),
        (Verdict.BLOCKED, Marks(earned=0.0, possible=3.0)),
        (Verdict.UNDECIDED, Marks(earned=0.0, possible=3.0, withheld=3.0)),
    ],
)
def test_a_verdict_decides_what_becomes_of_the_points(verdict: Verdict, marks: Marks) -> None:
    only = rubric(RubricItem("forward", "Forward", 3.0, {"first": 3.0}))
    assert scoring.score(only, [finding("first", verdict)]).marks == marks


def test_what_waits_for_a_person_is_pending() -> None:
    only = rubric(RubricItem("forward", "Forward", 3.0, {"first": 3.0}))
    waiting = finding("first", Verdict.PENDING)
    assert scoring.score(only, [waiting]).marks == Marks(earned=0.0, possible=3.0, pending=3.0)


def test_an_item_adds_up_its_checks() -> None:
    findings = [finding("first"), finding("second", Verdict.UNDECIDED), finding("third", Verdict.FAILED)]
    (item,) = scoring.score(rubric(), findings).items
    assert item.marks == Marks(earned=2.0, possible=5.5, withheld=3.0)
    assert item.marks.lost == 0.5


def test_items_and_findings_stand_in_the_order_of_the_rubric() -> None:
    backprop = RubricItem("backprop", "Backpropagation", 1.0, {"later": 1.0})
    forward = RubricItem("forward", "Forward", 5.5, CHECKS)
    findings = [finding(name) for name in ("third", "first", "later", "second")]
    score = scoring.score(rubric(backprop, forward), findings)
    assert [(item.id, item.title) for item in score.items] == [("backprop", "Backpropagation"), ("forward", "Forward")]
    assert [each.finding.check for each in score.items[1].findings] == ["first", "second", "third"]


def test_a_finding_is_kept_whole() -> None:
    whole = Finding("first", "First", Verdict.FAILED, "wrong", "look", "sign")
    score = scoring.score(rubric(RubricItem("forward", "Forward", 3.0, {"first": 3.0})), [whole])
    assert score.items[0].findings[0].finding is whole


def test_a_finding_that_the_rubric_does_not_name_earns_nothing() -> None:
    findings = [finding(name) for name in (*CHECKS, "other")]
    assert scoring.score(rubric(), findings).marks == Marks(earned=5.5, possible=5.5)


def test_a_check_without_a_finding_is_our_fault() -> None:
    with pytest.raises(HarnessError, match="no finding for the checks second, third; every check"):
        scoring.score(rubric(), [finding("first")])


def test_two_findings_of_one_check_are_our_fault() -> None:
    with pytest.raises(HarnessError, match="check 'first' has two findings"):
        scoring.score(rubric(), [finding(name) for name in ("first", "second", "third", "first")])


quarters = st.integers(0, 400).map(lambda count: count / 4)
verdicts = st.sampled_from(Verdict)


@given(st.lists(st.lists(st.tuples(quarters, verdicts), min_size=1, max_size=6), min_size=1, max_size=5))
def test_every_point_is_earned_lost_pending_or_withheld(table: list[list[tuple[float, Verdict]]]) -> None:
    rows = [[(f"check_{i}_{j}", *cell) for j, cell in enumerate(row)] for i, row in enumerate(table)]
    items = [RubricItem(f"item_{i}", "", 0.0, {name: points for name, points, _ in row}) for i, row in enumerate(rows)]
    score = scoring.score(rubric(*items), [finding(name, verdict) for row in rows for name, _, verdict in row])
    cells = [cell for row in rows for cell in row]
    lost = sum(points for _, points, verdict in cells if verdict in (Verdict.FAILED, Verdict.BLOCKED))
    assert score.marks.lost == lost
    assert score.marks.earned + lost + score.marks.pending + score.marks.withheld == score.marks.possible
    assert (
        score.marks.possible
        == sum(points for _, points, _ in cells)
        == sum(item.marks.possible for item in score.items)
    )
