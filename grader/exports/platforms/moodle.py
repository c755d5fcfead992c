"""Moodle: points into the worksheet as its teacher has downloaded it, and the archive of feedback files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader.errors import AuthorError
from grader.exports.final import Final
from grader.exports.platforms import numbers, sheet
from grader.exports.platforms.filling import Places, fill
from grader.exports.platforms.made import Change, Merged, Packed
from grader.exports.platforms.page import page_of
from grader.exports.platforms.sheet import Sheet
from grader.exports.release import LeftOut, Released, name_of
from grader.filenames import STUDENT_PAGE
from grader.model import Person, Result

FILE = "the worksheet of Moodle"
DOWNLOAD = "download it there (Submissions, Actions, Download grading worksheet) and give that file as it is"
SILENT = (
    "Moodle skips without a word what is locked there, equals what is there, or was changed there more than a minute after the "
    "worksheet was downloaded."
)
NO_FOLDER = "Moodle's name of the folder that was handed in is not known"
NO_PAGE = f"has no {STUDENT_PAGE}"
FEEDBACK = "feedback.html"
# what English sites call the columns; elsewhere they are known by where they stand and what is in them
GRADE, MAXIMUM, COMMENTS = "grade", "maximum grade", "feedback comments"
NAME, NUMBER, MAIL = "full name", "id number", "email address"
_PARTICIPANT = re.compile(r"\D*?(\d+)\s*\Z")
_MAIL = re.compile(r"\s*[^@\s]+@[^@\s]+\s*")
_NOTHING_YET = re.compile(r"-?|.*\d.*\d.*", re.DOTALL)
_FOLDER = re.compile(r"(?P<name>[^/\\]+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:[_/].*)?\Z", re.DOTALL)


def merged(download: bytes, finals: Released, *, title: str = "", file: str = FILE) -> Merged:
    """Return the worksheet with points and comments; all lines and all other cells stay, byte for byte.

    Columns are found by their English names, and in other languages by where they stand; `title` may give the header of that of
    the grades. AuthorError when they are not found, or the maximum grade is another one.
    """
    found = sheet.read(download, name=file)
    header = found.lines[0].values
    lines = [line for line in range(1, len(found.lines)) if not found.lines[line].is_empty]
    if not lines or not all(_PARTICIPANT.match(found.value(line, 0)) for line in lines):
        raise AuthorError(f"{file}: the first column does not hold a number for each participant; {DOWNLOAD}")
    grade, maximum = _grades(found, header, lines, title.strip(), file)
    worth = {numbers.read(found.value(line, maximum)) for line in lines}
    places = Places(
        grade,
        _people(found, header, lines),
        worth.pop() if len(worth) == 1 else None,
        others=True,
        comments=_comments(found, header, lines, after=maximum),
        extra=False,
        comma=numbers.has_commas(found.value(line, place) for line in lines for place in (grade, maximum)),
    )
    made = fill(found, places, finals, platform="Moodle")
    more = [SILENT, *([] if places.comments >= 0 else ["The worksheet has no column for comments; none were written."])]
    return Merged(made.content, made.changes, made.left_out, (*made.told, *more))


def packed(finals: Released, results: Callable[[Path], Result | None]) -> Packed:
    """Return the archive of feedback files: a folder for each submission, called as Moodle calls it, with the student's page.

    `results` reads what the folder of a submission says. Who has handed in as a group has one folder in common.
    """
    folders: dict[str, Final] = {}
    left_out = list(finals.held)
    changes: list[Change] = []
    for final in finals.finals:
        found = _FOLDER.match(final.submission)
        if not found:
            left_out.append(LeftOut(name_of(final), NO_FOLDER))
        elif final.folder is None or not (final.folder / STUDENT_PAGE).is_file():
            left_out.append(LeftOut(name_of(final), NO_PAGE))
        else:
            name = f"{found['name'].replace('_', ' ')}_{found['id']}_assignsubmission_file"
            folders.setdefault(name, final)
            changes.append(Change(name_of(final), "", f"{name}/{FEEDBACK}"))
    told = ("Each file that is new or has changed is announced to its student by Moodle.",)
    return Packed(_pages(folders, results), tuple(changes), tuple(left_out), told)


def _pages(folders: dict[str, Final], results: Callable[[Path], Result | None]) -> Iterator[tuple[str, bytes]]:
    for name, final in folders.items():
        assert final.folder is not None
        yield f"{name}/{FEEDBACK}", page_of(final, results(final.folder))


def _grades(found: Sheet, header: Sequence[str], lines: Sequence[int], title: str, file: str) -> tuple[int, int]:
    """Return the columns of the grades and of the maximum grade, which stands behind it."""
    names = [name.strip().casefold() for name in header]
    if title and title.casefold() not in names:
        raise AuthorError(f"{file}: no column is called '{title}'; give the header of the column of grades as --title")
    grade = names.index(title.casefold()) if title else names.index(GRADE) if GRADE in names else -1
    if grade >= 0:
        maximum = names.index(MAXIMUM) if MAXIMUM in names else grade + 1
        if _is_maximum(found, lines, maximum):
            return grade, maximum
    else:
        pairs = [
            (place - 1, place)
            for place in range(2, len(header))
            if _is_maximum(found, lines, place) and _are_grades(found, lines, place - 1)
        ]
        # where all have the same grade, that looks like a maximum, too: the one that is meant comes after it
        pairs = [pair for pair in pairs if (pair[1], pair[1] + 1) not in pairs]
        if len(pairs) == 1:
            return pairs[0]
    raise AuthorError(
        f"{file}: which column holds the grades cannot be seen; give its header as --title, or {DOWNLOAD}"
    )


def _is_maximum(found: Sheet, lines: Sequence[int], place: int) -> bool:
    values = {numbers.read(found.value(line, place)) for line in lines}
    return len(values) == 1 and None not in values


def _are_grades(found: Sheet, lines: Sequence[int], place: int) -> bool:
    return all(not (cell := found.value(line, place).strip()) or numbers.read(cell) is not None for line in lines)


def _comments(found: Sheet, header: Sequence[str], lines: Sequence[int], *, after: int) -> int:
    """Return the column of comments, the last one behind that of dates; -1 where there is none."""
    names = [name.strip().casefold() for name in header]
    if names.count(COMMENTS) == 1:
        return names.index(COMMENTS)
    last = len(header) - 1
    dates = all(_NOTHING_YET.fullmatch(found.value(line, last - 1).strip()) for line in lines)
    free = not any(found.value(line, last).strip() == "-" for line in lines)
    written = [found.value(line, last).strip() for line in lines if found.value(line, last).strip()]
    looks_dated = bool(written) and all(re.search(r"\d.*\d", each) for each in written)
    return last if last - 1 > after and dates and free and not looks_dated else -1


def _people(found: Sheet, header: Sequence[str], lines: Sequence[int]) -> dict[int, Person]:
    """Return who each line is about: by the number of the participant, the name, and what looks like an address."""
    names = [name.strip().casefold() for name in header]
    mail = next(
        (place for place in range(2, 5) if any(_MAIL.fullmatch(found.value(line, place)) for line in lines)), -1
    )
    # where marking is blind there are no names, and the status comes first
    named = NAME in names[1:2] or mail > 0 or len({found.value(line, 1) for line in lines}) == len(lines) > 1
    number = names.index(NUMBER) if NUMBER in names else -1
    return {
        line: Person(
            id=_PARTICIPANT.sub(r"\1", found.value(line, 0)),
            name=found.value(line, 1) if named else "",
            mail=found.value(line, mail),
            sis=found.value(line, number),
        )
        for line in lines
    }
