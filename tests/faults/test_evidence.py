"""Kept evidence that somebody or something has damaged: it is never judged, and the marks that were there stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cli import main
from kit import small_assignment as small

GRADE = ["--assignment", "byomlp", "--sandbox", "process", "--items", "forward", "--seed", "1"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one submission, and in ``out`` what came of it."""
    folder = tmp_path_factory.mktemp("course")
    small.hand_in(folder / "alice", "class MLP: ...\n")
    assert main(["grade", str(folder / "alice"), *GRADE, "--out", str(folder / "out")]) == 0
    return folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def cut(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def displace(path: Path) -> None:
    path.unlink()
    path.mkdir()


HARM: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: cut(path, 400),
    "empty": lambda path: cut(path, 0),
    "with one bit turned": lambda path: flip(path),
    "gone": lambda path: path.unlink(),
    "a folder": lambda path: displace(path),
    "zeros": lambda path: path.write_bytes(bytes(4096)),
}


@pytest.mark.parametrize("harm", HARM)
def test_damaged_evidence_is_named_and_the_marks_stay(
    course: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = course / "out" / "alice"
    before = (folder / "report.json").read_bytes()
    HARM[harm](folder / "evidence" / "evidence.zst")
    assert main(["regrade", str(course / "out"), "--apply"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "alice: not judged: " in said
    assert "grade the submission again" in said
    assert (folder / "report.json").read_bytes() == before


@pytest.mark.parametrize("harm", ["gone", "cut short"])
def test_a_submission_whose_evidence_was_damaged_is_graded_again(course: Path, harm: str) -> None:
    folder = course / "out" / "alice"
    before = json.loads((folder / "report.json").read_bytes())
    HARM[harm](folder / "evidence" / "evidence.zst")
    assert main(["grade", str(course / "alice"), *GRADE, "--out", str(course / "out")]) == 0
    assert main(["regrade", str(course / "out"), "--apply"]) == 0
    after = json.loads((folder / "report.json").read_bytes())
    assert [item["findings"] for item in after["items"]] == [item["findings"] for item in before["items"]]


def test_foreign_files_beside_evidence_change_nothing(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = course / "out" / "alice" / "evidence"
    (folder / "notes.frame").write_bytes(b"not ours")
    (folder / ".evidence.zst.abcdefgh").write_bytes(b"half")
    (folder / "deep").mkdir()
    assert main(["regrade", str(course / "out"), "--apply"]) == 0
    assert "0 of 1 change." in capsys.readouterr().out
