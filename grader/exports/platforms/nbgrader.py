"""The table that ``nbgrader export`` writes, for what reads such tables."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from grader.exports.cells import harmless
from grader.exports.final import Final
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import points_of
from grader.exports.platforms.made import Change, Merged
from grader.exports.release import Released, name_of

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def written(finals: Released, *, title: str = "") -> Merged:
    """Return a line for each student; `title` is the assignment. Times are in UTC without a zone, as nbgrader writes them."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for final in finals.finals:
        writer.writerow([harmless(title), "", *_cells(final)])
    changes = tuple(Change(name_of(final), "", numbers.written(points_of(final))) for final in finals.finals)
    unnamed = () if title else ("The assignment has no name in it; give one with --title.",)
    told = ("The due date is not written.", *unnamed)
    return Merged(made.getvalue().encode(errors="backslashreplace"), changes, finals.held, told)


def _cells(final: Final) -> list[str]:
    who, points = final.who, points_of(final)
    raw = sum(final.items.values(), Decimal(0)) if final.items else points
    last, comma, first = who.name.partition(",")
    names = (last.strip(), first.strip()) if comma else (who.name, "")
    return [
        final.handed_in.strftime("%Y-%m-%d %H:%M:%S.%f") if final.handed_in else "",
        *(harmless(each) for each in (who.login or who.sis or who.id or who.name, *names, who.mail)),
        numbers.written(raw),
        numbers.written(max(raw - points, Decimal(0))),
        numbers.written(points),
        numbers.written(final.possible),
    ]
