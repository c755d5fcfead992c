"""The class at a glance as a file: with links that lead to the reports, for staff, at the end of a class or exported."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from grader import gradebook
from grader.classes.model import Joined
from grader.cli import class_page, main
from grader.errors import AuthorError
from grader.filenames import STAFF_PAGE
from grader.model import Person
from kit import report_samples as samples
from kit.books import folder_of, hand_in
from kit.reviewing import made_run

NAMES = ("ann", "bo b#1")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a class of two, one of whom is missing a third."""
    reports = [samples.report(name=name) for name in NAMES]
    return made_run(tmp_path_factory.mktemp("class") / "graded", reports, missing=[Person(id="3", name="Cem")])


def linked(page: Path) -> list[Path]:
    """Return where the names in a page lead to."""
    text = page.read_text(encoding="utf-8")
    found = [unquote(each) for each in re.findall(r'<th scope="row"><a href="([^"]*)"', text)]
    # the folder can be moved as a whole
    assert not any(Path(each).is_absolute() for each in found)
    return [page.parent / each for each in found]


@pytest.mark.parametrize("place", ["graded", "elsewhere/deep"])
def test_names_lead_to_the_reports_wherever_the_page_lies(run: Path, place: str) -> None:
    out = run.parent / place / "class.html"
    out.parent.mkdir(parents=True, exist_ok=True)
    assert class_page.export(run, out) == 2
    assert [each.resolve() for each in linked(out)] == [(run / name / STAFF_PAGE).resolve() for name in NAMES]
    assert all(each.is_file() for each in linked(out))


def test_who_is_missing_and_whom_nobody_knows_needs_you(run: Path, tmp_path: Path) -> None:
    with gradebook.opened(run) as book:
        book.take_in(Joined((hand_in("ann"),), unmatched=("ann",), has_roster=True), folder_of)
    assert class_page.export(run, tmp_path / "class.html") == 2
    text = (tmp_path / "class.html").read_text(encoding="utf-8")
    assert '<span class="who">Cem</span>' in text
    assert "not in the roster" in text


def test_the_command_writes_it_and_says_for_whom_it_is(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "class", str(run), "--out", str(tmp_path / "class.html")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'class.html'}: 2 students; for staff only: it names everybody\n"
    assert len(linked(tmp_path / "class.html")) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--title", "Homework"], "--title is for what goes to a platform"),
        (["--preview"], "--preview is for what goes to a platform"),
    ],
)
def test_what_belongs_to_platforms_is_refused(
    run: Path, tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "class", str(run), "--out", str(tmp_path / "class.html"), *more]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "class.html").exists()


def test_a_folder_without_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="there is no such folder"):
        class_page.export(tmp_path / "none", tmp_path / "class.html")
    with pytest.raises(AuthorError, match="holds no class"):
        class_page.export(tmp_path, tmp_path / "class.html")


def test_a_place_that_cannot_be_written_is_told(run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AuthorError, match="is a file, and a folder is needed there"):
        class_page.export(run, tmp_path / "file" / "class.html")
