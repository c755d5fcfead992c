"""`mlpgrader export`, on folders of runs that nobody has graded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.classes.model import HandIn, Joined
from grader.cli import export, main
from grader.exports.final import Final
from grader.runs import RunFolder, bookkeeping
from grader.runs.finals import finals_of
from kit import class_folder as folders
from kit import platform_files as files
from kit import report_samples as samples

CLASS = files.finals()
RULES = """
due = "2026-11-29 23:59"
zone = "UTC"
[penalty]
per = "day"
percent = 10
at_most = 50
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return the folder of a run without a gradebook: one is graded, one waits for a person, one could not be read."""
    folder = tmp_path / "graded"
    for made in (samples.wrong(), samples.waiting()):
        folders.submission(folder, made)
    failures = {"schema": "mlpgrader.summary/1", "failures": [{"id": "eve", "error": "not a zip", "attempt": 1}]}
    (folder / "summary.json").write_text(json.dumps(failures))
    return folder


@pytest.fixture
def download(tmp_path: Path) -> Path:
    """Return a gradebook as it was downloaded."""
    path = tmp_path / "Grades.csv"
    path.write_bytes(files.canvas())
    return path


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what makes the command see these finals instead of those of a run."""
    return lambda *finals: monkeypatch.setattr(export, "finals_of", lambda run, url: finals)


def test_without_a_gradebook_finals_are_those_of_the_reports(run: Path) -> None:
    bob, eve, wanda = finals_of(run)
    assert (bob.who.name, str(bob.points), str(bob.possible), bob.released) == ("bob", "14.00", "25.00", False)
    assert (eve.points, eve.why_not, eve.folder) == (None, "not a zip", run / "eve")
    assert (wanda.points, wanda.why_not) == (None, "2 points pending")


def test_a_run_without_a_gradebook_is_a_table_for_staff(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "all.csv"
    assert main(["export", "csv", str(run), "--unreleased", "--out", str(out)]) == 0
    rows = files.cells(out.read_bytes())
    assert [(row[1], row[-2], row[-1]) for row in rows[1:]] == [
        ("bob", "no", ""),
        ("eve", "no", "not a zip"),
        ("wanda", "no", "2 points pending"),
    ]


def test_with_a_gradebook_its_releases_count(run: Path, tmp_path: Path) -> None:
    finals_of(run)
    book = bookkeeping.opened(run, "")
    assert book is not None
    with book:
        found = RunFolder(run)
        found.look()
        bookkeeping.take_in(book, found.entries, found.of)
        book.release({"bob"}, author="me")
    out = tmp_path / "released.csv"
    assert main(["export", "csv", str(run), "--out", str(out)]) == 0
    assert [row[6:8] for row in files.cells(out.read_bytes())] == [["points", "possible"], ["14", "25"]]


def test_lateness_is_that_of_the_rules_of_the_class(run: Path) -> None:
    (run / "class.toml").write_text(RULES)
    late = HandIn("bob", "Bob", 1, datetime(2026, 11, 30, 10, 0, tzinfo=UTC), None, (), (), "b1")
    book = bookkeeping.opened(run, "")
    assert book is not None
    with book:
        book.take_in(Joined((late,)), lambda student, attempt: student)
    bob = finals_of(run)[0]
    assert (bob.who.name, str(bob.points), bob.submission) == ("Bob", "12.60", "b1")
    assert bob.late


def test_nothing_is_written_of_a_class_that_is_not_released(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "all.zip"
    assert main(["export", "feedback", str(run), "--out", str(out)]) == 2
    assert not out.exists()
    said = capsys.readouterr().err
    assert f"there is nobody to write of; make results visible with `mlpgrader release {run} --apply`\n" in said
    assert said.endswith("left out, not released: bob\nleft out, not a zip: eve\nleft out, 2 points pending: wanda\n")


def test_points_go_into_a_copy_of_the_download(
    run: Path, download: Path, tmp_path: Path, given: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    given(CLASS[0], files.held_back(CLASS[1]))
    out = tmp_path / "upload.csv"
    words = ["export", "canvas", str(run), "--into", str(download), "--out", str(out), "--title", files.TITLE]
    assert main(words) == 0
    assert download.read_bytes() == files.canvas()
    assert len(files.cells(out.read_bytes())) == 4
    assert capsys.readouterr().out == f"left out, not released: Müller-Lüdenscheidt, Jörg\n{out}: 1 student\n"


def test_who_is_on_no_line_is_unsettled(run: Path, download: Path, tmp_path: Path, given: Callable[..., None]) -> None:
    given(CLASS[0], replace(CLASS[1], who=files.Person(name="Nobody")))
    out = str(tmp_path / "upload.csv")
    assert main(["export", "canvas", str(run), "--into", str(download), "--out", out, "--title", files.TITLE]) == 1


def test_a_preview_writes_nothing(
    run: Path, tmp_path: Path, given: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    given(*CLASS[:3])
    download = tmp_path / "Grades.csv"
    download.write_bytes(files.canvas(marks=["3.00", "31.50", ""]))
    words = ["export", "canvas", str(run), "--into", str(download), "--title", files.TITLE, "--preview"]
    assert main(words) == 0
    assert "Doe, Jane: 3.00 -> 45\nMüller-Lüdenscheidt, Jörg: 31.50, as it is\n王, 小明: 0\n" in capsys.readouterr().out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["Grades.csv", "graded"]


def test_an_archive_is_written_with_what_is_there(
    run: Path, tmp_path: Path, given: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    bob: Final = replace(finals_of(run)[0], released=True)
    given(bob)
    out = tmp_path / "feedback.zip"
    assert main(["export", "feedback", str(run), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 3 files for 1 student\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["canvas", "{run}"], "nowhere to write to; give a file with --out, or --preview"),
        (["canvas", "{run}", "--out", "{tmp}/x.csv"], "goes into the file that you have downloaded there"),
        (["feedback", "{run}", "--out", "{tmp}/x.zip", "--unreleased"], "only csv and junit can tell of those"),
        (["moodle", "{run}", "--into", "{download}", "--out", "{tmp}/x.csv", "--unreleased"], "leave out --unreleased"),
        (["csv", "{run}", "--into", "{download}", "--out", "{tmp}/x.csv"], "goes into no download; leave out --into"),
        (["canvas", "{run}", "--into", "{tmp}/no.csv", "--out", "{tmp}/x.csv"], "no.csv: cannot be read (No such file"),
        (["canvas", "{run}", "--into", "{download}", "--out", "{tmp}/graded/../Grades.csv"], "is the file that you have"),
        (["canvas", "{run}", "--into", "{download}", "--out", "{tmp}/link.csv"], "is the file that you have downloaded"),
        (["csv", "{run}", "--unreleased", "--out", "{run}/summary.csv"], "lies in the folder of the run"),
        (["csv", "{tmp}/nothing", "--unreleased", "--out", "{tmp}/x.csv"], "nothing: there is no such folder"),
        (["csv", "{tmp}/empty", "--unreleased", "--out", "{tmp}/x.csv"], "empty: holds no gradings"),
        (["brightspace", "{run}", "--into", "{download}", "--out", "{tmp}/x.csv"], "Grades.csv: lacks the columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(
    run: Path, download: Path, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link.csv").hardlink_to(download)
    (tmp_path / "empty").mkdir()
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    assert main(["export", *(word.format(run=run, tmp=tmp_path, download=download) for word in words)]) == 2
    assert told in capsys.readouterr().err
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before
