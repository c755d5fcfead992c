"""The files of a data set in a folder, compressed or not, known by what is inside of them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import Any

from grader.datasets.dataset import Files
from grader.errors import AuthorError


def read(files: Files, folder: Path) -> Any:
    """Return what the files in `folder` give; AuthorError says which one is missing, damaged or another one."""
    return files.read({name: _verified(files, name, _path(files, folder, name)) for name in files.sha256})


def file_in(folder: Path, name: str) -> Path | None:
    """Return the path of the file called `name`, or `name.gz`, or None where there is neither."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def are_in(files: Files, folder: Path) -> bool:
    """Tell whether there is a file for each name; what is in it is not looked at."""
    return all(file_in(folder, name) for name in files.sha256)


def unpacked(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file, decompressed if it is gzipped, and of a larger one a byte more than `most_bytes`.

    AuthorError says why it cannot be read.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            return file.read(most_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise AuthorError(f"{path}: cannot be read ({reason}); get it again: mlpgrader data fetch") from error


def problem(files: Files, name: str, path: Path) -> str:
    """Return why what lies at `path` is not the file called `name`, or an empty string when it is."""
    try:
        _verified(files, name, path)
    except AuthorError as error:
        return str(error)
    return ""


def _verified(files: Files, name: str, path: Path) -> bytes:
    content = unpacked(path, files.most_bytes)
    if hashlib.sha256(content).hexdigest() != files.sha256[name]:
        what = f"has {len(content)} bytes that are not those of {files.title}'s file of this name"
        raise AuthorError(f"{path}: {what}; get it again: mlpgrader data fetch")
    return content


def _path(files: Files, folder: Path, name: str) -> Path:
    path = file_in(folder, name)
    if path is None:
        absent = "is a file" if folder.exists() else "there is no such folder"
        missing = f"holds neither {name} nor {name}.gz" if folder.is_dir() else absent
        fetch = ", or run mlpgrader data fetch" if files.mirrors else ""
        raise AuthorError(f"{folder}: {missing}; give a folder with the files of {files.title}{fetch}")
    return path
