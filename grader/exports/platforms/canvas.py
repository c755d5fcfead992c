"""Canvas: points into the gradebook as its instructor has downloaded it, in one column, for a later import."""

from __future__ import annotations

import re

from grader.errors import AuthorError
from grader.exports.platforms import numbers, sheet
from grader.exports.platforms.filling import Places, fill, one_column
from grader.exports.platforms.made import Merged
from grader.exports.platforms.sheet import Sheet
from grader.exports.release import Released
from grader.model import Person

FILE = "the gradebook of Canvas"
DOWNLOAD = "export the whole gradebook there (Grades, Export) and give that file, not one that a spreadsheet has saved"
POINTS, READ_ONLY, TEST_STUDENT = "points possible", "(read only)", "Student, Test"
FIXED = {
    "EX": "is excused at Canvas",
    "N/A": "does not have this assignment at Canvas, or it is hidden there",
}
# columns whose titles say this are taken for computed ones and dropped when the file is imported
COMPUTED = re.compile(r"\b(?:current|final|unposted|override)\b.*\b(?:points|score|grade)\b", re.IGNORECASE)
_ID = re.compile(r"\s*\(\d+\)\s*\Z")
_NAMES = {"ID": "id", "SIS User ID": "sis", "SIS Login ID": "login", "Section": "section"}


def merged(download: bytes, finals: Released, *, title: str = "", file: str = FILE) -> Merged:
    """Return the gradebook with the points in the column called `title`, and with no other students than theirs.

    Every cell but those of that column is as in the `download`, byte for byte. AuthorError when it is no gradebook of Canvas, has
    no such column, or says that it is worth something else.
    """
    found = sheet.read(download, name=file)
    header = found.lines[0].values
    last = _last_of_student(header, file)
    column, called = one_column(
        {
            place: name
            for place, name in enumerate(header)
            if place > last and _ID.search(name) and not COMPUTED.search(_title(name))
        },
        title,
        file=file,
        bare=_title,
    )
    points = _points(found, file)
    worth = found.value(points, column)
    if READ_ONLY in worth:
        raise AuthorError(f"{file}: the column '{called}' is read only there; choose another one with --title")
    maximum = numbers.read(worth)
    if maximum is None:
        raise AuthorError(f"{file}: does not say how many points '{called}' is worth; {DOWNLOAD}")
    students = range(points + 1, len(found.lines))
    cells = (found.value(line, place) for line in (points, *students) for place in range(last + 1, len(header)))
    places = Places(
        column,
        {line: who for line in students if (who := _who(found, line, header, last))},
        maximum,
        kept=frozenset(range(points + 1)),
        fixed=FIXED,
        comma=numbers.has_commas(cells),
    )
    return fill(found, places, finals, platform="Canvas")


def _title(header: str) -> str:
    return _ID.sub("", header).strip()


def _last_of_student(header: tuple[str, ...], file: str) -> int:
    """Return the last of the columns that say who a student is; AuthorError when this is no gradebook of Canvas."""
    names = [name.strip() for name in header]
    begins = names[:1] == ["Student"] or names[:2] == ["LastName", "FirstName"]
    if not begins or "ID" not in names[:3] or "Section" not in names:
        raise AuthorError(f"{file}: does not begin with the columns Student, ID and Section; {DOWNLOAD}")
    return names.index("Section")


def _points(found: Sheet, file: str) -> int:
    """Return the line that says what columns are worth."""
    for line in range(1, min(4, len(found.lines))):
        if found.value(line, 0).strip().casefold() == POINTS:
            return line
    raise AuthorError(f"{file}: has no line 'Points Possible' above its students; {DOWNLOAD}")


def _who(found: Sheet, line: int, header: tuple[str, ...], last: int) -> Person | None:
    """Return who a line is about, None for an empty one and for the test student."""
    values = found.lines[line].values
    said = {name.strip(): value for name, value in zip(header[: last + 1], values, strict=False)}
    name = said.get("Student") or ", ".join(filter(None, (said.get("LastName"), said.get("FirstName"))))
    if not any(values) or name == TEST_STUDENT:
        return None
    return Person(name=name, **{ours: said.get(theirs, "") for theirs, ours in _NAMES.items()})
