"""Brightspace: points into a grade item of the grades as they were exported, to be imported again."""

from __future__ import annotations

import re

from grader.errors import AuthorError
from grader.exports.platforms import numbers, sheet
from grader.exports.platforms.filling import Places, fill, one_column
from grader.exports.platforms.made import Merged
from grader.exports.release import Released
from grader.model import Person

FILE = "the grades of Brightspace"
DOWNLOAD = "export them there (Grades, Enter Grades, Export; key field: both; grade values: points) and give that file"
END = "End-of-Line Indicator"
_POINTS = re.compile(r"\s+Points Grade\b.*\Z")
_WORTH = re.compile(r"MaxPoints:\s*([\d.,]+)")
_NAMES = {"OrgDefinedId": "sis", "Username": "login", "Email": "mail"}


def merged(download: bytes, finals: Released, *, title: str = "", file: str = FILE) -> Merged:
    """Return the export with the points in the item called `title`, and with no other students; each ``#`` stays where it is.

    AuthorError when it is no export of grades, has no such item, or says that it is worth something else.
    """
    found = sheet.read(download, name=file)
    header = tuple(name.strip() for name in found.lines[0].values)
    if END not in header or not {"OrgDefinedId", "Username"} & set(header):
        raise AuthorError(f"{file}: lacks the columns OrgDefinedId or Username, and {END}; {DOWNLOAD}")
    column, called = one_column(
        {place: name for place, name in enumerate(header) if _POINTS.search(name)}, title, file=file, bare=_title
    )
    worth = _WORTH.search(called)
    places = Places(
        column,
        {
            line: _who({name: row.value(place).strip() for place, name in enumerate(header)})
            for line, row in enumerate(found.lines)
            if line and not row.is_empty
        },
        numbers.read(worth.group(1)) if worth else None,
        comma=numbers.has_commas(row.value(column) for row in found.lines[1:]),
    )
    return fill(found, places, finals, platform="Brightspace")


def _title(header: str) -> str:
    return _POINTS.sub("", header).strip()


def _who(said: dict[str, str]) -> Person:
    # a # keeps spreadsheets from taking a number for one
    keys = {ours: said.get(theirs, "").removeprefix("#") for theirs, ours in _NAMES.items()}
    return Person(name=" ".join(filter(None, (said.get("First Name"), said.get("Last Name")))), **keys)
