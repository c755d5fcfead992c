"""MNIST as four IDX files in a folder, gzipped or not, known by what is inside of them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from grader.digits import idx
from grader.errors import AuthorError
from grader.model import Array, Digits

# of the decompressed bytes: the headers of gzip differ between copies
SHA256 = {
    idx.TRAIN_IMAGES: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    idx.TRAIN_LABELS: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    idx.TEST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    idx.TEST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
# more than any of the four holds: a file that unpacks to more is another one
MOST_BYTES = 1 << 26


def read(folder: Path, digests: Mapping[str, str] = SHA256) -> Digits:
    """Return the MNIST that lies in `folder`; AuthorError says which file is missing, damaged or another one."""
    train_images, train_labels, test_images, test_labels = (_array(folder, name, digests[name]) for name in idx.NAMES)
    return Digits("mnist", train_images.reshape(-1, 784), train_labels, test_images.reshape(-1, 784), test_labels)


def file_in(folder: Path, name: str) -> Path | None:
    """Return the path of the file called `name`, or `name.gz`, or None where there is neither."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def unpacked(path: Path) -> bytes:
    """Return the content of a file, decompressed if it is gzipped; AuthorError says why it cannot be read."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise AuthorError(f"{path}: cannot be read ({reason}); get it again: mlpgrader data fetch") from error
    return content


def problem(path: Path, digest: str) -> str:
    """Return why the file at `path` does not have that digest when it is unpacked, or an empty string when it has."""
    try:
        _verified(path, digest)
    except AuthorError as error:
        return str(error)
    return ""


def _verified(path: Path, digest: str) -> bytes:
    content = unpacked(path)
    if hashlib.sha256(content).hexdigest() != digest:
        what = f"has {len(content)} bytes that are not those of MNIST's file of this name"
        raise AuthorError(f"{path}: {what}; get it again: mlpgrader data fetch")
    return content


def _array(folder: Path, name: str, digest: str) -> Array:
    path = file_in(folder, name)
    if path is None:
        absent = "is a file" if folder.exists() else "there is no such folder"
        missing = f"holds neither {name} nor {name}.gz" if folder.is_dir() else absent
        raise AuthorError(f"{folder}: {missing}; give a folder with the four MNIST files, or run mlpgrader data fetch")
    return idx.read(_verified(path, digest), str(path))
