"""Archives that are written piece by piece."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.exports import archive


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    files = [("王/report.html", b"a" * 1000), ("b/c.txt", b"")]
    assert archive.write(tmp_path / "one.zip", files) == archive.write(tmp_path / "two.zip", iter(files)) == 2
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as made:
        assert [(each.filename, made.read(each)) for each in made.infolist()] == files


def test_nothing_is_left_of_an_archive_that_was_not_finished(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, bytes]]:
        yield "a", b"1"
        raise ZeroDivisionError

    (tmp_path / "made.zip").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        archive.write(tmp_path / "made.zip", broken())
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("made.zip", b"old")]
