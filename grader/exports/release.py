"""The gate in front of every file for students: who is not released, or has no final mark, does not get through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.exports.final import Final

NOT_RELEASED = "not released"


@dataclass(frozen=True)
class LeftOut:
    """Somebody of whom a file says nothing, or not all, and why; `waits` for those who are not released or not final yet."""

    who: str
    why: str
    waits: bool = False


@dataclass(frozen=True)
class Released:
    """Those that files for students may tell of; each has points. `held` are the others. Only `released` makes one."""

    finals: tuple[Final, ...]
    held: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class ForStaff:
    """Everybody, released or not: what is written of it is for staff, and says of each whether they are released."""

    finals: tuple[Final, ...]


def released(finals: Iterable[Final]) -> Released:
    """Return who may be told of to students."""
    through: list[Final] = []
    held: list[LeftOut] = []
    for final in finals:
        if final.released and final.points is not None:
            through.append(final)
        else:
            held.append(LeftOut(name_of(final), final.why_not or NOT_RELEASED, waits=True))
    return Released(tuple(through), tuple(held))


def for_staff(finals: Iterable[Final]) -> ForStaff:
    """Return everybody."""
    return ForStaff(tuple(finals))


def name_of(final: Final) -> str:
    """Return what to call a student in a line for staff: the name, or whatever there is."""
    who = final.who
    return next((each for each in (who.name, who.login, who.mail, who.sis, who.id, final.submission) if each), "?")
