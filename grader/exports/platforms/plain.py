"""A table of our own as CSV, for students who are released or, for staff, for all."""

from __future__ import annotations

import csv
import io

from grader.exports.cells import harmless
from grader.exports.final import Final
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import points_of
from grader.exports.platforms.made import Change, Merged
from grader.exports.release import ForStaff, Released, name_of

WHO = ("id", "name", "login", "mail", "sis", "section")


def written(finals: Released | ForStaff) -> Merged:
    """Return a line for each student: who it is, points in all and by item, when it was handed in, lateness and comment.

    For staff, two columns more say whether a student is released, and why there are no points yet. No cell is a formula to a
    spreadsheet. Times are in UTC.
    """
    staff = isinstance(finals, ForStaff)
    items = list(dict.fromkeys(name for final in finals.finals for name in final.items))
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    more = ("released", "why_not") if staff else ()
    writer.writerow([*WHO, "points", "possible", *map(harmless, items), "handed_in", "late", "comment", *more])
    for final in finals.finals:
        last = ("yes" if final.released else "no", final.why_not) if staff else ()
        writer.writerow(
            [
                *(harmless(getattr(final.who, kind)) for kind in WHO),
                _points(final),
                numbers.written(final.possible),
                *(numbers.written(final.items[name]) if name in final.items else "" for name in items),
                final.handed_in.strftime("%Y-%m-%dT%H:%M:%SZ") if final.handed_in else "",
                *(harmless(each) for each in (final.late, final.comment, *last)),
            ]
        )
    changes = tuple(Change(name_of(final), "", _points(final)) for final in finals.finals)
    held = () if isinstance(finals, ForStaff) else finals.held
    return Merged(made.getvalue().encode(errors="backslashreplace"), changes, held)


def _points(final: Final) -> str:
    return "" if final.points is None else numbers.written(points_of(final))
