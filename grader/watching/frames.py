"""The calls of networks as bytes: what leaves the process of a notebook, and what comes back to it.

Frame: a head of 16 bytes, little-endian (kind, flags, 0, network, number, size of the payload), then the payload. A number
other than 0 asks for a reply, which carries it. Payloads are read by `Reader`, which checks every size before it takes anything.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy import ascontiguousarray, bool_, dtype, frombuffer, generic, ndarray

Array = ndarray[Any, Any]

HEAD = struct.Struct("<BBHIII")
LIMIT = 64 * 2**20
# what a network was called for
OPEN, MADE, BUILT, LAYER, BLOCK, FORWARD, SERVED, BACKWARD, STEP, CLEAR, SNAPSHOT, COPIED, FORGET, LACKS, SYNC = range(
    1, 16
)
STARTS, RESULT = 16, 17
CALLS = frozenset(range(OPEN, RESULT + 1))
# what comes back: an answer, an exception, a function of the notebook's to be evaluated
DONE, RAISED, APPLY = 64, 65, 66
REPLIES = frozenset((DONE, RAISED, APPLY))

# how values travel: nothing, arrays and numpy's scalars, Python's numbers
NOTHING, ARRAY, SCALAR, FLOAT, INT, BOOL = range(6)
DTYPES = ("<f8", "<f4", "<f2", "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<c8", "<c16")
AXES, LONGEST_TEXT = 8, 400
# which function of a network is meant: the derivative of its loss, the nonlinearity of a layer, and its derivative; and which of
# the latter two the engine knows
LOSS, VALUE, SLOPE = range(3)
KNOWN_VALUE, KNOWN_SLOPE = 1, 2
# how the rows of a block travel: by numbers, as they are; and its targets: as classes, as the inputs, as they are, not at all
NUMBERED, PLAIN = range(2)
CLASSES, INPUTS, NUMBERS, NONE = range(4)
# numbers of the state of np.random that networks are drawn from
STATE = 624
LARGEST_INT = 2**63


class FrameError(Exception):
    """Bytes that are no frame, or one that says what cannot be."""


@dataclass(frozen=True)
class Frame:
    """One call or reply."""

    kind: int
    network: int = 0
    payload: bytes = b""
    flags: int = 0
    number: int = 0

    def encoded(self) -> bytes:
        """Return its bytes."""
        return HEAD.pack(self.kind, self.flags, 0, self.network, self.number, len(self.payload)) + self.payload


def decoded(read: Callable[[int], bytes], *, kinds: frozenset[int]) -> Frame:
    """Read one frame of one of `kinds` through `read(n)`, which returns exactly n bytes; FrameError for anything else."""
    kind, flags, nothing, network, number, size = HEAD.unpack(read(HEAD.size))
    if kind not in kinds or nothing or size > LIMIT:
        raise FrameError("bytes that are no call of a network")
    return Frame(kind, network, read(size) if size else b"", flags, number)


def complete(waiting: bytearray | bytes, at: int = 0) -> int:
    """Return how many bytes the frame at `at` takes, 0 while it is not complete; FrameError when it is too long."""
    if len(waiting) - at < HEAD.size:
        return 0
    size = HEAD.unpack_from(waiting, at)[-1]
    if size > LIMIT:
        raise FrameError("a call of a network that is too long")
    whole: int = HEAD.size + size
    return whole if len(waiting) - at >= whole else 0


def taken(waiting: bytearray, *, kinds: frozenset[int]) -> Frame:
    """Take out the frame of one of `kinds` that `waiting` begins with and that is complete; FrameError for anything else.

    Interrupted on the way, nothing is taken out.
    """
    at = 0

    def read(count: int) -> bytes:
        nonlocal at
        at += count
        return bytes(waiting[at - count : at])

    found = decoded(read, kinds=kinds)
    del waiting[:at]
    return found


class Reader:
    """Takes a payload apart; FrameError when it is shorter than it says, or longer."""

    def __init__(self, payload: bytes) -> None:
        self._payload, self._at = payload, 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        """Return numbers by their form in `struct`, without padding."""
        form = f"<{form}"
        return struct.unpack_from(form, self._payload, self._take(struct.calcsize(form)))

    def array(self, kind: str, *shape: int) -> Array:
        """Return an array that may be written to, of one of DTYPES."""
        count = 1
        for length in shape:
            count *= length
        if count > LIMIT or any(length < 0 for length in shape):
            raise FrameError("an array of an impossible shape")
        each = dtype(kind)
        at = self._take(count * each.itemsize)
        if kind == "|b1":
            truths: Array = frombuffer(self._payload, "|u1", count, at) != 0
            return truths.reshape(shape)
        return frombuffer(self._payload, each, count, at).reshape(shape).copy()

    def value(self) -> Any:
        """Return a value as `value_bytes` wrote it."""
        (kind,) = self.numbers("B")
        if kind == NOTHING:
            return None
        if kind == FLOAT:
            return self.numbers("d")[0]
        if kind in (INT, BOOL):
            (number,) = self.numbers("q")
            return bool(number) if kind == BOOL else number
        if kind not in (ARRAY, SCALAR):
            raise FrameError("a value of a kind that does not exist")
        which, axes = self.numbers("BB")
        if which >= len(DTYPES) or axes > AXES:
            raise FrameError("an array of a form that does not travel")
        found = self.array(DTYPES[which], *self.numbers(f"{axes}I"))
        return found if kind == ARRAY else found.reshape(-1)[0] if found.size == 1 else _not_one()

    def text(self) -> str:
        """Return a bounded text."""
        (size,) = self.numbers("H")
        if size > 4 * LONGEST_TEXT:
            raise FrameError("a text that is too long")
        at = self._take(size)
        try:
            return self._payload[at : at + size].decode()
        except UnicodeDecodeError:
            raise FrameError("a text that is none") from None

    def state(self) -> tuple[Array, int, int, float]:
        """Return what of a generator's state follows its name, as `state_bytes` wrote it; FrameError when it cannot be one."""
        keys = self.array("<u4", STATE)
        position, has_gauss, cached = self.numbers("iid")
        if not 0 <= position <= STATE or has_gauss not in (0, 1):
            raise FrameError("a state that no generator has")
        return keys, position, has_gauss, cached

    @property
    def left(self) -> int:
        """How many bytes were not read."""
        return len(self._payload) - self._at

    def end(self) -> None:
        """FrameError unless all was read."""
        if self.left:
            raise FrameError("a call of a network with more in it than it says")

    def _take(self, size: int) -> int:
        at = self._at
        if size > self.left:
            raise FrameError("a call of a network that ends early")
        self._at = at + size
        return at


