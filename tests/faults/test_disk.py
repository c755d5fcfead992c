"""A disk that is full: no half report, what is done stays, and the message says how to go on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from grader import atomic
from grader.cli.progress import Lines
from grader.errors import AuthorError
from grader.sandbox import open_launcher
from kit import ROOT
from kit import small_assignment as small
from kit.interrupting import ONE_LANE, graded, is_whole

NAMES = ("ann", "ben", "cai")
# without bytecode: nothing but the grader's own files is to be in the way
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def grade(folder: Path, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Grade three submissions that cannot be imported, as a program of its own."""
    line = [sys.executable, "-m", "grader", "grade", *NAMES, "--assignment", "byomlp", "--sandbox", "process"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [*line, "--items", "forward", *words]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, text=True, check=False, **pipes)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a folder with three submissions in it."""
    for name in NAMES:
        small.hand_in(tmp_path / name, "def forward(:\n")
    return tmp_path


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return a disk of the size that the test asks for; skip the test where none can be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", str(place)]
    try:
        made = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no small disk can be made here: {error}")
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


# room for nothing, for a part of a report, for one and a part of the next
@pytest.mark.parametrize("disk", ["4k", "64k", "180k"], indirect=True)
def test_a_disk_that_fills_up_leaves_whole_reports_or_none_and_says_how_to_go_on(course: Path, disk: Path) -> None:
    done = grade(course, "--out", str(disk / "out"))
    assert done.returncode == 2
    assert "cannot be written (No space left on device); free some space or choose another --out" in done.stderr
    assert "Traceback" not in done.stderr
    reports = [path.parent for path in disk.glob("out/*/report.json")]
    assert all(is_whole(folder) for folder in reports)
    assert not list(disk.rglob(".*"))


@pytest.mark.parametrize("disk", ["180k"], indirect=True)
def test_after_a_full_disk_the_same_command_goes_on(course: Path, disk: Path) -> None:
    done = grade(course, "--out", str(disk / "out"))
    kept = {path.parent.name for path in disk.glob("out/*/report.json")}
    assert 0 < len(kept) < 3
    assert f"stopped; {len(kept)} of 3 graded are in {disk / 'out'}; give the same command again" in done.stderr
    # there is room again, elsewhere: what was finished is taken along and is not graded again
    shutil.copytree(disk / "out", course / "elsewhere")
    again = grade(course, "--out", str(course / "elsewhere"))
    assert again.returncode == 0
    assert f"{len(kept)} of 3 " in again.stderr
    assert len(list(course.glob("elsewhere/*/report.json"))) == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_reports_do_not_depend_on_whether_anybody_can_be_told(course: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = grade(course, "--out", "out", stderr=full, stdout=full)
    assert done.returncode == 2
    assert len(list(course.glob("out/*/report.json"))) == 3


def no_space(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_progress_that_cannot_be_written_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.print", no_space)
    Lines(1).done("ann", "3 of 7")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_finds_no_space_keeps_the_old_file(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(os, call, no_space)
    with pytest.raises(AuthorError, match="No space left on device"):
        atomic.write(tmp_path / "a.txt", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}


def test_a_sandbox_without_room_for_its_folder_withholds_the_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", no_space)
    with open_launcher("process") as launcher:
        made = graded(small.hand_in(tmp_path / "alice"), ONE_LANE, launcher)
    assert (made.score.marks.lost, made.score.marks.withheld) == (0, 7)
    assert "No space left on device" in made.score.items[0].findings[0].finding.message
