"""Blackboard: points into a column of the grade centre as it was downloaded, to be uploaded again."""

from __future__ import annotations

import re

from grader.errors import AuthorError
from grader.exports.platforms import numbers, sheet
from grader.exports.platforms.filling import Places, fill, one_column
from grader.exports.platforms.made import Merged
from grader.exports.release import Released
from grader.model import Person

FILE = "the grades of Blackboard"
DOWNLOAD = "download the column from the grade centre (Work Offline, Download) and give that file"
FEEDBACK = "Feedback to Learner"
_ID = re.compile(r"\|\s*\d+\s*\Z")
_WORTH = re.compile(r"\s*\[Total Pts:\s*(?:up to\s+)?([\d.,]+)[^\]]*\]")
_NAMES = {"Username": "login", "Student ID": "sis"}


def merged(download: bytes, finals: Released, *, title: str = "", file: str = FILE) -> Merged:
    """Return the download with the points in the column called `title`, and with no other students than theirs.

    Comments go into its column for feedback, where it has one. AuthorError when it is no download of grades, has no such column,
    or says that it is worth something else.
    """
    found = sheet.read(download, name=file)
    header = tuple(name.strip() for name in found.lines[0].values)
    if "Username" not in header:
        raise AuthorError(f"{file}: has no column Username; {DOWNLOAD}")
    column, called = one_column(
        {place: name for place, name in enumerate(header) if _ID.search(name)}, title, file=file, bare=_title
    )
    worth = _WORTH.search(called)
    places = Places(
        column,
        {
            line: Person(
                name=_name({name: row.value(place) for place, name in enumerate(header)}),
                **{ours: row.value(header.index(theirs)) for theirs, ours in _NAMES.items() if theirs in header},
            )
            for line, row in enumerate(found.lines)
            if line and not row.is_empty
        },
        numbers.read(worth.group(1)) if worth else None,
        comments=header.index(FEEDBACK) if header.count(FEEDBACK) == 1 else -1,
        comma=numbers.has_commas(row.value(column) for row in found.lines[1:]),
    )
    return fill(found, places, finals, platform="Blackboard")


def _title(header: str) -> str:
    return _WORTH.sub("", _ID.sub("", header)).strip()


def _name(said: dict[str, str]) -> str:
    return " ".join(filter(None, (said.get("First Name"), said.get("Last Name"))))
