"""What pages of marking show of answers, marks and lines of the guide: no name of a student, no key, no attempt's folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grader.answers import Answer, Group, Kind
from grader.gradebook.nouns import Answered, Entry, Mark, Why
from grader.text import counted

SNIPPET = 280
KINDS = {
    Kind.EMPTY: "Nothing was answered",
    Kind.EQUAL: "The same words",
    Kind.NEAR: "Nearly the same words",
    Kind.PICTURE: "The same picture",
    Kind.SINGLE: "Like no other",
}


@dataclass(frozen=True)
class Line:
    """One line of a guide as it is ticked: `key` is its digit, empty from the tenth on."""

    id: int
    key: str
    text: str
    points: str
    signed: str
    version: int
    uses: int
    ticked: bool
    retired: bool


@dataclass(frozen=True)
class Row:
    """One answer in a list: where it is, how it begins, and how it stands."""

    place: int
    begin: str
    state: str
    points: str
    flagged: bool


@dataclass(frozen=True)
class Card:
    """One group in a list: its number, how its answers are alike, and how the one begins that stands for all."""

    number: int
    kind: str
    alike: str
    begin: str
    rows: tuple[Row, ...]

    @property
    def open(self) -> int:
        """How many wait for a person."""
        return sum(row.state != "marked" for row in self.rows)

    @property
    def points(self) -> str:
        """The points of the marked ones, from the least to the most."""
        given = sorted({row.points for row in self.rows if row.state == "marked"}, key=float)
        return given[0] if len(given) == 1 else f"{given[0]} to {given[-1]}" if given else ""


def in_words(points: Decimal) -> str:
    """Return points as people write them."""
    return f"{points.normalize():f}" if points else "0"


def signed(points: Decimal) -> str:
    """Return points with their sign, as they are added."""
    return in_words(points).replace("-", "−") if points <= 0 else f"+{in_words(points)}"


def lines(guide: Iterable[Entry], ticked: Sequence[int]) -> tuple[Line, ...]:
    """Return the lines that are offered, and those that are ticked though they are offered no more."""
    shown = [each for each in guide if not each.retired or each.id in ticked]
    return tuple(
        Line(
            each.id,
            str(place) if place < 10 else "",
            each.text,
            in_words(each.points),
            signed(each.points),
            each.version,
            each.uses,
            each.id in ticked,
            each.retired,
        )
        for place, each in enumerate(shown, 1)
    )


def mark_data(mark: Mark | None) -> dict[str, Any]:
    """Return what a person gave as plain data, the same for no mark and for one that was deleted."""
    if mark is None:
        return {"points": None, "entries": [], "adjustment": "0", "comment": ""}
    has_points = mark.points is not None and not mark.entries
    return {
        "points": in_words(mark.points) if has_points and mark.points is not None else None,
        "entries": list(mark.entries),
        "adjustment": in_words(mark.adjustment),
        "comment": mark.comment,
    }


def theirs(mark: Mark | None, texts: Mapping[int, str]) -> dict[str, Any]:
    """Return the mark that somebody else gave meanwhile, for whoever has to choose."""
    said = [] if mark is None or mark.points is None else [f"{in_words(mark.points)} points"]
    said += [texts[each] for each in mark.entries if each in texts] if mark else []
    said += [f"“{mark.comment}”"] if mark and mark.comment else []
    author = mark.author if mark else "Somebody"
    return {
        "version": mark.version if mark else 0,
        "mark": mark_data(mark),
        "author": author,
        "said": "; ".join(said) or "no mark",
    }


def state_of(each: Answered) -> str:
    """Return in one word how an answer stands: marked, stale or open."""
    return "marked" if each.why is None else "stale" if each.why is Why.STALE else "open"


def row(each: Answered, place: int, answer: Answer) -> Row:
    """Return an answer as it stands in a list."""
    given = each.mark.points if each.mark and each.why is None else None
    earned = each.found.earned if given is None and each.why is None else given
    return Row(place, begin(answer), state_of(each), "" if earned is None else in_words(earned), each.flagged)


def begin(answer: Answer) -> str:
    """Return how an answer begins, in one line."""
    if answer.is_empty:
        return "(nothing)"
    words = " ".join((answer.own or answer.text).split())
    if not words:
        return "(a picture)" if answer.pictures else "(code)" if answer.exact else "(see the notebook)"
    return words if len(words) <= SNIPPET else f"{words[:SNIPPET]} …"


def card(number: int, group: Group, rows: Sequence[Row]) -> Card:
    """Return a group as it stands in a list."""
    shown = next(row for row, name in zip(rows, group.members, strict=True) if name == group.shown)
    return Card(number, str(group.kind), KINDS[group.kind], shown.begin, tuple(rows))


def follows(each: Answered, group: str) -> bool:
    """Tell whether a mark for the group is written to this member: not where it was marked, or taken back, by itself."""
    return each.mark is None or each.mark.group == group


def title_of(place: int, item: str) -> str:
    """Return what an answer is called without a name."""
    return f"{item}, answer {place}"


def group_title(card: Card, item: str) -> str:
    """Return what a group is called."""
    return f"{item}, group of {counted(len(card.rows), 'answer')}"
