"""Archives made up by a fuzzer: a submission within its limits, or an error that says what to do; nothing else is touched."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import strategies as st

from grader import intake
from grader.errors import IntakeError
from grader.intake.naming import DEPTH, NAME_BYTES
from grader.model import Submission
from grader.text import printable
from kit import fuzzing

LIMIT_MB = 1
NAMES = st.sampled_from(
    ("mlp.py", "mlp.py", "HW/mlp.py", "a/mlp.py", "./mlp.py", "HW//notes.txt", "MLP.py", "mlp.py/", "mlp.py/x", "../mlp.py",
     "/etc/passwd", "C:mlp.py", "a\\b.py", "..", ".", "", "/", "a/../b", "~/x", "layers/__init__.py", "layers.so",
     "__MACOSX/._mlp.py", "venv/pyvenv.cfg", "graded/summary.json", "caf\u00e9.py", "cafe\u0301.py", "\u202egpj.py",
     "a\nb.py", "\x1b[2J.py", "x\0.py", "d/" * 9 + "x.py", "n" * 201, "CON", "nul.py", "a ", "a.", "\ufdfa" * 30, "\udce9")
) | st.text(max_size=8)  # fmt: skip
SMALL = st.sampled_from((b"class MLP: ...\n", b"", b"x" * 999))
CONTENTS = SMALL | st.sampled_from((b"x" * 5000, bytes(300_000), bytes(range(256)) * 2500))
FILES = st.lists(st.tuples(NAMES, CONTENTS), max_size=5)
NUMBERS = st.sampled_from((0, 1, 2, 100, 511, 512, 513, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1))

# fields of a zip's records: (offset after the signature, struct format)
CENTRAL = [(4, "H"), (6, "H"), (8, "H"), (10, "H"), (16, "L"), (20, "L"), (24, "L"), (28, "H"), (30, "H"), (32, "H"),
           (34, "H"), (36, "H"), (38, "L"), (42, "L")]  # fmt: skip
LOCAL = [(4, "H"), (6, "H"), (8, "H"), (14, "L"), (18, "L"), (22, "L"), (26, "H"), (28, "H")]
END = [(4, "H"), (6, "H"), (8, "H"), (10, "H"), (12, "L"), (16, "L"), (20, "H")]
FIELDS = [
    *((b"PK\x01\x02", place, form) for place, form in CENTRAL),
    *((b"PK\x03\x04", place, form) for place, form in LOCAL),
    *((b"PK\x05\x06", place, form) for place, form in END),
]
ZIP64 = st.builds(
    lambda kind, sizes: struct.pack(f"<HH{len(sizes)}Q", kind, 8 * len(sizes), *sizes),
    st.sampled_from((1, 1, 1, 0x7075, 0x5455)),
    st.lists(st.sampled_from((0, 1, 100, 2**32, 2**40, 2**63, 2**64 - 1)), max_size=4),
)


def zipped(files: list[tuple[str, bytes]], how: int, mode: int, extra: bytes, comment: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two files of one name are what we want
        for name, content in files:
            info = zipfile.ZipInfo(name.encode(errors="replace").decode())
            info.compress_type, info.external_attr, info.extra = how, mode << 16, extra
            archive.writestr(info, content)
        archive.comment = comment
    return buffer.getvalue()


ZIPS = st.builds(
    zipped,
    FILES,
    st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)),
    st.sampled_from((0, 0o100644, 0o120777, 0o010644, 0o020644, 0o040755, 0o140644)),
    st.just(b"") | ZIP64,
    st.binary(max_size=4) | st.just(b"PK\x05\x06" + bytes(18)),
)


def lied(raw: bytes, lies: list[tuple[int, int, int]]) -> bytes:
    """Return a zip with numbers exchanged: (which field, which of its places, the number)."""
    data = bytearray(raw)
    for which, place, number in lies:
        signature, offset, form = FIELDS[which % len(FIELDS)]
        starts = [at for at in range(len(data)) if data.startswith(signature, at)]
        at = starts[place % len(starts)] + offset if starts else len(data)
        if at + struct.calcsize(f"<{form}") <= len(data):
            struct.pack_into(f"<{form}", data, at, number % 2 ** (16 if form == "H" else 32))
    return bytes(data)


SMALL_ZIPS = st.builds(
    zipped,
    st.lists(st.tuples(NAMES, SMALL), max_size=4),
    st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)),
    st.sampled_from((0, 0o100644, 0o120777)),
    st.just(b"") | ZIP64,
    st.just(b""),
)
LIES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9), NUMBERS), min_size=1, max_size=4)
LYING_ZIPS = st.builds(lied, SMALL_ZIPS, LIES)

KINDS = st.sampled_from(
    (*[bytes([k]) for k in b"01234567"], b"0", b"0", b"\0", b"S", b"L", b"K", b"x", b"g", b"V", b"Z")
)
SIZES = st.sampled_from(
    (None, None, None, b"77777777777\0", b"-0000000001\0", b"\x80" + b"\xff" * 11, b"\x80" + bytes(10) + b"\x05",
     b"9" * 12, b"        8 \0", b"")
)  # fmt: skip
RECORDS = st.lists(
    st.builds(
        lambda key, value: f"{len(key) + len(value) + 6} {key}={value}\n".encode(errors="surrogatepass"),
        st.sampled_from(
            ("path", "size", "linkpath", "GNU.sparse.major", "GNU.sparse.name", "GNU.sparse.realsize", "x")
        ),
        st.sampled_from(("mlp.py", "../x", "0", "5", "-1", "9" * 18, "1" * 400, "\x00", "é", "a/b")),
    )
    | st.binary(max_size=12),
    max_size=3,
).map(b"".join)
MEMBERS = st.lists(st.tuples(NAMES, KINDS, CONTENTS | RECORDS, SIZES), max_size=5)
SMALL_MEMBERS = st.lists(st.tuples(NAMES, KINDS, SMALL | RECORDS, SIZES), max_size=4)


def tarred(members: list[tuple[str, bytes, bytes, bytes | None]]) -> bytes:
    """Return a tar of such members, with headers that add up whatever they say."""
    parts = []
    for name, kind, content, size in members:
        header = bytearray(512)
        raw = name.encode(errors="surrogateescape")[:100]
        header[: len(raw)] = raw
        header[100:108], header[257:265], header[156:157] = b"0000644\0", b"ustar\x0000", kind
        header[124:136] = (b"%011o\0" % len(content) if size is None else size).ljust(12, b"\0")[:12]
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        parts += [bytes(header), content.ljust(-(-len(content) // 512) * 512, b"\0")]
    return b"".join([*parts, bytes(1024)])


def packed(files: list[tuple[str, bytes]], dialect: int) -> bytes:
    """Return a tar as the library writes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=dialect, errors="surrogateescape") as archive:
        for name, content in files:
            member = tarfile.TarInfo(name.replace("\0", ""))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


