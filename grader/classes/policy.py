"""The rules of a course on time: when things are due, what lateness costs, which of several attempts counts.

Nothing that follows from a rule is ever stored: lateness is worked out whenever a score is read, from the time at which
something was handed in and from the rules of that moment. Days are those of the calendar in the course's zone.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grader import atomic
from grader.classes.model import Lateness
from grader.classes.policy_problems import RULES, instant_of, minutes_of, problems_of
from grader.classes.times import latest
from grader.errors import AuthorError
from grader.exports.final import rounded
from grader.text import counted, printable

HOUR = 3600


@dataclass(frozen=True)
class Counted:
    """One of several attempts, as it is weighed: its lateness, and its points before that; None where they are not final."""

    lateness: Lateness
    points: Decimal | None


@dataclass(frozen=True)
class Policy:
    """The rules: `due` and `extensions` are instants in UTC, `share` is taken off for each day or hour, at most `most`.

    `per` is ``day`` or ``hour``; without a due date nobody is late. Extensions are by whatever a student is known by, in small
    letters.
    """

    due: datetime | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    grace: timedelta = timedelta()
    per: str = "day"
    share: Decimal = Decimal(0)
    most: Decimal = Decimal(1)
    rule: str = "latest"
    extensions: Mapping[str, datetime] = field(default_factory=dict)

    def due_for(self, names: Iterable[str]) -> datetime | None:
        """Return when it is due for a student who is known by these names: an extension can only help."""
        if self.due is None:
            return None
        return max([self.due, *(self.extensions[name] for each in names if (name := _folded(each)) in self.extensions)])

    def lateness(self, names: str | Iterable[str], handed_in: datetime | None, late: bool | None = None) -> Lateness:
        """Return how late something is that was handed in at an instant by a student who is known by these `names`.

        `late` is the platform's word, for where the time is not known: then nothing is taken off.
        """
        due = self.due_for([names] if isinstance(names, str) else names)
        if handed_in is None or due is None:
            said = "late by the platform's word; by how much is not known, so nothing is taken off"
            return Lateness(words=said if late and not (due and due != self.due) else "")
        behind = math.ceil((handed_in - due).total_seconds())
        if behind <= self.grace.total_seconds():
            return Lateness()
        units = self._days(due, handed_in) if self.per == "day" else math.ceil(behind / HOUR)
        share = min(self.most, self.share * units)
        off = f", {_percent(share)} off" if share else ""
        return Lateness(behind, units, share, f"{counted(units, self.per)} late{off}")

    def _days(self, due: datetime, handed_in: datetime) -> int:
        """Return how many days late: each ends at the hour at which it was due, by the clock on the wall."""
        wall = due.astimezone(self.zone)
        # a start from below: a day has 23 hours at least, or 25
        days = max(0, int((handed_in - due) / timedelta(hours=25)) - 1)
        while latest(wall + timedelta(days=days)) < handed_in:
            days += 1
        return max(days, 1)

    def counting(self, attempts: Sequence[Counted]) -> int:
        """Return which of the attempts of a student, in their order in time, counts; IndexError without any.

        The latest one on time is the latest of all where none is on time. The best one is that with the most points after what
        lateness takes off, and of equal ones the latest; where nothing is final yet, the latest.
        """
        places = range(len(attempts))
        if self.rule == "latest on time" and (on_time := [k for k in places if not attempts[k].lateness.is_late]):
            return on_time[-1]
        known = [(final(each.points, each.lateness), k) for k, each in enumerate(attempts) if each.points is not None]
        if self.rule == "best" and known:
            return max(known)[1]
        return places[-1]

    @property
    def words(self) -> tuple[str, ...]:
        """What the rules say, in sentences that an instructor can check."""
        if self.due is None:
            due = "no due date is set: nobody is late"
        else:
            there = self.due.astimezone(self.zone)
            due = f"due on {there:%A, %d %B %Y at %H:%M} in {self.zone.key} ({self.due:%Y-%m-%d %H:%M} UTC)"
            if self.grace:
                due += f", with {counted(self.grace.total_seconds() / 60, 'minute')} of grace"
        if self.share and self.due:
            off = f"each {self.per} late costs {_percent(self.share)} of the points, {_percent(self.most)} at most"
        else:
            off = "lateness costs nothing"
        more = f"; {counted(len(self.extensions), 'extension')}" if self.extensions else ""
        return due, f"{off}; of several attempts {RULES[self.rule]} counts{more}"


def final(points: Decimal, lateness: Lateness) -> Decimal:
    """Return the points that are left of some after lateness, rounded half up to two digits."""
    return rounded(points * (1 - lateness.share) if points > 0 else points)


def load(path: Path) -> Policy:
    """Read the rules at `path`; AuthorError lists everything that is wrong, a line each."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise AuthorError(
            f"{path}: the rules of the class cannot be read ({error.strerror}); check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise AuthorError(f"{path}: is not UTF-8 (at byte {error.start}); save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise AuthorError(f"{path}: is not valid TOML: {printable(str(error))}") from error
    if problems := list(problems_of(table)):
        raise AuthorError("\n".join(f"{path}: {printable(problem)}" for problem in problems))
    return _policy(table)


def _policy(table: Mapping[str, Any]) -> Policy:
    zone = ZoneInfo(table["zone"]) if "zone" in table else ZoneInfo("UTC")
    penalty = table.get("penalty", {})
    extensions = {_folded(name): instant_of(value, zone) for name, value in table.get("extensions", {}).items()}
    return Policy(
        due=instant_of(table["due"], zone) if "due" in table else None,
        zone=zone,
        grace=timedelta(minutes=float(minutes_of(table.get("grace", 0)))),
        per=penalty.get("per", "day"),
        share=Decimal(str(penalty.get("percent", 0))) / 100,
        most=Decimal(str(penalty.get("at_most", 100))) / 100,
        rule=table.get("attempts", "latest"),
        extensions=extensions,
    )


def unknown_extensions(policy: Policy, known: Collection[str]) -> list[str]:
    """Return the names of extensions that are nobody's; `known` is all by which anybody is known."""
    names = set(map(_folded, known))
    return sorted(name for name in policy.extensions if name not in names)


def ensure(path: Path) -> Policy:
    """Return the rules at `path`, which are written with comments where there are none yet."""
    if not path.exists():
        atomic.write(path, text_of_new())
    return load(path)


def text_of_new() -> str:
    """Return the rules of a class that has none, with comments that say what can be written."""
    return _NEW


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _folded(name: str) -> str:
    return name.casefold().strip()


_NEW = """\
# The rules of this class on time. They are read whenever a score is: change them at any time, nothing is graded anew for it.

# When it is due, on the clock of the zone below. Without a due date nobody is late.
# due = "2026-11-30 23:59"

# The zone in which the course lives, by its name in the IANA database. A due date without a zone is refused.
# zone = "Europe/Berlin"

# So many minutes late are not late.
# grace = 10

# Which of several attempts counts: "latest", "latest on time" (the latest where none is on time), or "best" (after lateness).
attempts = "latest"

# What lateness costs: so many percent of the points that were earned, for each "day" or "hour" that has begun, and so many
# percent at most. A day ends at the hour at which it was due, by the clock on the wall, also when clocks change.
# [penalty]
# per = "day"
# percent = 10
# at_most = 50

# Who has more time: a key of a student as in the summary, or an id, login, mail or name. An extension can only help.
# [extensions]
# "jane@example.edu" = "2026-12-03 23:59"
"""
