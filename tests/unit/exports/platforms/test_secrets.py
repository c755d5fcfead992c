"""No file for students holds a word that is for staff, or anything of somebody who is not released."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.exports import archive
from grader.exports.final import Final
from grader.exports.platforms import FOR_STAFF, FORMATS, MERGED, WRITTEN, Merged, Packed, merged, written
from grader.model import Person
from grader.runs import SubmissionFolder
from kit import class_folder as folders
from kit import platform_files as files
from kit import report_samples as samples

HIDDEN = "Hidden, Hanna"
DOWNLOADS = {
    "canvas": files.canvas,
    "moodle": files.moodle,
    "blackboard": files.blackboard,
    "brightspace": files.brightspace,
    "classroom50": files.classroom50,
}


def test_every_format_is_looked_at() -> None:
    assert set(DOWNLOADS) == set(MERGED)
    assert set(FORMATS) == {*MERGED, *WRITTEN, *FOR_STAFF}


@pytest.fixture
def finals(tmp_path: Path) -> tuple[Final, ...]:
    """Return a class of which one is released, one is not, and one waits for a person."""
    made = (samples.wrong(), samples.report(name="hanna"), samples.waiting())
    bob, hanna, wanda = (
        folders.final(
            folders.submission(tmp_path, each), each.result, who=who, possible=files.POSSIBLE, submission=submission
        )
        for each, who, submission in zip(
            made,
            (files.people()[0], Person(id="8", name=HIDDEN, login="hidden"), files.people()[2]),
            ("Jane Doe_1000_assignsubmission_file", "Hidden Hanna_8_assignsubmission_file", "submission_3"),
            strict=True,
        )
    )
    return bob, files.held_back(hanna), files.waiting(wanda)


def opened(made: Merged | Packed, path: Path) -> dict[str, str]:
    """Return all files of an export as text."""
    if isinstance(made, Packed):
        archive.write(path, made.files)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
            return {name: packed.read(name).decode() for name in packed.namelist()}
    return {"": made.content.decode("utf-16" if made.content[:1] == b"\xff" else "utf-8")}


@pytest.mark.parametrize("name", sorted({*WRITTEN, *FOR_STAFF}))
def test_files_of_our_own_hold_no_secret(name: str, finals: tuple[Final, ...], tmp_path: Path) -> None:
    made = written(name, finals, results=lambda folder: SubmissionFolder(folder).result())
    texts = opened(made, tmp_path / "made.zip")
    assert len(made.changes) == 1
    assert [
        (file, word)
        for file, text in texts.items()
        for word in (folders.SECRET, "anna", "idden", "wanda", "wait for a person")
        if word in file + text
    ] == []


@pytest.mark.parametrize("name", sorted(MERGED))
def test_files_of_platforms_hold_no_secret(name: str, finals: tuple[Final, ...], tmp_path: Path) -> None:
    everybody = (*files.people(), Person(id="8", name=HIDDEN, login="hidden", sis="1", mail="h@uni.example"))
    download = DOWNLOADS[name](everybody)
    made = merged(name, download, finals, title="" if name == "moodle" else files.TITLE, file="the download")
    assert len(made.changes) == 1
    text = opened(made, tmp_path)[""]
    assert folders.SECRET not in text
    before = opened(Merged(download, ()), tmp_path)[""]
    # Moodle's worksheet and the scores of Classroom 50 keep what they had, as it was
    there, kept = ([line for line in each.splitlines() if "idden" in line] for each in (before, text))
    assert kept == (there if name in ("moodle", "classroom50") else [])


def test_a_secret_would_be_found(finals: tuple[Final, ...], tmp_path: Path) -> None:
    bob = finals[0]
    assert bob.folder is not None
    (bob.folder / "report.html").write_text(folders.SECRET)
    texts = opened(written("feedback", finals, results=lambda folder: None), tmp_path / "made.zip")
    assert [file for file, text in texts.items() if folders.SECRET in text] == ["Doe, Jane (student0)/report.html"]
