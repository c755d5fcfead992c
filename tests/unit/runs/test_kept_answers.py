from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader import atomic
from grader.answers import Answer
from grader.model import Quote, Report, ScoredItem, Transcript, TranscriptCell, TranscriptOutput, Verdict
from grader.report import as_json
from grader.runs import SubmissionFolder, kept_answers
from grader.runs.kept_answers import Answers, keep
from grader.text import as_json_text
from kit import report_samples as samples

PNG = samples.png(np.zeros((3, 5), np.uint8))
PLOT = Transcript("main.ipynb", (TranscriptCell("code", "plot()", (TranscriptOutput("png", png=PNG),)),))
CHECK = "comparison_written"


def with_plot() -> Report:
    """Return a report in which words and a plot wait for a person."""
    made = samples.waiting()

    def more(item: ScoredItem) -> ScoredItem:
        found = [
            replace(each, finding=replace(each.finding, for_staff=(Quote("Cell 6", samples.COMPARISON), PLOT)))
            if each.finding.check == CHECK
            else each
            for each in item.findings
        ]
        return replace(item, findings=tuple(found))

    return replace(made, score=replace(made.score, items=tuple(map(more, made.score.items))))


@pytest.fixture
def folder(tmp_path: Path) -> SubmissionFolder:
    """Return the folder of ann's submission, with what she answered."""
    found = SubmissionFolder(tmp_path / "ann")
    atomic.write(found.report, as_json_text(as_json(with_plot().result)))
    keep(found, with_plot(), None)
    return found


def answers(folder: SubmissionFolder) -> Answers:
    return Answers(folder.path.parent)


def test_what_is_read_again_is_what_was_kept(folder: SubmissionFolder) -> None:
    kept = keep(folder, with_plot(), None)[CHECK]
    assert kept.text.startswith("Cell 6:")
    assert answers(folder).shown("ann", CHECK) == kept
    assert answers(folder).said("ann", CHECK) == replace(kept, html=Answer().html, cells=Answer().cells)


def test_only_what_a_person_decides_is_kept(folder: SubmissionFolder) -> None:
    assert set(keep(folder, with_plot(), None)) == {
        each.check for each in with_plot().result.findings if each.verdict in (Verdict.PENDING, Verdict.UNDECIDED)
    }


def test_where_nothing_waits_nothing_was_answered(folder: SubmissionFolder) -> None:
    assert answers(folder).said("ann", "loads") == Answer()


def test_of_whom_nothing_is_known_nothing_is_seen(folder: SubmissionFolder) -> None:
    assert answers(folder).shown("bob", CHECK) == Answer(is_unseen=True)
    assert not answers(folder).has("bob")


def test_what_was_answered_holds_as_long_as_the_report(folder: SubmissionFolder) -> None:
    known = answers(folder)
    assert known.has("ann")
    os.utime(folder.report, ns=(1, 1))
    assert not known.has("ann")
    keep(folder, with_plot(), None)
    assert known.has("ann")


def test_what_another_version_has_kept_does_not_count(
    folder: SubmissionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_answers, "made_by", lambda: "another one")
    assert not answers(folder).has("ann")


def test_pictures_are_found_by_their_names_once_their_answer_was_asked_for(folder: SubmissionFolder) -> None:
    known = answers(folder)
    (name,) = known.said("ann", CHECK).pictures
    assert known.picture(name) == PNG
    assert known.picture("answers.json") is None
    assert known.picture("../report.json") is None


def test_a_picture_is_found_as_long_as_anybody_has_it(folder: SubmissionFolder) -> None:
    other = SubmissionFolder(folder.path.parent / "bob")
    atomic.write(other.report, folder.report.read_bytes())
    keep(other, with_plot(), None)
    known = answers(folder)
    (name,) = known.said("ann", CHECK).pictures
    assert known.said("bob", CHECK).pictures == (name,)
    other.forget_answers()
    assert known.picture(name) == PNG


def test_all_answers_of_a_submission_together_are_bounded_and_what_has_no_room_says_so(
    folder: SubmissionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(folder).shown("ann", CHECK)
    size = sum(len(html.encode()) for html in (before.html, before.cells)) + len(PNG)
    for most, is_shown in ((size, True), (size - 1, False)):
        monkeypatch.setattr(kept_answers, "MOST", most)
        keep(folder, with_plot(), None)
        after = answers(folder).shown("ann", CHECK)
        assert (after == before) == is_shown
        assert sum(file.stat().st_size for file in folder.answers.iterdir() if file.name != "answers.json") <= most
    assert "Left out" in after.cells
    assert (after.pictures, after.normal, after.text) == ((), before.normal, before.text)


@pytest.mark.parametrize("name", ["", "..", "../ann", "ann/../ann", "/etc", "ann/../../etc"])
def test_nothing_outside_of_the_run_is_read(folder: SubmissionFolder, name: str) -> None:
    assert not answers(SubmissionFolder(folder.path)).has(name)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"schema": "mlpgrader.answers/1"}', '{"answers": {}}', "[" * 9999]
)
def test_what_is_damaged_counts_as_missing(folder: SubmissionFolder, text: str) -> None:
    (folder.answers / "answers.json").write_text(text, encoding="utf-8")
    assert not answers(folder).has("ann")


def test_html_that_is_gone_is_shown_as_nothing(folder: SubmissionFolder) -> None:
    for file in folder.answers.glob("*.html"):
        file.unlink()
    assert (answers(folder).shown("ann", CHECK).html, answers(folder).shown("ann", CHECK).text[:3]) == ("", "Cel")


def test_what_was_answered_before_leaves_nothing(folder: SubmissionFolder) -> None:
    assert len([*folder.answers.iterdir()]) == 4
    keep(folder, samples.report(name="ann"), None)
    assert [each.name for each in folder.answers.iterdir()] == ["answers.json"]
    folder.withdraw()
    assert not folder.answers.exists()


def test_an_earlier_grading_keeps_no_answers(folder: SubmissionFolder) -> None:
    folder.put_aside()
    assert not folder.answers.exists()
    assert not (folder.path / "attempts" / "1" / "answers").exists()


def test_a_person_looks_at_the_notebook_that_was_run_or_at_the_page_for_staff(folder: SubmissionFolder) -> None:
    assert answers(folder).see("ann", CHECK) == folder.staff_page
