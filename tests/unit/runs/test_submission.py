from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import evidence
from grader.errors import AuthorError
from grader.runs import SubmissionFolder
from kit import report_samples as samples
from kit import small_assignment as small

FILES = {"report.json", "report.html", "staff.html", "results.json", "evidence"}


def test_a_delivery_holds_everything(tmp_path: Path) -> None:
    SubmissionFolder(tmp_path / "alice").deliver(small.report())
    assert {path.name for path in (tmp_path / "alice").iterdir()} == FILES
    assert json.loads((tmp_path / "alice" / "report.json").read_bytes())["score"]["earned"] == 7


def test_the_same_report_is_published_as_the_same_bytes(tmp_path: Path) -> None:
    one, two = SubmissionFolder(tmp_path / "one"), SubmissionFolder(tmp_path / "two")
    one.publish(small.report())
    two.publish(small.report())
    assert one.report.read_bytes() == two.report.read_bytes()


@pytest.mark.parametrize("blocked", ["report.html", "staff.html", "results.json", "evidence/evidence.zst"])
def test_there_is_no_report_json_where_something_else_could_not_be_written(tmp_path: Path, blocked: str) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.publish(small.report())
    (tmp_path / blocked).unlink(missing_ok=True)
    (tmp_path / blocked / "in the way").mkdir(parents=True)
    with pytest.raises(AuthorError, match=r"cannot be (written|replaced|cleared)"):
        folder.deliver(small.report())
    assert not folder.report.exists()


def test_withdrawing_leaves_nothing_to_be_taken_for_the_next_grading(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.deliver(small.report())
    folder.withdraw()
    assert {path.name for path in tmp_path.iterdir()} == {"evidence"}
    assert not folder.has_evidence


def test_what_was_handed_in_before_is_kept_whole_by_number(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.deliver(small.report())
    folder.deliver(small.report(), again=True)
    folder.deliver(small.report(), again=True)
    assert [each.path.name for each in folder.earlier] == ["1", "2"]
    assert all({path.name for path in each.path.iterdir()} == FILES for each in folder.earlier)
    assert folder.attempt == 3
    folder.deliver(small.report())
    assert folder.attempt == 3


def test_keeping_that_was_cut_short_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.deliver(small.report())
    (tmp_path / "attempts" / "1").mkdir(parents=True)
    folder.staff_page.rename(tmp_path / "attempts" / "1" / "staff.html")
    folder.deliver(small.report(), again=True)
    assert [each.path.name for each in folder.earlier] == ["1"]
    assert {path.name for path in folder.earlier[0].path.iterdir()} == FILES


def test_notebooks_lie_beside_the_report_until_it_is_withdrawn(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.publish(samples.notebooks())
    assert {path.name for path in (tmp_path / "executed").iterdir()} == {"Classification.html", "Classification.ipynb"}
    assert "executed/Classification.html" in folder.staff_page.read_text(encoding="utf-8")
    assert "executed/" not in folder.student_page.read_text(encoding="utf-8")
    folder.withdraw(evidence=False)
    assert not (tmp_path / "executed").exists()


def test_withdrawing_the_reports_alone_leaves_evidence_to_judge_again(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.deliver(small.report())
    folder.withdraw(evidence=False)
    assert folder.has_evidence
    assert evidence.load(folder.evidence)[1].id == "alice"


@pytest.mark.parametrize("made", [samples.right, samples.wrong, samples.waiting, samples.withheld])
def test_a_result_comes_back_from_its_report(tmp_path: Path, made: object) -> None:
    result = made().result  # type: ignore[operator]
    folder = SubmissionFolder(tmp_path)
    folder.publish(made())  # type: ignore[operator]
    found = folder.result()
    assert found is not None
    assert (found.id, found.marks, found.findings) == (result.id, result.marks, result.findings)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": "mlpgrader.report/2"}', '{"schema": "other/1", "items": 7}']
)
def test_what_is_no_report_is_no_result(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    assert SubmissionFolder(tmp_path).result() is None


def test_what_an_earlier_grader_called_undecided_and_pending_waits_for_a_person(tmp_path: Path) -> None:
    folder = SubmissionFolder(tmp_path)
    folder.publish(samples.waiting())
    text = (
        folder.report.read_text(encoding="utf-8").replace('"pending",', '"undecided",').replace("report/2", "report/1")
    )
    folder.report.write_text(text, encoding="utf-8")
    found = folder.result()
    assert found is not None
    assert found.findings == samples.waiting().result.findings
