from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.intake.downloads import LISTED, opened, tabulated
from grader.intake.listing import Entry, Unreadable
from kit.made_class import zipped

REQUIRED = ("mlp.py",)


def listed(*names: str) -> dict[str, str]:
    entries = [Entry(name, 1) for name in names]
    return dict(tabulated(entries, lambda k, limit: b"", label="class", required=REQUIRED).refused)


def test_a_zip_and_a_tar_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"jane/mlp.py": b"x"}))
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("jane/mlp.py")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    for name in ("a.zip", "a.tar.gz"):
        with opened(tmp_path / name, required=REQUIRED) as download:
            assert (dict(download.sizes), download.read("jane/mlp.py", 5)) == ({"jane/mlp.py": 1}, b"x")


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "C:/x", "a\\x", "x" * 1001, "/".join("a" * 20)])
def test_a_hostile_name_costs_its_own_file_alone(name: str) -> None:
    refused = listed("jane/mlp.py", name)
    assert len(refused) == 1
    assert "jane/mlp.py" not in refused


def test_two_files_of_one_name_cost_the_second() -> None:
    assert list(listed("a/x.py", "a/x.py")) == ["a/x.py (again)"]


def test_a_file_that_is_larger_than_it_says_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"jane/mlp.py": b"xxxxx"}))
    with opened(tmp_path / "a.zip", required=REQUIRED) as download, pytest.raises(Unreadable):
        download.read("jane/mlp.py", 3)


def test_a_repository_is_known_and_what_is_in_it_left_out() -> None:
    entries = [Entry("jane/.git", folder=True), Entry("jane/.git/config", 1), Entry("jane/mlp.py", 1)]
    download = tabulated(entries, lambda k, limit: b"", label="class", required=REQUIRED)
    assert (set(download.sizes), "jane/.git" in download.folders) == ({"jane/mlp.py"}, True)


def test_too_many_files_are_no_class() -> None:
    with pytest.raises(AuthorError, match="more than 200,000 files"):
        tabulated([Entry("a")] * (LISTED + 1), lambda k, limit: b"", label="class", required=REQUIRED)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\3\4broken"])
def test_what_is_no_archive_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(content)
    with pytest.raises(AuthorError, match=r"class\.zip"), opened(tmp_path / "class.zip", required=REQUIRED):
        pass


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="cannot be read"), opened(tmp_path / "gone.zip", required=REQUIRED):
        pass
