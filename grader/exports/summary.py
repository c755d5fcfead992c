"""A class as a table that other programs read: a row for each submission, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader import __version__
from grader.exports.cells import harmless
from grader.model import Marks, Result
from grader.text import as_json_text, number, printable

SCHEMA = "mlpgrader.summary/1"
MARKS = ("earned", "possible", "pending", "withheld")


@dataclass(frozen=True)
class Row:
    """One submission of a class: its points and what it earned in each item, or why it was not graded.

    `attempt` counts what was handed in under this id, from 1: the gradings of earlier ones are kept. `notices` say why a person
    may want to look at it. `name` is whose it is, where a class says so.
    """

    id: str
    marks: Marks | None = None
    items: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    attempt: int = 1
    notices: tuple[str, ...] = ()
    name: str = ""

    @classmethod
    def of(cls, result: Result) -> Row:
        """Return the row of a submission that was graded."""
        return cls(
            result.id, result.marks, {item.id: item.marks.earned for item in result.items}, notices=result.notices
        )

    @classmethod
    def failed(cls, name: str, reason: str) -> Row:
        """Return the row of one that was not, and why."""
        return cls(name, error=printable(reason) or "could not be read")


def as_csv(rows: Iterable[Row]) -> str:
    """Return a class as CSV: id, points by kind, one column an item, and why a submission could not be read.

    Where names are known, a second column has them. Where somebody has handed in again, a last column says how often each one
    has, and where a person may want to look at one, another one says why.

    No cell is a formula to a spreadsheet, whatever a submission is called.
    """
    rows = _in_order(rows)
    items = list(dict.fromkeys(name for row in rows for name in row.items))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    again = any(row.attempt > 1 for row in rows)
    look = any(row.notices for row in rows)
    named = any(row.name for row in rows)
    more = [*(["attempt"] if again else []), *(["look"] if look else [])]
    writer.writerow([harmless(name) for name in ("id", *(["name"] if named else []), *MARKS, *items, "error", *more)])
    for row in rows:
        marks = _marks(row)
        earned = [number(row.items[name]) if name in row.items else "" for name in items]
        points = ["" if marks[kind] is None else marks[kind] for kind in MARKS]
        last = [*([row.attempt] if again else []), *([harmless(". ".join(row.notices))] if look else [])]
        who = [harmless(row.id), *([harmless(row.name)] if named else [])]
        writer.writerow([*who, *points, *earned, harmless(row.error), *last])
    return written.getvalue()


def as_data(rows: Iterable[Row]) -> dict[str, Any]:
    """Return a class as plain data, schema `mlpgrader.summary/1`: those graded and those that could not be read."""
    rows = _in_order(rows)
    return {
        "schema": SCHEMA,
        "grader_version": __version__,
        "submissions": [
            {
                **_who(row),
                **_marks(row),
                "items": {name: number(earned) for name, earned in row.items.items()},
                "attempt": row.attempt,
                **({"notices": [printable(each) for each in row.notices]} if row.notices else {}),
            }
            for row in rows
            if not row.error
        ],
        "failures": [{**_who(row), "error": row.error, "attempt": row.attempt} for row in rows if row.error],
    }


def as_json(rows: Iterable[Row]) -> str:
    """Return a class as the text of a JSON document."""
    return as_json_text(as_data(rows))


def _who(row: Row) -> dict[str, str]:
    return {"id": printable(row.id), **({"name": printable(row.name)} if row.name else {})}


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: printable(row.id))


def _marks(row: Row) -> dict[str, int | float | None]:
    return {kind: None if row.marks is None else number(getattr(row.marks, kind)) for kind in MARKS}
