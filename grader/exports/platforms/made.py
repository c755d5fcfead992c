"""What an export comes to: a file, or files to be packed, with who is in it and what has to be said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.exports.release import LeftOut


@dataclass(frozen=True)
class Change:
    """What a file says of one student: what stood there, and what stands there now."""

    who: str
    was: str
    now: str


@dataclass(frozen=True)
class Merged:
    """A file: its `content`, what it says of whom, of whom it says nothing and why, and what else to know."""

    content: bytes
    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Packed:
    """An archive: its files, name -> content, made one after another as they are asked for; the rest is as in `Merged`."""

    files: Iterable[tuple[str, bytes]]
    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...] = ()
    told: tuple[str, ...] = ()
