"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.doctor.refusals import Refusal


class State(StrEnum):
    """How a thing is: MISSING means that submissions cannot be graded in Docker, WEAKER that it goes, but with less."""

    OK = "ok"
    WEAKER = "weaker"
    MISSING = "missing"


@dataclass(frozen=True)
class Row:
    """One thing that was looked at: what was found, and what to do about it (empty when it is ok).

    The row of a sandbox has what came of each attempt in it.
    """

    name: str
    state: State
    detail: str
    advice: str = ""
    refusals: tuple[Refusal, ...] = ()
