"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is: MISSING means that submissions cannot be graded in Docker, WEAKER that it goes, but with less."""

    OK = "ok"
    WEAKER = "weaker"
    MISSING = "missing"


class Outcome(StrEnum):
    """What came of an attempt."""

    HELD = "held"
    NOT_HELD = "not held"
    UNTESTABLE = "not testable here"


@dataclass(frozen=True)
class Refusal:
    """What came of one attempt in one sandbox, and what to do about it (empty unless it is not held)."""

    sandbox: str
    name: str
    outcome: Outcome
    detail: str
    advice: str = ""


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
