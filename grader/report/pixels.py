"""By what two pictures are known to show the same, whatever program has written down about itself beside the pixels."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator

from grader.report.notebook import SIGNATURE

# bytes of pixels that are looked at; a larger picture is known by its file
LIMIT, STEP = 64_000_000, 1 << 20
# size and colours; the pixels are in IDAT
_SEEN = (b"IHDR", b"PLTE", b"tRNS")


def digest(png: bytes) -> str:
    """Return a digest of the pixels of a PNG; of the file where it has none that can be read."""
    found, left = hashlib.sha256(), LIMIT
    inflating = zlib.decompressobj()
    try:
        for kind, content in _chunks(png):
            if kind in _SEEN:
                found.update(kind + content)
            packed = content if kind == b"IDAT" else b""
            while packed:
                piece = inflating.decompress(packed, STEP)
                packed, left = inflating.unconsumed_tail, left - len(piece)
                found.update(piece)
                if left < 0 or inflating.unused_data:
                    return hashlib.sha256(png).hexdigest()
    except (zlib.error, struct.error):
        return hashlib.sha256(png).hexdigest()
    return found.hexdigest() if inflating.eof else hashlib.sha256(png).hexdigest()


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + length]
        at += 12 + length
