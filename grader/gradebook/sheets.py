"""Files of marks: what waits as a table to fill in, and such a table read again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from grader.classes import tables
from grader.errors import AuthorError
from grader.exports.cells import harmless
from grader.gradebook.marking import Given
from grader.gradebook.nouns import Waiting, Why
from grader.text import printable

COLUMNS = (
    "student", "name", "attempt", "item", "check", "title", "possible", "why", "earlier_points", "earlier_comment", "by",
    "version", "text", "see", "points", "comment",
)  # fmt: skip
NEEDED = ("student", "attempt", "item", "check")
FILLED = ("points", "comment")
DELETE = "delete"
NUMBER = re.compile(r"-?\d+([.,]\d+)?")
MOST_WRONG = 20


def as_csv(waiting: Iterable[Waiting], texts: Mapping[tuple[str, int, str], tuple[str, str]]) -> str:
    """Return what waits as a table with empty columns for points and comments.

    `texts` are by student, attempt and check what was written, and where to look. No cell is a formula to a spreadsheet.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in waiting:
        found, mark = each.found, each.mark
        earlier = (f"{mark.points:f}", mark.comment, mark.author) if mark and mark.points is not None else ("", "", "")
        text, see = texts.get((each.student, each.attempt, found.check), ("", ""))
        about = (
            each.student,
            each.name,
            f"{each.attempt}",
            found.item,
            found.check,
            found.title,
            f"{found.possible:f}",
        )
        writer.writerow(
            [_cell(part) for part in (*about, in_words(each.why), *earlier, f"{each.version}", text, see, "", "")]
        )
    return written.getvalue()


def in_words(why: Why) -> str:
    """Return why something waits, as a person reads it."""
    return {
        Why.PENDING: "not marked yet",
        Why.STALE: "marked on an earlier result",
        Why.WITHHELD: "withheld: a fault of the grader",
    }[why]


def read(path: Path, students: Collection[str]) -> tuple[list[Given], tuple[str, ...]]:
    """Return the marks that a file wants to give, and what is to be said of how it was read.

    It needs the columns student, attempt, item and check, and points or comment. An empty cell leaves what is there, the word
    ``delete`` takes it away; in the column of points, the comment too. AuthorError names every cell that is wrong.
    """
    text, said = tables.text_of(path)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=tables.separator_of(text), strict=True)
    try:
        header = [name.strip().casefold() for name in next(rows, [])]
        lines = [(rows.line_num, row) for row in rows if any(part.strip() for part in row)]
    except csv.Error as error:
        raise AuthorError(f"{path}: line {rows.line_num}: is no CSV ({error})") from error
    missing = [name for name in NEEDED if header.count(name) != 1]
    if missing or not set(FILLED) & set(header):
        raise AuthorError(
            f"{path}: has to have once each of the columns {', '.join(NEEDED)}, and points or comment, separated by commas, "
            f"semicolons or tabs; `mlpgrader pending RUN --csv FILE` writes such a file"
        )
    known = {student: student for student in students} | {_cell(student): student for student in students}
    given, wrong = [], []
    for number, row in lines:
        try:
            each = _given(dict(zip(header, row, strict=False)), known, where=f"line {number}")
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
        else:
            given += [each] if each else []
    refuse(path, wrong)
    return given, said


def _cell(text: str) -> str:
    return harmless(text, newlines=True)


def refuse(path: Path, wrong: Sequence[str]) -> None:
    """AuthorError that names what is wrong with a file, where anything is."""
    if wrong:
        more = [f"and {len(wrong) - MOST_WRONG} more"] if len(wrong) > MOST_WRONG else []
        raise AuthorError("\n  ".join([f"{path}: nothing was written:", *wrong[:MOST_WRONG], *more]))


def _given(row: Mapping[str, str], known: Mapping[str, str], *, where: str) -> Given | None:
    points, comment = row.get("points", "").strip(), row.get("comment", "").strip()
    if not points and not comment:
        return None
    student = known.get(row["student"]) or known.get(row["student"].strip())
    if student is None:
        raise ValueError(f"there is nobody called '{printable(row['student'])}'")
    return Given(
        student,
        _whole(row["attempt"], "attempt"),
        row["item"].strip(),
        row["check"].strip(),
        points=None if points.casefold() in ("", DELETE) else _points(points),
        comment=None if not comment else "" if comment.casefold() == DELETE else comment.removeprefix("'"),
        delete=points.casefold() == DELETE,
        version=_whole(row["version"], "version") if row.get("version", "").strip() else None,
        where=where,
    )


def _points(text: str) -> Decimal:
    if not NUMBER.fullmatch(text.removeprefix("+")):
        raise ValueError(f"points '{printable(text)}': give a number, or {DELETE}")
    return Decimal(text.replace(",", "."))


def _whole(text: str, name: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10):
        raise ValueError(f"{name} '{printable(text)}': give a whole number")
    return int(text)
