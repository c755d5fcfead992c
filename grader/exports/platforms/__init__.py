"""What is handed to other programs for a class: one module for each format, and the only door to them.

Whatever students may get to see passes the gate of `grader.exports.release`; only what is for staff can do without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from grader.errors import AuthorError
from grader.exports.final import Final
from grader.exports.platforms import (
    blackboard,
    brightspace,
    canvas,
    classroom50,
    feedback,
    gradescope,
    junit,
    moodle,
    nbgrader,
    plain,
)
from grader.exports.platforms.made import Change, Merged, Packed, change_lines, left_out_lines
from grader.exports.release import ForStaff, LeftOut, Released, for_staff, released
from grader.model import Result

__all__ = [
    "FORMATS",
    "FOR_STAFF",
    "MERGED",
    "WRITTEN",
    "Change",
    "LeftOut",
    "Merged",
    "Packed",
    "change_lines",
    "left_out_lines",
    "merged",
    "written",
]

Results = Callable[[Path], Result | None]

# those that go into a file of the platform's own
MERGED: Mapping[str, Callable[..., Merged]] = {
    "canvas": canvas.merged,
    "moodle": moodle.merged,
    "blackboard": blackboard.merged,
    "brightspace": brightspace.merged,
    "classroom50": classroom50.merged,
}
# those that are files of their own, for students, and those that can be for staff
WRITTEN: Mapping[str, Callable[[Released, Results, str], Merged | Packed]] = {
    "moodle": lambda finals, results, title: moodle.packed(finals, results),
    "gradescope": lambda finals, results, title: gradescope.packed(finals, results),
    "feedback": lambda finals, results, title: feedback.packed(finals, results),
    "nbgrader": lambda finals, results, title: nbgrader.written(finals, title=title),
}
FOR_STAFF: Mapping[str, Callable[[Released | ForStaff, Results], Merged]] = {
    "csv": lambda finals, results: plain.written(finals),
    "junit": junit.written,
}
FORMATS = tuple(sorted({*MERGED, *WRITTEN, *FOR_STAFF}))


def merged(name: str, download: bytes, finals: Iterable[Final], *, title: str = "", file: str) -> Merged:
    """Return the platform's own file with the points of those who are released; AuthorError where it does not fit.

    `file` is what the download is called there.
    """
    if name not in MERGED:
        raise AuthorError(f"{name} is a file of its own and goes into no download; leave out --into")
    return MERGED[name](download, released(finals), title=title, file=file)


def written(
    name: str, finals: Iterable[Final], *, results: Results, title: str = "", unreleased: bool = False
) -> Merged | Packed:
    """Return a file, or files to be packed, of those who are released; with `unreleased` of all, where the format is for staff.

    `results` reads what the folder of a submission says. AuthorError where the format needs a download to go into.
    """
    if name in FOR_STAFF:
        return FOR_STAFF[name](for_staff(finals) if unreleased else released(finals), results)
    if unreleased:
        raise AuthorError(
            f"{name} is for students, and only {' and '.join(FOR_STAFF)} can tell of those who are not released"
        )
    if name not in WRITTEN:
        raise AuthorError(f"{name} goes into the file that you have downloaded there; give it with --into")
    return WRITTEN[name](released(finals), results, title)
