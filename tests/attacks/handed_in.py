"""Attacks that are over before any code runs: archives that play tricks, files that are none, and names that do harm."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CODE = b"class MLP: ...\n"
OUTSIDE = "escaped.py"


@dataclass(frozen=True)
class HandedIn:
    """One thing that is handed in: how it is made at a path, and how the reason reads for which it is not graded."""

    name: str
    row: str
    make: Callable[[Path], object]
    why: str


def zipped(*entries: tuple[str, bytes, int]) -> bytes:
    """Return a zip of names, contents and modes; a name may occur twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content, mode in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type, info.external_attr = name, zipfile.ZIP_DEFLATED, mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def tarred(*entries: tuple[str, bytes, bytes, str]) -> bytes:
    """Return a packed tar of names, contents, kinds and what links point at."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content, kind, target in entries:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, target
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def writing(content: bytes | Callable[[], bytes]) -> Callable[[Path], object]:
    """Return what writes an archive."""
    return lambda path: path.write_bytes(content() if callable(content) else content)


def escaping(name: str) -> bytes:
    """Return a zip with an entry of that name beside the code."""
    return zipped(("mlp.py", CODE, 0), (name, CODE, 0))


def through_a_link() -> bytes:
    """Return a tar that makes a link to a folder outside, and writes through it."""
    return tarred(
        ("out", b"", tarfile.SYMTYPE, ".."),
        (f"out/{OUTSIDE}", CODE, tarfile.REGTYPE, ""),
        ("mlp.py", CODE, tarfile.REGTYPE, ""),
    )


def overlapping() -> bytes:
    """Return a zip two of whose files are the same bytes."""
    raw = bytearray(zipped(("mlp.py", CODE, 0), ("b.py", CODE, 0)))
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = bytes(4)
    return bytes(raw)


def million() -> bytes:
    """Return a zip that is nothing but a directory of a million entries."""
    record = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"/"
    count = 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count % 65536, count % 65536, count * len(record), 0, 0)
    return b"PK\x03\x04" + record * count + end


def in_a_folder(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Return what makes a folder with an odd mlp.py in it."""

    def handed_in(path: Path) -> None:
        path.mkdir()
        make(path / "mlp.py")

    return handed_in


def sparse(path: Path) -> None:
    """Make a file of a terabyte that takes no room."""
    path.touch()
    os.truncate(path, 2**40)


def hard_linked(path: Path) -> None:
    """Make a second name of a file outside."""
    other = path.parent.parent / "somebody_elses.py"
    other.write_bytes(CODE)
    os.link(other, path)


HANDED_IN = (
    HandedIn("dots.zip", "archives", writing(escaping(f"../{OUTSIDE}")), "points outside"),
    HandedIn("absolute.zip", "archives", writing(escaping(f"/tmp/{OUTSIDE}")), "points outside"),
    HandedIn("backslash.zip", "archives", writing(escaping(f"..\\{OUTSIDE}")), "points outside"),
    HandedIn("drive.zip", "archives", writing(escaping(f"C:\\{OUTSIDE}")), "points outside"),
    HandedIn("zip-link.zip", "archives", writing(zipped(("mlp.py", b"/etc/passwd", stat.S_IFLNK | 0o777))), "link"),
    HandedIn(
        "tar-dots.tar.gz", "archives", writing(tarred((f"../{OUTSIDE}", CODE, tarfile.REGTYPE, ""))), "points outside"
    ),
    HandedIn("through.tar.gz", "archives", writing(through_a_link()), "a file and a folder called .out."),
    HandedIn("tar-hard.tar.gz", "archives", writing(tarred(("mlp.py", b"", tarfile.LNKTYPE, "/etc/passwd"))), "link"),
    HandedIn(
        "tar-device.tar.gz",
        "archives",
        writing(tarred(("mlp.py", b"", tarfile.CHRTYPE, ""))),
        "no ordinary file|device",
    ),
    HandedIn(
        "bomb.zip", "archives", writing(lambda: zipped(("mlp.py", bytes(150_000_000), 0))), "bomb|too large|larger|MB"
    ),
    HandedIn(
        "tar-bomb.tar.gz",
        "archives",
        writing(lambda: gzip.compress(bytes(90_000_000), 1)),
        "unpacks to more than 80 MB",
    ),
    HandedIn("overlapping.zip", "archives", writing(overlapping()), "overlap"),
    HandedIn("million.zip", "archives", writing(million), "more than 2,000 files"),
    HandedIn("pipe", "odd files", in_a_folder(os.mkfifo), "mlp.py"),
    HandedIn("symlink", "odd files", in_a_folder(lambda path: path.symlink_to("/etc/passwd")), "link"),
    HandedIn("hardlink", "odd files", in_a_folder(hard_linked), "link"),
    HandedIn("directory", "odd files", in_a_folder(Path.mkdir), "folder"),
    HandedIn("sparse", "odd files", in_a_folder(sparse), "large|MB"),
    HandedIn("device", "odd files", in_a_folder(lambda path: path.symlink_to("/dev/zero")), "link"),
    HandedIn('=HYPERLINK("evil").zip', "spreadsheets", writing(b"Rar!\x1a\x07"), "RAR"),
    HandedIn("+cmd,=1+1;@x.zip", "spreadsheets", writing(b"Rar!\x1a\x07"), "RAR"),
    HandedIn("\x1b]52;c;ZXZpbA==\x07\r\u202e.zip", "terminals", writing(b"Rar!\x1a\x07"), "RAR"),
    HandedIn("<img src=x onerror=alert(1)>.zip", "pages", writing(b"Rar!\x1a\x07"), "RAR"),
)
