"""Archives and folders built to exhaust or to mislead: each is dealt with where time and memory are limited."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import intake
from grader.intake import folder
from grader.intake.naming import composed
from grader.model import Submission
from kit import ROOT

CODE = b"class MLP: ...\n"
MEMORY, SECONDS = 500 * 2**20, 20
RECEIVE = f"""
import json, resource, sys
from pathlib import Path
from grader import intake
from grader.errors import IntakeError
resource.setrlimit(resource.RLIMIT_DATA, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
try:
    read = intake.receive(Path(sys.argv[1]), required=("mlp.py",), provided={{}})
    print(json.dumps([sorted(read.files), list(read.notes)]))
except IntakeError as error:
    print(json.dumps(str(error)))
"""


def receive(path: Path) -> Submission:
    return intake.receive(path, required=("mlp.py",), provided={})


def limited(path: Path) -> str:
    """Return what comes of the submission at `path` where time and memory are limited, as one text."""
    command = [sys.executable, "-c", RECEIVE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    return found if isinstance(found, str) else f"{found[0]} {'; '.join(found[1])}"


def zipped(*files: tuple[str, bytes], mode: int = 0, extra: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr, info.extra = zipfile.ZIP_DEFLATED, mode << 16, extra
            archive.writestr(info, content)
    return buffer.getvalue()


def header(name: str, kind: bytes, size: int = 0, link: str = "") -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, size, link
    return member.tobuf(tarfile.GNU_FORMAT, errors="surrogateescape")


def tarred(*parts: bytes) -> bytes:
    return gzip.compress(b"".join([*parts, bytes(1024)]), 1)


def file(name: str, content: bytes = CODE) -> bytes:
    return header(name, b"0", len(content)) + content.ljust(-(-len(content) // 512) * 512, b"\0")


def pax(name: str) -> bytes:
    """Return a record that gives the next member a name of any length, and a member."""
    value = name.encode()
    size = len(value) + 7
    size += len(str(size))
    record = b"%d path=%s\n" % (size, value)
    return header("pax", b"x", len(record)) + record.ljust(-(-len(record) // 512) * 512, b"\0") + file("short.py", b"")


def central(name: bytes, start: int, packed: int, size: int, crc: int, *, method: int = 8) -> bytes:
    fields = (20, 20, 0, method, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, start)
    return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields) + name


def local(name: bytes, packed: int, size: int, crc: int, *, extra: bytes = b"", method: int = 8) -> bytes:
    fields = (20, 0, method, 0, 0, crc, packed, size, len(name), len(extra))
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name + extra


def directory(body: bytes, records: list[bytes]) -> bytes:
    listed = b"".join(records)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(records), len(records), len(listed), len(body), 0)
    return body + listed + end


def quoted_overlap() -> bytes:
    """Return the zip bomb whose files share one kernel: each begins by quoting the header of the next one."""
    raw = bytes(1_000_000)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(raw) + squeeze.flush()
    body, found = b"", []
    for number in range(100):
        name = f"{number}".encode()
        head = local(name, len(packed), len(raw), zlib.crc32(raw))
        body = head + packed
        found.append((name, len(body), len(packed), len(raw), zlib.crc32(raw)))
        packed, raw = b"\0" + struct.pack("<HH", len(head), 0xFFFF ^ len(head)) + body, head + raw
    return directory(body, [central(name, len(body) - length, *rest) for name, length, *rest in found])


def headers_in_extra_fields() -> bytes:
    """Return a zip in which the extra field of each local header hides the header of the next."""
    content = local(b"b.py", len(CODE), len(CODE), zlib.crc32(CODE), method=0) + CODE
    first = local(b"a.py", len(CODE), len(CODE), zlib.crc32(CODE), extra=b"\xff\xff" + content[:-15], method=0)
    records = [
        central(b"a.py", 0, len(CODE), len(CODE), zlib.crc32(CODE), method=0),
        central(b"b.py", len(first) - len(content) + 15, len(CODE), len(CODE), zlib.crc32(CODE), method=0),
    ]
    return directory(first + CODE, records)


def lying(offset: int, value: bytes, signature: bytes = b"PK\x01\x02") -> bytes:
    """Return a zip of mlp.py with `value` at `offset` of one of its records."""
    raw = bytearray(zipped(("mlp.py", CODE)))
    start = raw.index(signature) + offset
    raw[start : start + len(value)] = value
    return bytes(raw)


def zip64(*sizes: int) -> bytes:
    """Return a zip whose directory says that the sizes are in an extra field, which says something else."""
    raw = bytearray(zipped(("mlp.py", CODE), extra=struct.pack(f"<HH{len(sizes)}Q", 1, 8 * len(sizes), *sizes)))
    start = raw.index(b"PK\x01\x02")
    raw[start + 20 : start + 28] = b"\xff" * 8
    return bytes(raw)


MARKS = "\u0315\u0300"  # two that have to be put in order
ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a link and a file behind it, zip": (
        lambda: zipped(("mlp.py", CODE), ("d", b"/tmp"), ("d/x.py", CODE), mode=stat.S_IFLNK | 0o777),
        "a file and a folder called 'd'; keep one",
    ),
    "a link and a file behind it, tar": (
        lambda: tarred(file("mlp.py"), header("d", b"2", link="/tmp"), file("d/x.py")),
        "a file and a folder called 'd'; keep one",
    ),
    "links to elsewhere": (
        lambda: tarred(file("mlp.py"), header("a", b"2", link="/etc/passwd"), header("b", b"1", link="../../b")),
        "['mlp.py'] left out: 'a' is a symbolic link; left out: 'b' is a hard link",
    ),
    "devices": (
        lambda: tarred(file("mlp.py"), header("a", b"3"), header("b", b"4"), header("c", b"6"), header("d", b"Z")),
        "['mlp.py'] left out: 'a' is a device; left out: 'b' is a device; left out: 'c' is a pipe; left out: 'd' is not",
    ),
    "names that differ in capitals": (
        lambda: zipped(("MLP.py", b"1"), ("mlp.py", CODE), ("Mlp.PY", b"2")),
        "['mlp.py'] left out: 'MLP.py' differs from 'mlp.py' only in capitals; left out: 'Mlp.PY' differs",
    ),
    "a file that differs from a folder in capitals": (
        lambda: zipped(("mlp.py", CODE), ("a", b"1"), ("A/b.py", b"2")),
        "['A/b.py', 'mlp.py'] left out: 'a' differs from 'A' only in capitals",
    ),
    "names in two forms": (
        lambda: zipped(("mlp.py", CODE), ("\u1e69", b""), ("s\u0307\u0323", b"")),
        "two files called",
    ),
    "names whose marks are to be sorted": (
        lambda: tarred(file("mlp.py"), *(pax(f"{k}{MARKS * 15_000}") for k in range(100))),
        "['mlp.py'] left out: '0",
    ),
    "names of thousands of folders": (
        lambda: tarred(*(pax("a/" * 32_000 + f"{k}.py") for k in range(100))),
        "is more than 8 folders deep",
    ),
    "records without end": (
        lambda: tarred(*(pax("a" * 65_000) for _ in range(130))),
        "is not a complete tar; check the upload",
    ),
    "a name without end in the header of gzip": (
        lambda: b"\x1f\x8b\x08\x08" + bytes(4) + b"\0\xff" + b"x" * 60_000_000,
        "is not a complete tar",
    ),
    "a million empty streams": (lambda: gzip.compress(b"") * 1_000_000, "is not a complete tar"),
    "two streams": (
        lambda: gzip.compress(file("mlp.py")) + gzip.compress(file("b.py") + bytes(1024)),
        "['b.py', 'mlp.py']",
    ),
    "zeros behind": (lambda: tarred(file("mlp.py")) + bytes(3_000_000), "['mlp.py']"),
    "garbage behind": (lambda: tarred(file("mlp.py")) + b"garbage", "is not a complete tar"),
    "another tar behind": (lambda: gzip.compress(file("mlp.py") + bytes(1024) + file("b.py")), "['mlp.py']"),
    "a checksum that is wrong": (lambda: tarred(file("mlp.py"))[:-8] + bytes(8), "is not a complete tar"),
    "a zip that quotes itself": (quoted_overlap, "its files overlap, as in a zip bomb"),
    "headers within extra fields": (headers_in_extra_fields, "its files overlap, as in a zip bomb"),
    "a zip of zips of zips": (
        lambda: zipped(("mlp.py", CODE), ("b.zip", zipped(("c.zip", zipped(("d", bytes(10**7))))))),
        "['b.zip', 'mlp.py']",
    ),
    "64-bit sizes of exabytes": (lambda: zip64(2**62, 15), "like a zip bomb"),
    "64-bit sizes that are not there": (lambda: zip64(), "is not a complete zip"),
    "64-bit sizes that lie": (lambda: zip64(len(CODE) - 5, 17), "'mlp.py' in it is damaged"),
    "another name in the file's own header": (
        lambda: lying(30, b"xyz.py", b"PK\x03\x04"),
        "'mlp.py' in it is damaged",
    ),
    "sizes that only follow the data": (lambda: lying(8, b"\x08\0"), "['mlp.py']"),
    "a checksum that lies": (lambda: lying(16, b"\1\2\3\4"), "'mlp.py' in it is damaged"),
    "a start beyond the end": (lambda: lying(42, b"\xff\xff\xff\x7f"), "'mlp.py' in it is damaged"),
    "a disk that is not there": (lambda: lying(34, b"\x07\0"), "['mlp.py']"),
    "something before it": (lambda: b"#!/bin/sh\nexit\n" + zipped(("mlp.py", CODE)), "['mlp.py']"),
    "something behind it": (lambda: zipped(("mlp.py", CODE)) + bytes(100), "['mlp.py']"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("trick", ARCHIVES)
def test_a_trick_in_an_archive_is_seen_through_fast_and_in_little_memory(tmp_path: Path, trick: str) -> None:
    make, said = ARCHIVES[trick]
    (tmp_path / "a.zip").write_bytes(make())
    assert said in limited(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))


def terabyte(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def many_files(path: Path) -> None:
    path.mkdir()
    for number in range(21_000):
        (path / f"{number}").touch()


def deep(path: Path) -> None:
    path.mkdir()
    place = path
    for _ in range(60):
        place = place / "d"
        place.mkdir()
    (place / "mlp.py").touch()


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a socket": (unix_socket, "['mlp.py'] left out: 'odd' is a socket"),
    "a link to itself": (lambda path: path.symlink_to("odd"), "['mlp.py'] left out: 'odd' is a symbolic link"),
    "a link to the folder above": (lambda path: path.symlink_to(".."), "left out: 'odd' is a symbolic link"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "left out: 'odd' is a symbolic link"),
    "a terabyte of nothing": (terabyte, "does not fit into 20 MB"),
    "a pipe": (os.mkfifo, "left out: 'odd' is a pipe"),
    "thousands of files": (many_files, "holds more than 2,000 files"),
    "folders in folders": (deep, "['mlp.py'] left out: 'odd/d/d/d/d/d/d/d' is 8 folders deep"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.parametrize("trick", FOLDERS)
def test_a_trick_in_a_folder_is_seen_through_without_waiting(
    tmp_path: Path, trick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, said = FOLDERS[trick]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mlp.py").write_bytes(CODE)
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "a" / "odd")
    assert said in limited(tmp_path / "a")


@pytest.mark.parametrize("by_descriptor", [True, False])
def test_a_folder_that_cannot_be_opened_is_left_out_with_a_note(
    tmp_path: Path, by_descriptor: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_bytes(CODE)
    scan = os.scandir

    def guarded(place: int | str) -> object:
        name = str(Path(f"/proc/self/fd/{place}").readlink()) if isinstance(place, int) else place
        if name.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scan(place)

    monkeypatch.setattr(os, "scandir", guarded)
    with folder.opened(tmp_path, required=("mlp.py",), by_descriptor=by_descriptor) as listing:
        assert listing.sizes == {"open/x.py": len(CODE)}
        assert listing.refused == {"closed": "cannot be opened (Permission denied)"}


def test_a_file_that_shrinks_while_it_is_read_is_what_is_left_of_it(tmp_path: Path) -> None:
    (tmp_path / "mlp.py").write_bytes(CODE)
    with folder.opened(tmp_path, required=("mlp.py",)) as listing:
        (tmp_path / "mlp.py").write_bytes(b"x")
        assert listing.read("mlp.py", len(CODE)) == b"x"


def test_a_name_that_is_left_out_for_its_length_is_not_composed() -> None:
    endless = "e\u0301" * 101
    assert composed(endless) == endless
    assert composed("e\u0301" * 100) == "\u00e9" * 100


def test_capitals_in_the_names_of_folders_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("mlp.py", CODE), ("A/x.py", b"1"), ("a/X.py", b"2"), ("a/y.py", b"3")))
    read = receive(tmp_path / "a.zip")
    assert set(read.files) == {"mlp.py", "A/x.py", "a/y.py"}
    assert read.notes == ("left out: 'a/X.py' differs from 'A/x.py' only in capitals",)
