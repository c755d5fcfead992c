"""What an export comes to: a file, or files to be packed, with who is in it and what has to be said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.exports.release import LeftOut
from grader.text import listed

# of those whom a reason concerns, so many are named
NAMED = 8


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


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """Yield a line for each student with what stood there and what would."""
    for change in changes:
        before = f"{change.was} -> " if change.was else ""
        same = change.was == change.now and change.was
        yield f"{change.who}: {f'{change.now}, as it is' if same else before + (change.now or 'no points yet')}"


def left_out_lines(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield a line for each reason, with those whom it concerns."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for each in left_out:
        reasons[each.why].append(each.who)
    for why, names in reasons.items():
        yield f"left out, {why}: {listed(names, NAMED)}"