HONEST_TARS = st.builds(packed, FILES, st.sampled_from((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)))
RAW_TARS = st.builds(tarred, MEMBERS) | HONEST_TARS
TARS = RAW_TARS.map(lambda raw: gzip.compress(raw, 1))
DAMAGED_TARS = st.builds(
    lambda raw, changes: gzip.compress(fuzzing.edited(raw, changes), 1), RAW_TARS, fuzzing.edits(3)
)
# one stream after another, cut short, or with something behind it
JOINED = st.builds(
    lambda first, second, cut, tail: (first + second)[: len(first + second) - cut] + tail,
    TARS,
    TARS | st.just(b""),
    st.sampled_from((0, 0, 1, 8, 100)),
    st.just(b"") | st.binary(max_size=12),
)


def an_archive_is_read_within_limits_or_refused(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "alice.zip")
        path.write_bytes(raw)
        read = received(path)
        assert [entry.name for entry in Path(folder).iterdir()] == ["alice.zip"]
    notes = [str(read)] if isinstance(read, IntakeError) else read.notes
    assert isinstance(read, Submission) or "; " in str(read)
    assert all(printable(note) == note and len(note) < 1500 for note in notes)
    files = read.files if isinstance(read, Submission) else {}
    assert sum(map(len, files.values())) <= LIMIT_MB * 1_000_000
    assert all(harmless(name) for name in files)


def received(path: Path) -> Submission | IntakeError:
    try:
        return intake.receive(path, required=("mlp.py",), provided={"layers.py": b""}, limit_mb=LIMIT_MB)
    except IntakeError as error:
        return error


def harmless(name: str) -> bool:
    """Tell whether a file of this name lies below the folder that it is written to, on every system."""
    parts = name.split("/")
    return (
        0 < len(parts) <= DEPTH
        and not {"", ".", ".."} & set(parts)
        and all(len(part.encode()) <= NAME_BYTES for part in parts)
        and not set("\\\0") & set(name)
        and name[1:2] != ":"
        and printable(name) == name
    )


holds = an_archive_is_read_within_limits_or_refused
PROPERTIES: dict[str, fuzzing.Property] = {
    "zips": (ZIPS | LYING_ZIPS | st.builds(fuzzing.edited, ZIPS, fuzzing.edits()), holds),
    "bursts of zips": fuzzing.burst(SMALL_ZIPS | LYING_ZIPS, holds),
    "tars": (TARS | DAMAGED_TARS | JOINED, holds),
    # damaged before they are compressed: what gzip itself refuses teaches nothing
    "bursts of tars": fuzzing.burst(SMALL_MEMBERS.map(tarred), lambda raw: holds(gzip.compress(raw, 1))),
    "bytes": (st.binary(max_size=99) | st.binary().map(lambda raw: b"PK\x03\x04" + raw), holds),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_is_in_an_archive_it_is_read_within_limits_or_refused(name: str) -> None:
    fuzzing.briefly(PROPERTIES[name])


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_archives_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length(PROPERTIES)
    with capsys.disabled():
        print(f"\narchives: {counts}")
