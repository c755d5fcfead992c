from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignments import Assignment
from grader.checks import Check
from grader.model import Finding, Observation, Result, Rubric, Verdict
from grader.pipeline import judge
from grader.runs import Before, SubmissionFolder, Today, judge_in_brief
from grader.runs.holding import PAGES, JudgedBy, by_what, holding
from grader.text import as_json_text
from kit import small_assignment as small

RESULT = small.report().result
OTHER = replace(small.RUBRIC, thresholds={"rolls": {"most": 3.0}}, digest="sha256:" + "6b" * 32)


def names(
    today: Mapping[str, str], assignment: Assignment = small.ASSIGNMENT, kept: Mapping[str, str] | None = None
) -> list[str]:
    noted = JudgedBy(by_what(small.ASSIGNMENT, small.RUBRIC) if kept is None else kept)
    return sorted(holding(RESULT, noted, today, assignment, small.RUBRIC))


def changed(name: str) -> dict[str, str]:
    return {**by_what(small.ASSIGNMENT, small.RUBRIC), name: "another one"}


def graded(path: Path) -> SubmissionFolder:
    folder = SubmissionFolder(path / "alice")
    folder.deliver(small.report(), by_what=by_what(small.ASSIGNMENT, small.RUBRIC))
    return folder


def today(rubric: Rubric = small.RUBRIC) -> Today:
    return Today(None, lambda _name: small.ASSIGNMENT, lambda _assignment, _path: rubric)


def never(module: Observation) -> Finding:
    raise AssertionError("was judged")


def nothing_judged(folder: SubmissionFolder, name: str) -> Result:
    """Judge what is kept by another number for rolls, where the check of that name must not be asked."""
    checks = tuple(replace(each, judge=never) if each.name == name else each for each in small.ASSIGNMENT.checks)
    assignment = replace(small.ASSIGNMENT, checks=checks)
    other = Today(None, lambda _name: assignment, lambda _assignment, _path: OTHER)
    other._by_what[assignment.id, OTHER.digest] = by_what(small.ASSIGNMENT, OTHER)
    return judge_in_brief(Before.of(folder), other)


def test_what_is_judged_by_the_same_holds() -> None:
    assert names(by_what(small.ASSIGNMENT, small.RUBRIC)) == ["answers", "loads", "rolls"]


@pytest.mark.parametrize(("name", "left"), [("rolls", ["answers", "loads"]), ("loads", [])])
def test_a_check_that_is_judged_by_something_else_holds_no_more_nor_does_what_builds_on_it(
    name: str, left: list[str]
) -> None:
    assert names(changed(name)) == left


def test_what_was_withheld_is_tried_again() -> None:
    broken = small.report(replace(small.MODULE, fault="stood still"), small.DICE).result
    kept = JudgedBy(by_what(small.ASSIGNMENT, small.RUBRIC))
    assert not holding(broken, kept, kept.checks, small.ASSIGNMENT, small.RUBRIC)


def test_a_threshold_counts_for_the_check_that_is_given_it_alone() -> None:
    then, now = by_what(small.ASSIGNMENT, small.RUBRIC), by_what(small.ASSIGNMENT, OTHER)
    assert [name for name in then if then[name] != now[name]] == ["rolls"]


@pytest.mark.parametrize("change", [{"title": "another one"}, {"module": "kit.wording"}, {"after": ()}])
def test_what_a_check_declares_and_its_code_count(change: dict[str, object]) -> None:
    def other(each: Check) -> Check:
        return replace(each, **change) if each.name == "rolls" else each  # type: ignore[arg-type]

    assignment = replace(small.ASSIGNMENT, checks=tuple(map(other, small.ASSIGNMENT.checks)))
    then, now = by_what(small.ASSIGNMENT, small.RUBRIC), by_what(assignment, small.RUBRIC)
    assert [name for name in then if then[name] != now[name]] == ["rolls"]


def test_where_everything_holds_the_report_is_the_result(tmp_path: Path) -> None:
    found = Before.of(graded(tmp_path)).held(today())
    assert found
    assert (found.marks, found.rubric_digest) == (RESULT.marks, RESULT.rubric_digest)


def test_other_points_need_no_judging(tmp_path: Path) -> None:
    items = (replace(small.ITEMS[0], points=30.0, checks={"loads": 10.0, "answers": 20.0}), small.ITEMS[1])
    found = Before.of(graded(tmp_path)).held(today(replace(small.RUBRIC, items=items)))
    assert found
    assert (found.marks.earned, found.marks.possible) == (34.0, 34.0)


@pytest.mark.parametrize("name", ["report", "evidence_file"])
def test_what_was_noted_of_other_files_is_not_believed(tmp_path: Path, name: str) -> None:
    folder = graded(tmp_path)
    file: Path = getattr(folder, name)
    file.write_bytes(file.read_bytes() + b" ")
    assert folder.judged_by is None
    assert Before.of(folder).held(today()) is None


def test_only_what_holds_no_more_is_judged(tmp_path: Path) -> None:
    found = nothing_judged(graded(tmp_path), "answers")
    verdicts = {each.finding.check: each.finding.verdict for item in found.items for each in item.findings}
    assert verdicts == {"loads": Verdict.PASSED, "answers": Verdict.PASSED, "rolls": Verdict.FAILED}


def test_reports_stay_where_they_would_say_the_same(tmp_path: Path) -> None:
    folder = graded(tmp_path)
    assert Before.of(folder).stays(RESULT, today())
    folder.staff_page.unlink()
    assert not Before.of(folder).stays(RESULT, today())


def test_reports_are_made_anew_where_points_differ_or_pages_are_made_otherwise(tmp_path: Path) -> None:
    folder = graded(tmp_path)
    seen = small.evidence(small.MODULE, Observation("dice", {"rolls": [90]}))
    worse = judge(small.submission(), seen, small.ASSIGNMENT, small.RUBRIC)
    assert not Before.of(folder).stays(worse.result, today())
    folder.note({**by_what(small.ASSIGNMENT, small.RUBRIC), PAGES: "another one"}, ())
    assert not Before.of(folder).stays(RESULT, today())


def test_what_was_looked_at_again_and_stays_holds_from_then_on(tmp_path: Path) -> None:
    folder = graded(tmp_path)
    folder.note(changed("rolls"), ())
    assert Before.of(folder).held(today()) is None
    Before.of(folder).confirm(RESULT, today())
    assert Before.of(folder).held(today())


@pytest.mark.parametrize("data", [None, [], {"schema": "mlpgrader.judged/1"}, {"schema": "another/1"}, "text"])
def test_what_is_no_note_says_nothing(data: object) -> None:
    assert JudgedBy.of(data) is None


def test_a_few_checks_are_judged_as_all_would_be(tmp_path: Path) -> None:
    folder = graded(tmp_path)
    data = folder.data() | {"notices": ["opens /proc"]}
    folder.report.write_text(as_json_text(data), encoding="utf-8")
    folder.note(by_what(small.ASSIGNMENT, small.RUBRIC), ())
    whole = judge(small.submission(), small.evidence(small.MODULE, small.DICE), small.ASSIGNMENT, OTHER).result
    assert judge_in_brief(Before.of(folder), today(OTHER)) == replace(whole, notices=("opens /proc",))
