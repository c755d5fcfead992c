"""`mlpgrader pending`, `mark` and `release` on a run that is there."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import gradebook
from grader.cli import main
from grader.filenames import GRADEBOOK
from grader.model import Finding, Marks, Result, ScoredFinding, ScoredItem, Verdict
from grader.report import as_json
from grader.runs import RunFolder
from grader.text import as_json_text
from kit import small_assignment as small
from kit.books import migrated

WAITS = ScoredFinding(Finding("written", "It is explained.", Verdict.PENDING, "a person reads it"), Marks(0, 3, 3))


def with_answer(name: str) -> Result:
    """Return a right result of which one answer waits for a person."""
    plain = replace(small.report().result, id=name, digest=f"sha256:{name}")
    return replace(
        plain,
        marks=Marks(7, 10, 3),
        items=(*plain.items, ScoredItem("words", "Words", Marks(0, 3, 3), (WAITS,))),
    )


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """Return the folder of a run over ann and bob."""
    folder = RunFolder(tmp_path / "run")
    with folder.taken():
        for name in ("ann", "bob"):
            made = with_answer(name)
            folder.of(name).path.mkdir()
            folder.of(name).report.write_text(as_json_text(as_json(made)), encoding="utf-8")
            folder.add(name, made)
        folder.summarise()
    (folder.path / GRADEBOOK).write_bytes(migrated())
    return folder.path


def said(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> str:
    """Return what a command prints."""
    assert main([str(word) for word in words]) == status
    told = capsys.readouterr()
    return told.err if status == 2 else told.out


def asked(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> Any:
    return json.loads(said(capsys, *words, "--json", status=status))


def sheet(capsys: pytest.CaptureFixture[str], run_dir: Path, **points: str) -> Path:
    """Return the file of what waits, with points filled in by student."""
    path = run_dir.parent / "marks.csv"
    said(capsys, "pending", run_dir, "--no-text", "--csv", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "points": points.get(row["student"], "")} for row in rows)
    return path


def summary(run_dir: Path) -> dict[str, float]:
    data = json.loads((run_dir / "summary.json").read_bytes())
    return {row["id"]: row["earned"] for row in data["submissions"]}


def test_what_waits_is_listed_by_question(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "pending", run_dir, "--no-text")
    assert [line.strip() for line in text.splitlines() if line] == [
        "It is explained. (words, written): 3 points", "ann: not marked yet", "bob: not marked yet",
        "2 answers wait for a person.",
    ]  # fmt: skip


def test_what_waits_is_told_as_data(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = asked(capsys, "pending", run_dir, "--no-text")["waiting"]
    assert (first["student"], first["check"], first["possible"], first["earlier"]) == ("ann", "written", 3, None)


def test_a_file_of_marks_is_shown_first_and_written_with_apply(
    run_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sheet(capsys, run_dir, ann="2,5")
    assert "1 mark would change" in said(capsys, "mark", run_dir, "--csv", path, "--as", "kay")
    assert len(asked(capsys, "pending", run_dir, "--no-text")["waiting"]) == 2
    (change,) = asked(capsys, "mark", run_dir, "--csv", path, "--as", "kay", "--apply")["changes"]
    assert (change["student"], change["after"], change["conflict"]) == ("ann", "2.5", False)
    assert [row["student"] for row in asked(capsys, "pending", run_dir, "--no-text")["waiting"]] == ["bob"]
    assert summary(run_dir) == {"ann": 9.5, "bob": 7}


def test_a_mark_that_somebody_changed_meanwhile_is_left(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sheet(capsys, run_dir, ann="1", bob="1")
    other = run_dir.parent / "other.csv"
    other.write_text("student,attempt,item,check,points\nann,1,words,written,3\n")
    said(capsys, "mark", run_dir, "--csv", other, "--as", "lou", "--apply")
    assert "changed by somebody else" in said(
        capsys, "mark", run_dir, "--csv", path, "--as", "kay", "--apply", status=1
    )
    assert summary(run_dir) == {"ann": 10, "bob": 8}
    said(capsys, "mark", run_dir, "--csv", path, "--as", "kay", "--apply", "--overwrite")
    assert summary(run_dir) == {"ann": 8, "bob": 8}


def test_one_wrong_line_and_nothing_is_written(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sheet(capsys, run_dir, ann="1", bob="7")
    told = said(capsys, "mark", run_dir, "--csv", path, "--apply", status=2)
    assert "line 3: 7 points; it is worth 3, so give 0 to 3" in told
    assert len(asked(capsys, "pending", run_dir, "--no-text")["waiting"]) == 2


def test_who_is_ready_is_released_and_the_others_are_named(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "mark", run_dir, "--csv", sheet(capsys, run_dir, ann="3"), "--apply")
    ann, bob = asked(capsys, "release", run_dir)["students"]
    assert (ann["changes"], bob["changes"], bob["why_not"]) == (True, False, "written: waits for a person")
    assert released(run_dir) == []
    assert "1 student or group released, 1 not ready." in said(capsys, "release", run_dir, "--apply", "--as", "prof")
    assert released(run_dir) == ["ann"]
    said(capsys, "release", run_dir, "--withdraw", "--only", "ann", "--apply")
    assert released(run_dir) == []


def released(run_dir: Path) -> list[str]:
    with gradebook.opened(run_dir) as book:
        return [final.who.name for final in book.finals() if final.released]


@pytest.mark.parametrize("words", [["pending"], ["mark", "--csv", "marks.csv"], ["release"]])
def test_a_folder_without_a_run_is_refused(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *more = words
    assert "holds no run" in said(capsys, command, tmp_path, *more, status=2)
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_released_by_a_slip_of_a_name(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nobody called zoe" in said(capsys, "release", run_dir, "--only", "zoe", "--apply", status=2)


def test_the_file_of_a_second_grader_is_their_opinion_and_the_mark_stays(
    run_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sheet(capsys, run_dir, ann="1")
    with gradebook.opened(run_dir) as book:
        book.set_graders(["kay", "lou"], author="prof")
        book.spread(seed=1, double=100, author="prof")
        (second,) = {each.second for each in book.answers("words", "written") if each.student == "ann"}
    words = "mark", run_dir, "--csv", file, "--as", second
    assert "your opinion beside the mark" in " ".join(said(capsys, *words).split())
    assert [each["opinion"] for each in asked(capsys, *words, "--apply")["changes"]] == [True]
    assert summary(run_dir)["ann"] == 7
    with gradebook.opened(run_dir) as book:
        mark = book.answered("ann", 1, "words", "written", grader=second).mark
        assert mark
        assert (mark.points, book.answered("ann", 1, "words", "written").mark) == (1, None)
