from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.runs import RunFolder

HOLD = """
import sys
from pathlib import Path
from grader.runs import RunFolder
with RunFolder(Path(sys.argv[1])).taken():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_graders_on_one_folder_are_kept_apart_and_the_second_is_told_by_whom(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    who = r"another grader is writing there \(process \d+ on .+, since"
    with folder.taken(), pytest.raises(AuthorError, match=who), RunFolder(tmp_path).taken():
        pass


def test_one_after_the_other_is_fine(tmp_path: Path) -> None:
    for _ in range(2):
        with RunFolder(tmp_path).taken():
            pass
    assert (tmp_path / "journal.jsonl").is_file()


def test_a_lock_of_a_grader_that_was_killed_is_free(tmp_path: Path) -> None:
    line = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(AuthorError, match=f"process {other.pid} on"), RunFolder(tmp_path).taken():
            pass
        other.kill()
    with RunFolder(tmp_path).taken():
        pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(AuthorError, match="file: is a file, and a folder is needed there"),
        RunFolder(tmp_path / "file").taken(),
    ):
        pass