def _not_one() -> Any:
    raise FrameError("a number that is several")


def value_bytes(value: Any) -> bytes | None:
    """Return a number, a numpy number or an array of numbers as it travels, None where it does not."""
    kind = type(value)
    if value is None:
        return bytes([NOTHING])
    if kind is float:
        return struct.pack("<Bd", FLOAT, value)
    if kind is bool or (kind is int and -LARGEST_INT <= value < LARGEST_INT):
        return struct.pack("<Bq", BOOL if kind is bool else INT, value)
    if kind is not ndarray and not (isinstance(value, generic) and kind.__module__ == "numpy"):
        return None
    form = "|b1" if value.dtype == bool_ else value.dtype.newbyteorder("<").str
    if form not in DTYPES or value.ndim > AXES or value.nbytes > LIMIT // 2:
        return None
    raw = ascontiguousarray(value, dtype=form).tobytes()
    shape = struct.pack(f"<{value.ndim}I", *value.shape)
    return struct.pack("<BBB", ARRAY if kind is ndarray else SCALAR, DTYPES.index(form), value.ndim) + shape + raw


def state_bytes(state: Any) -> bytes:
    """Return the state of a generator, as ``np.random.get_state`` gives it, as it travels: without its name."""
    raw: bytes = ascontiguousarray(state[1], dtype="<u4").tobytes()
    return raw + struct.pack("<iid", *state[2:])


def text_bytes(text: str) -> bytes:
    """Return a text as it travels, cut to what is allowed."""
    raw = text[:LONGEST_TEXT].encode(errors="replace")
    return struct.pack("<H", len(raw)) + raw
