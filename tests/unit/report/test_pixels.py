from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from grader.report import pixels
from kit import report_samples as samples

GREY = np.arange(20, dtype=np.uint8).reshape(4, 5)
PNG = samples.png(GREY)
END = PNG.index(b"IDAT") - 4


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_what_a_program_notes_beside_the_pixels_makes_no_difference() -> None:
    noted = PNG[:END] + chunk(b"tEXt", b"Software\0made by another one") + PNG[END:]
    assert pixels.digest(noted) == pixels.digest(PNG)


def test_how_the_pixels_are_packed_makes_no_difference() -> None:
    rows = np.concatenate([np.zeros((4, 1), np.uint8), GREY], axis=1).tobytes()
    packed = zlib.compress(rows, 0)
    loose = PNG[:END] + chunk(b"IDAT", packed[:9]) + chunk(b"IDAT", packed[9:]) + chunk(b"IEND", b"")
    assert pixels.digest(loose) == pixels.digest(PNG)


@pytest.mark.parametrize("other", [GREY + 1, GREY.reshape(5, 4), GREY[:2]], ids=["pixel", "shape", "fewer"])
def test_other_pixels_are_another_picture(other: np.ndarray) -> None:
    assert pixels.digest(samples.png(other)) != pixels.digest(PNG)


def test_another_palette_is_another_picture() -> None:
    one, other = (PNG[:END] + chunk(b"PLTE", bytes([k] * 3)) + PNG[END:] for k in (1, 2))
    assert pixels.digest(one) != pixels.digest(other)


@pytest.mark.parametrize(
    "broken", [PNG[:-20], PNG[: END + 12], PNG[:30], b"", b"no picture", PNG[:END] + chunk(b"IDAT", b"x")]
)
def test_what_cannot_be_read_is_known_by_its_bytes(broken: bytes) -> None:
    assert pixels.digest(broken) == pixels.digest(bytes(broken)) != pixels.digest(broken + b"1")


def test_a_picture_that_would_fill_the_memory_is_known_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "LIMIT", 10)
    noted = PNG[:END] + chunk(b"tEXt", b"more") + PNG[END:]
    assert pixels.digest(noted) != pixels.digest(PNG)
