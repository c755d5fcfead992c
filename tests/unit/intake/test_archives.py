"""Zips and tars: ordinary ones are read, hostile ones are refused before they can do harm."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import tempfile
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import intake
from grader.errors import IntakeError
from grader.intake.listing import Entry, tabulate
from grader.model import Submission

REQUIRED = ("mlp.py",)
CODE = b"class MLP: ...\n"
HW = {"HW/mlp.py": CODE, "HW/notes.txt": b"n"}


def receive(path: Path, *, limit_mb: int = 20) -> Submission:
    return intake.receive(path, required=REQUIRED, provided={}, limit_mb=limit_mb)


def zipped(files: Mapping[str, bytes], *more: str, how: int = zipfile.ZIP_DEFLATED, mode: int = 0) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two files of one name are what we want
        for name, content in [*files.items(), *((name, CODE) for name in more)]:
            info = zipfile.ZipInfo(name)
            info.compress_type = how
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return bytearray(buffer.getvalue())


def tarred(files: Mapping[str, bytes], *, dialect: int = tarfile.PAX_FORMAT, kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=dialect) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, "elsewhere"
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def store(path: Path, content: bytes | bytearray) -> Path:
    path.write_bytes(content)
    return path


def patched(raw: bytearray, marker: bytes, offset: int, value: bytes) -> bytearray:
    """Return `raw` with `value` written at `offset` after every `marker`."""
    parts = raw.split(marker)
    changed = [part[: offset - len(marker)] + value + part[offset - len(marker) + len(value) :] for part in parts[1:]]
    return bytearray(marker.join([parts[0], *changed]))


def stored() -> bytearray:
    return zipped(HW, how=zipfile.ZIP_STORED)


def encrypted() -> bytearray:
    return patched(patched(zipped(HW), b"PK\x01\x02", 8, b"\x01\0"), b"PK\x03\x04", 6, b"\x01\0")


def overlapping() -> bytearray:
    return patched(zipped(HW), b"PK\x01\x02", 42, bytes(4))


def directory_of(count: int) -> bytes:
    """Return a zip that is nothing but a directory of `count` empty entries."""
    record = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"/"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count % 65536, count % 65536, count * len(record), 0, 0)
    return b"PK\x03\x04" + record * count + end


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("top", ["", "HW6/", "./", "a/b/c/"])
def test_a_zip_is_read_whether_or_not_it_has_a_folder_inside(tmp_path: Path, how: int, top: str) -> None:
    raw = zipped({f"{top}mlp.py": CODE, f"{top}parts/a.py": b"a", f"{top}parts/": b""}, how=how)
    submission = receive(store(tmp_path / "alice.zip", raw))
    assert submission.id == "alice"
    assert submission.files == {"mlp.py": CODE, "parts/a.py": b"a"}


@pytest.mark.parametrize("dialect", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("ending", ["tar.gz", "tgz", "TGZ"])
def test_a_tar_is_read_in_every_dialect(tmp_path: Path, dialect: int, ending: str) -> None:
    long_name = f"{'long' * 20}/{'name' * 20}.py"
    raw = gzip.compress(tarred({f"./{long_name}": b"a" * 600, "./mlp.py": CODE}, dialect=dialect))
    submission = receive(store(tmp_path / f"alice.{ending}", raw))
    assert submission.id == "alice"
    assert submission.files == {"mlp.py": CODE, long_name: b"a" * 600}


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes, "tar.bz2": bz2.compress, "tbz2": bz2.compress, "tar.xz": lzma.compress, "txz": lzma.compress
}  # fmt: skip


@pytest.mark.parametrize("ending", PACKED)
def test_a_tar_is_read_however_it_is_packed(tmp_path: Path, ending: str) -> None:
    submission = receive(store(tmp_path / f"alice.{ending}", PACKED[ending](tarred(HW))))
    assert (submission.id, submission.files) == ("alice", {"mlp.py": CODE, "notes.txt": b"n"})


@pytest.mark.parametrize("make", [zipped, tarred, lambda files: lzma.compress(tarred(files))])
def test_an_archive_is_known_by_what_is_in_it(tmp_path: Path, make: Callable[[dict[str, bytes]], bytes]) -> None:
    submission = receive(store(tmp_path / "alice's homework", make(HW)))
    assert (submission.id, set(submission.files)) == ("alice's homework", {"mlp.py", "notes.txt"})


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_streams_one_after_another_are_one_file_and_zeros_pad_it(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    raw = tarred(HW)
    parts = [pack(raw[start : start + 2000]) for start in range(0, len(raw), 2000)]
    submission = receive(store(tmp_path / "a.tar", b"".join(parts) + bytes(512)))
    assert set(submission.files) == {"mlp.py", "notes.txt"}


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_packed_tar_that_breaks_off_is_damage(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(IntakeError, match="is not a complete tar"):
        receive(store(tmp_path / "a.tar.xz", pack(tarred(HW))[:-20]))


def test_an_xz_that_needs_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]
    with pytest.raises(IntakeError, match="is not a complete tar"):
        receive(store(tmp_path / "a.tar.xz", lzma.compress(tarred(HW), filters=filters)))


def test_a_name_that_only_fits_an_extended_header_is_read(tmp_path: Path) -> None:
    name = f"{'ü' * 90}.py"
    raw = gzip.compress(tarred({"mlp.py": CODE, name: b"a"}))
    assert receive(store(tmp_path / "alice.tgz", raw)).files[name] == b"a"


def pax(record: bytes) -> bytes:
    """Return a tar of `mlp.py` with `record` as its extended header."""
    header = tarfile.TarInfo("pax")
    header.size, header.type = len(record), tarfile.XHDTYPE
    return header.tobuf() + record.ljust(-(-len(record) // 512) * 512, b"\0") + tarred({"mlp.py": CODE})


def test_an_extended_header_is_read_with_its_size_and_path(tmp_path: Path) -> None:
    raw = gzip.compress(pax(b"13 path=a.py\n10 size=5\n"))
    assert receive(store(tmp_path / "a.tgz", raw)).files == {"a.py": CODE[:5]}


@pytest.mark.parametrize(
    "record", [b"99 path=a.py\n", b"0 path=a.py\n", b"3 path=a.py\n", b"path=a.py\n", b"9" * 400 + b" x"]
)
def test_an_extended_header_that_is_none_is_passed_over(tmp_path: Path, record: bytes) -> None:
    assert receive(store(tmp_path / "a.tgz", gzip.compress(pax(record)))).files == {"mlp.py": CODE}


def test_a_file_with_holes_is_not_taken_for_an_ordinary_one(tmp_path: Path) -> None:
    raw = gzip.compress(pax(b"22 GNU.sparse.major=1\n"))
    with pytest.raises(IntakeError, match=r"mlp\.py is not a regular file"):
        receive(store(tmp_path / "a.tgz", raw))


def with_header(raw: bytes, place: int, value: bytes) -> bytes:
    """Return a tar with `value` at `place` of its first header, and the checksum put right."""
    header = bytearray(raw[:512])
    header[place : place + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + raw[512:]


def test_a_size_may_be_binary(tmp_path: Path) -> None:
    raw = with_header(tarred({"mlp.py": CODE}), 124, b"\x80" + bytes(10) + b"\x05")
    assert receive(store(tmp_path / "a.tgz", gzip.compress(raw))).files == {"mlp.py": CODE[:5]}


@pytest.mark.parametrize("size", [b"\xff" * 12, b"9" * 12, b"-0000000001\0", b"77777777777\0"])
def test_an_impossible_size_is_damage(tmp_path: Path, size: bytes) -> None:
    raw = with_header(tarred({"mlp.py": CODE}), 124, size)
    with pytest.raises(IntakeError, match=r"is not a complete tar"):
        receive(store(tmp_path / "a.tgz", gzip.compress(raw)))


def test_a_link_has_no_data_whatever_size_it_claims(tmp_path: Path) -> None:
    link = with_header(tarred({"link": b""}, kind=tarfile.SYMTYPE)[:512], 124, b"00000001130\0")
    submission = receive(store(tmp_path / "a.tgz", gzip.compress(link + tarred({"mlp.py": CODE}))))
    assert submission.files == {"mlp.py": CODE}


@pytest.mark.parametrize(
    "raw", [b"n" + tarred(HW)[1:], pax(b"70000 comment=".ljust(70_000, b"x"))], ids=["sum", "record"]
)
def test_a_header_that_does_not_add_up_is_damage(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(IntakeError, match=r"is not a complete tar"):
        receive(store(tmp_path / "a.tgz", gzip.compress(raw)))


def test_a_folder_its_zip_and_its_tar_have_one_digest(tmp_path: Path) -> None:
    store(tmp_path / "a.zip", zipped(HW))
    store(tmp_path / "b.tgz", gzip.compress(tarred(HW)))
    (tmp_path / "c").mkdir()
    store(tmp_path / "c/mlp.py", CODE)
    store(tmp_path / "c/notes.txt", b"n")
    assert len({receive(tmp_path / name).digest for name in ("a.zip", "b.tgz", "c")}) == 1


def test_the_content_decides_what_kind_of_archive_it_is(tmp_path: Path) -> None:
    assert receive(store(tmp_path / "a.zip", gzip.compress(tarred(HW)))).files["mlp.py"] == CODE
    assert receive(store(tmp_path / "b.tar.gz", zipped(HW))).files["mlp.py"] == CODE


def test_names_in_utf_8_without_the_flag_are_read_as_macos_means_them(tmp_path: Path) -> None:
    raw = zipped({"mlp.py": CODE, "caf--.py": b"a"})
    raw = raw.replace(b"caf--", "café".encode())
    assert "café.py" in receive(store(tmp_path / "a.zip", raw)).files


def test_names_in_an_old_code_page_stay_readable(tmp_path: Path) -> None:
    raw = zipped({"mlp.py": CODE, "caf-.py": b"a"}).replace(b"caf-", b"caf\x82")
    assert "café.py" in receive(store(tmp_path / "a.zip", raw)).files


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_an_archive_of_nothing_is_a_submission_without_the_file(tmp_path: Path, ending: str) -> None:
    raw = zipped({}) if ending == ".zip" else gzip.compress(tarred({}))
    assert receive(store(tmp_path / f"a{ending}", raw)).notes == ("not handed in: mlp.py",)


@pytest.mark.parametrize("name", ["", ".", "./"])
def test_an_entry_for_the_top_itself_is_passed_over(tmp_path: Path, name: str) -> None:
    assert receive(store(tmp_path / "a.zip", zipped({"mlp.py": CODE, name: b""}))).files == {"mlp.py": CODE}


def test_nothing_is_written_beside_the_archive(tmp_path: Path) -> None:
    receive(store(tmp_path / "a.zip", zipped(HW)))
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


ESCAPES = ["../mlp.py", "a/../../mlp.py", "/etc/passwd", "..\\mlp.py", "a\\b.py", "C:\\mlp.py", "C:/mlp.py", "//host/x"]


@pytest.mark.parametrize("name", ESCAPES)
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_entry_that_points_outside_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    files = {"mlp.py": CODE, name: b"x"}
    raw = zipped(files) if kind == "zip" else gzip.compress(tarred(files))
    with pytest.raises(IntakeError, match=r"a\.\S+: the entry '.*' points outside the archive; pack your folder again"):
        receive(store(tmp_path / f"a.{kind}", raw))


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_name_with_a_colon_points_nowhere_else_and_is_left_out_with_the_reason(tmp_path: Path, kind: str) -> None:
    files = {"mlp.py": CODE, "a:b.py": b"x"}
    raw = zipped(files) if kind == "zip" else gzip.compress(tarred(files))
    read = receive(store(tmp_path / f"a.{kind}", raw))
    assert set(read.files) == {"mlp.py"}
    assert "left out: 'a:b.py' begins like the name of a drive" in read.notes


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["mlp.py", "mlp.py"], "two files called 'mlp.py'"),
        (["mlp.py", "./mlp.py"], "two files called 'mlp.py'"),
        (["a//b.py", "a/b.py"], "two files called 'a/b.py'"),
        (["caf\u00e9.py", "cafe\u0301.py"], "two files called 'café.py'"),
        (["a", "a/b.py"], "a file and a folder called 'a'"),
    ],
)
def test_entries_that_clash_are_refused(tmp_path: Path, names: list[str], why: str) -> None:
    raw = zipped({}, *names)
    with pytest.raises(IntakeError, match=f"holds {why}; keep one"):
        receive(store(tmp_path / "a.zip", raw))


def many(count: int) -> dict[str, bytes]:
    return {f"{number}.py": b"" for number in range(count)}


TOO_MANY = "holds more than 2,000 files; hand in only your own code"
UNFIT = {
    "nothing": (lambda: b"", "is empty; check that the upload was complete"),
    "no zip": (lambda: b"anything", "is not a complete zip; check that the upload was complete"),
    "a beginning": (lambda: b"PK\x03\x04 and then nothing", "is not a complete zip"),
    "half a zip": (lambda: zipped(HW)[:-30], "is not a complete zip"),
    "rar": (
        lambda: b"Rar!\x1a\x07",
        r"is a RAR archive, which is not read; unpack it and give the folder, or pack that as a \.zip",
    ),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive"),
    "bzip2": (lambda: b"BZh91AY", "is not a complete tar"),
    "xz": (lambda: b"\xfd7zXZ\0", "is not a complete tar"),
    "a page": (lambda: b"<!DOCTYPE html>", "is a web page, not the download itself"),
    "no gzip": (lambda: b"\x1f\x8b and then nothing", r"is not a complete tar; check the upload"),
    "half a gzip": (lambda: gzip.compress(tarred(HW))[:-30], r"is not a complete tar"),
    "half a tar": (lambda: gzip.compress(tarred(HW)[:520]), r"is not a complete tar"),
    "no tar": (lambda: gzip.compress(CODE), r"is not a complete tar"),
    "zip of bzip2": (lambda: zipped(HW, how=zipfile.ZIP_BZIP2), "is packed in an unusual way; pack the folder again"),
    "zip of lzma": (lambda: zipped(HW, how=zipfile.ZIP_LZMA), "is packed in an unusual way"),
    "encrypted": (encrypted, "is protected with a password; pack the folder again without one"),
    "overlapping": (overlapping, "its files overlap"),
    "changed": (lambda: stored().replace(CODE, CODE[::-1]), r"'HW/mlp\.py' in it is damaged; check that the upload"),
    "2,001 in a zip": (lambda: zipped(many(2_001)), TOO_MANY),
    "2,001 in a tar": (lambda: gzip.compress(tarred(many(2_001))), TOO_MANY),
    "many in a zip": (lambda: directory_of(30_000), TOO_MANY),
    "a million in a zip": (lambda: directory_of(1_000_000), TOO_MANY),
    "many records in a tar": (lambda: gzip.compress(tarred({"x": b""}, kind=b"g")[:512] * 20_001), TOO_MANY),
}


@pytest.mark.parametrize("case", UNFIT)
def test_an_archive_that_cannot_be_trusted_is_refused_with_what_to_do(tmp_path: Path, case: str) -> None:
    make, why = UNFIT[case]
    with pytest.raises(IntakeError, match=f"a.zip: {why}"):
        receive(store(tmp_path / "a.zip", make()))


def test_a_directory_that_claims_to_be_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    raw = patched(zipped(HW), b"PK\x05\x06", 12, b"\xff\xff\xff\x7f")
    with pytest.raises(IntakeError, match="is not a complete zip"):
        receive(store(tmp_path / "a.zip", raw))


@pytest.mark.parametrize("more", [-300, -258, -1, 0, 1, 258, 300])
@pytest.mark.parametrize("content", [b"ab", random.Random(1).randbytes(2**10)], ids=["repeated", "random"])
def test_what_is_unpacked_in_several_pieces_is_whole(tmp_path: Path, content: bytes, more: int) -> None:
    large = (content * (2**21 // len(content) + 1))[: 2**21 + more]
    path = store(tmp_path / "a.tar.gz", gzip.compress(tarred({**HW, "HW/layers.py": large})))
    assert receive(path).files["layers.py"] == large


BOMB = {"mlp.py": CODE, "zeros.bin": bytes(60_000_000)}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: zipped(BOMB), "unpacks to 60 MB from 0.06 MB, like a zip bomb; hand in only your own code"),
        (lambda: gzip.compress(bytes(90_000_000), 1), "unpacks to more than 80 MB; hand in only your own code"),
        (lambda: bz2.compress(bytes(90_000_000), 1), "unpacks to more than 80 MB; hand in only your own code"),
        (lambda: lzma.compress(bytes(90_000_000), preset=0), "unpacks to more than 80 MB; hand in only your own code"),
    ],
    ids=["zip", "tar", "tar.bz2", "tar.xz"],
)
def test_a_bomb_is_refused_within_bounded_memory(
    tmp_path: Path, make: Callable[[], bytes | bytearray], why: str
) -> None:
    path = store(tmp_path / "a.zip", make())
    tracemalloc.start()
    with pytest.raises(IntakeError, match=why):
        receive(path)
    assert tracemalloc.get_traced_memory()[1] < 120_000_000
    tracemalloc.stop()


def test_a_tar_that_is_larger_than_anything_it_may_hold_is_not_read(tmp_path: Path) -> None:
    os.truncate(store(tmp_path / "a.tgz", gzip.compress(tarred(HW))), 1 << 40)
    with pytest.raises(IntakeError, match="unpacks to more than 80 MB"):
        receive(tmp_path / "a.tgz")


def test_a_zip_that_lies_about_a_size_is_damaged_not_unpacked(tmp_path: Path) -> None:
    raw = zipped({"mlp.py": bytes(5_000_000)})
    lying = patched(raw, b"PK\x01\x02", 24, struct.pack("<L", 100))
    with pytest.raises(IntakeError, match=r"'mlp\.py' in it is damaged"):
        receive(store(tmp_path / "a.zip", lying))


def test_much_data_for_a_small_file_is_not_read_through(tmp_path: Path) -> None:
    raw = zipped({"mlp.py": bytes(range(256)) * 1000}, how=zipfile.ZIP_STORED)
    lying = patched(raw, b"PK\x01\x02", 24, struct.pack("<L", 100))
    with pytest.raises(IntakeError, match="is not a complete zip"):
        receive(store(tmp_path / "a.zip", lying))


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_large_honest_file_beside_the_code_is_left_out_with_a_note(tmp_path: Path, kind: str) -> None:
    files = {"mlp.py": CODE, "film.mp4": bytes(range(256)) * 6_000}
    raw = zipped(files, how=zipfile.ZIP_STORED) if kind == "zip" else gzip.compress(tarred(files))
    submission = receive(store(tmp_path / f"a.{kind}", raw), limit_mb=1)
    assert set(submission.files) == {"mlp.py"}
    assert submission.notes == ("left out: 'film.mp4' does not fit into 1 MB",)


def test_an_archive_inside_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = bytes(zipped(HW))
    assert receive(store(tmp_path / "a.zip", zipped({"mlp.py": CODE, "b.zip": inner}))).files["b.zip"] == inner


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (stat.S_IFLNK, "is a symbolic link"),
        (stat.S_IFIFO, "is not a regular file"),
        (stat.S_IFCHR, "is not a regular file"),
    ],
)
def test_what_is_no_file_in_a_zip_is_refused_where_it_is_required(tmp_path: Path, mode: int, why: str) -> None:
    with pytest.raises(IntakeError, match=rf"a\.zip: mlp\.py {why}; hand in an ordinary file"):
        receive(store(tmp_path / "a.zip", zipped({"mlp.py": b"/etc/passwd"}, mode=mode | 0o644)))


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (tarfile.SYMTYPE, "is a symbolic link"),
        (tarfile.LNKTYPE, "is a hard link"),
        (tarfile.FIFOTYPE, "is a pipe"),
        (tarfile.CHRTYPE, "is a device"),
        (tarfile.BLKTYPE, "is a device"),
        (tarfile.GNUTYPE_SPARSE, "is not a regular file"),
        (tarfile.DIRTYPE, "is a folder, not a file"),
    ],
)
def test_what_is_no_file_in_a_tar_is_refused_where_it_is_required(tmp_path: Path, kind: bytes, why: str) -> None:
    raw = gzip.compress(tarred({"mlp.py": b""}, kind=kind))
    with pytest.raises(IntakeError, match=rf"mlp\.py {why}.*; hand in an ordinary file"):
        receive(store(tmp_path / "a.tar.gz", raw))


def test_a_link_in_an_archive_is_left_out_where_it_is_not_required(tmp_path: Path) -> None:
    raw = tarred({"mlp.py": CODE})[:1024] + tarred({"link.py": b""}, kind=tarfile.SYMTYPE)
    submission = receive(store(tmp_path / "a.tar.gz", gzip.compress(raw)))
    assert submission.notes == ("left out: 'link.py' is a symbolic link",)


def test_a_link_in_a_virtual_environment_is_not_worth_a_note(tmp_path: Path) -> None:
    link = tarred({"env/bin/python": b""}, kind=tarfile.SYMTYPE)[:512]
    raw = link + tarred({"env/pyvenv.cfg": b"", "mlp.py": CODE})
    assert receive(store(tmp_path / "a.tar.gz", gzip.compress(raw))).notes == ()


def test_a_name_cut_by_a_nul_is_not_taken_for_the_required_file(tmp_path: Path) -> None:
    raw = zipped({"mlp.py-.txt": CODE}).replace(b"mlp.py-", b"mlp.py\0")
    submission = receive(store(tmp_path / "a.zip", raw))
    assert submission.files == {}
    assert submission.notes == (
        "not handed in: mlp.py",
        "left out: 'mlp.py\\x00.txt' has a name with unusual characters",
    )


@pytest.mark.parametrize("name", ["a/" * 10_000 + "x.py", "y" * 10_000], ids=["deep", "long"])
def test_an_endless_name_is_left_out(tmp_path: Path, name: str) -> None:
    submission = receive(store(tmp_path / "a.zip", zipped({"mlp.py": CODE, name: b"x"})))
    assert set(submission.files) == {"mlp.py"}
    assert len(submission.notes[0]) < 200


def test_what_macos_and_virtual_environments_add_is_skipped(tmp_path: Path) -> None:
    junk = dict.fromkeys(["__MACOSX/HW/._mlp.py", "HW/.DS_Store", "HW/env/pyvenv.cfg", "HW/env/lib/mlp.py"], b"x")
    junk["HW/a/b/c/__pycache__/a.pyc"] = b"x"
    submission = receive(store(tmp_path / "a.zip", zipped({**HW, **junk})))
    assert set(submission.files) == {"mlp.py", "notes.txt"}


def test_too_many_entries_are_refused_even_if_all_of_them_are_junk() -> None:
    entries = [Entry(f"__pycache__/{number}.pyc", 1) for number in range(20_001)]
    with pytest.raises(IntakeError, match=TOO_MANY):
        tabulate(entries, lambda position, limit: b"", label="a", required=REQUIRED)


def test_thousands_of_required_files_are_told_apart_at_once() -> None:
    entries = [Entry(f"{number}/mlp.py", 1) for number in range(2_000)]
    listing = tabulate(entries, lambda position, limit: b"", label="a", required=REQUIRED)
    with pytest.raises(IntakeError, match=r"found in 2000 folders \('0', '1', '10', '100', '1000'\)"):
        intake._root(listing, REQUIRED, "a")


@given(
    st.sampled_from([bytes(zipped(HW)), tarred(HW)]),
    st.lists(st.tuples(st.integers(0), st.binary(max_size=4)), max_size=5),
)
def test_no_archive_ends_in_anything_but_a_submission_or_an_error(raw: bytes, edits: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(raw)
    for position, content in edits:
        start = position % len(damaged)
        damaged[start : start + max(len(content), 1)] = content
    packed = damaged if raw.startswith(b"PK") else gzip.compress(damaged, 1)
    with tempfile.TemporaryDirectory() as folder:
        assert graceful(store(Path(folder, "a.zip"), packed))


def graceful(path: Path) -> bool:
    try:
        return isinstance(receive(path), Submission)
    except IntakeError as error:
        return "; " in str(error)


def test_a_drive_below_the_folder_of_the_submission_is_left_out_and_its_folder_may_be_called_so(tmp_path: Path) -> None:
    read = receive(
        store(tmp_path / "a.zip", zipped({"3:4 HW/mlp.py": CODE, "3:4 HW/C:x.py": CODE, "3:4 HW/d/C:x": CODE}))
    )
    assert sorted(read.files) == ["d/C:x", "mlp.py"]
    assert "left out: 'C:x.py' begins like the name of a drive" in read.notes
