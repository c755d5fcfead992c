from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from grader import atomic
from grader.errors import AuthorError
from kit import ROOT

# a limit on the size of files stands for a full disk: the write begins and fails half way
FULL_DISK = """
import resource, sys
from pathlib import Path
from grader import atomic
from grader.errors import AuthorError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    atomic.write(Path(sys.argv[1]), b"n" * 5000)
except AuthorError as error:
    print(error)
"""


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a.bin", b"\x00\r\n\xff")
    assert (tmp_path / "a.bin").read_bytes() == b"\x00\r\n\xff"


def test_text_is_written_in_utf_8_with_its_line_ends(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a.txt", "ü\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xbc\n"


def test_the_folder_is_made(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a/b/c.txt", "x")
    assert (tmp_path / "a/b/c.txt").read_text() == "x"


def test_an_old_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old and longer")
    atomic.write(tmp_path / "a.txt", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "new"}


def test_others_may_read_the_file(tmp_path: Path) -> None:
    atomic.write(tmp_path / "a.txt", "x")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("untouched")
    (tmp_path / "a.txt").symlink_to(tmp_path / "other")
    atomic.write(tmp_path / "a.txt", "new")
    assert (tmp_path / "other").read_text() == "untouched"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "a.txt")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "a.txt: cannot be written (File too large); free some space or choose another --out" in said
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}


def test_a_folder_in_place_of_the_file_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(AuthorError, match=r"a\.txt: cannot be written \(Is a directory\)"):
        atomic.write(tmp_path / "a.txt", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["file/a.txt", "n" * 300])
def test_a_place_that_cannot_be_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AuthorError, match=r"cannot be written|is a file, and a folder is needed there"):
        atomic.write(tmp_path / name, "x")


# killed where it cannot clean up after itself
KILLED = """
import os, signal, sys
from pathlib import Path
from grader import atomic
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
atomic.write(Path(sys.argv[1]), b"new")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_writer_that_was_killed_has_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    others = {"a.txt", ".b.txt.abcdefgh", ".a.txt.swp", "a.txt.abcdefgh"}
    for name in others:
        (tmp_path / name).write_text("old")
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a.txt")], check=False, cwd=ROOT)
    assert len(list(tmp_path.iterdir())) == len(others) + 1
    atomic.sweep(tmp_path / "a.txt")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(others, "old")


def test_where_there_is_no_folder_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    atomic.sweep(tmp_path / "nowhere" / "a.txt")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("below", ["report.json", "alice/report.json", "a/b/c/report.json"])
def test_a_file_in_the_way_is_named_and_no_space_is_asked_for(tmp_path: Path, below: str) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(AuthorError) as caught:
        atomic.write(tmp_path / "out" / below, "x")
    assert str(caught.value) == f"{tmp_path / 'out'}: is a file, and a folder is needed there; choose another --out"


def test_room_is_asked_for_only_where_there_is_none(tmp_path: Path) -> None:
    full = str(atomic.refusal(tmp_path / "x", OSError(errno.ENOSPC, "No space left on device")))
    assert (
        full
        == f"{tmp_path / 'x'}: cannot be written (No space left on device); free some space or choose another --out"
    )
    denied = str(atomic.refusal(tmp_path / "x", OSError(errno.EACCES, "Permission denied")))
    assert denied == f"{tmp_path / 'x'}: cannot be written (Permission denied); choose another --out"
