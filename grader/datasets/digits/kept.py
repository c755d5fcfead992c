"""The drawn digits in the user's cache, once they are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader import atomic, locations
from grader.datasets.digits import drawing
from grader.datasets.digits.arrays import Digits
from grader.errors import AuthorError

TRAIN, TEST, PIXELS = 60_000, 10_000, 784
DIGEST = 32
Drawn = tuple[drawing.Array, drawing.Array, drawing.Array, drawing.Array]


def drawn_file(source: bytes | None = None) -> Path:
    """Return the path of the drawn digits; it has the digest of the generator in its name, so no other one's are used."""
    text = Path(drawing.__file__).read_bytes() if source is None else source
    return locations.cache_folder() / f"drawn-{hashlib.sha256(text).hexdigest()[:16]}.bin"


def drawn(draw: Callable[[], Drawn] = drawing.data_set) -> Digits:
    """Return the drawn digits: read from the cache, else drawn (some seconds) and kept there if it can be written."""
    path = drawn_file()
    digits = _kept(path)
    if digits is None:
        digits = Digits("drawn", *draw())
        _keep(path, digits)
    return digits


def _kept(path: Path) -> Digits | None:
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    sizes = (TRAIN * PIXELS, TRAIN, TEST * PIXELS, TEST)
    if len(raw) != DIGEST + sum(sizes) or hashlib.sha256(memoryview(raw)[DIGEST:]).digest() != raw[:DIGEST]:
        return None
    parts = np.split(np.frombuffer(raw, np.uint8, offset=DIGEST), np.cumsum(sizes)[:-1])
    return Digits("drawn", parts[0].reshape(TRAIN, PIXELS), parts[1], parts[2].reshape(TEST, PIXELS), parts[3])


def _keep(path: Path, digits: Digits) -> None:
    arrays = (digits.train_images, digits.train_labels, digits.test_images, digits.test_labels)
    payload = b"".join(array.tobytes() for array in arrays)
    try:
        atomic.write(path, hashlib.sha256(payload).digest() + payload)
        # those of other generators: nothing asks for them any more
        for old in path.parent.glob("drawn-*.bin"):
            if old != path:
                old.unlink(missing_ok=True)
    except (AuthorError, OSError):
        # a cache that cannot be written costs time, nothing else
        return
