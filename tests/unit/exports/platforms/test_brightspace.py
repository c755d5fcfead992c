"""Points into an export of Brightspace."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from grader.exports.final import Final
from grader.exports.platforms.brightspace import merged
from grader.exports.release import released
from grader.model import Person
from kit import platform_files as files

CLASS = files.finals()


def made(download: bytes, finals: tuple[Final, ...] = CLASS, title: str = files.TITLE) -> bytes:
    return merged(download, released(finals), title=title).content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_points_are_written_and_nothing_else(encoding: str) -> None:
    download = files.brightspace(encoding=encoding)
    wanted = files.cells(download)
    for row, final in zip(wanted[1:], CLASS, strict=True):
        row[4] = str(final.points)
    content = made(download)
    assert files.cells(content) == wanted
    assert (content.count(b"\r\n"), content.count(b"#")) == (download.count(b"\r\n"), download.count(b"#"))


def test_who_is_held_back_has_no_line() -> None:
    assert len(files.cells(made(files.brightspace(), (CLASS[0], files.held_back(CLASS[1]))))) == 2


@pytest.mark.parametrize("who", [Person(login="student1"), Person(sis="4201"), Person(name="Jörg Müller-Lüdenscheidt")])
def test_students_are_known_by_number_login_or_name(who: Person) -> None:
    (final,) = (Final(who, CLASS[1].points, files.POSSIBLE, released=True),)
    assert files.cells(made(files.brightspace(), (final,)))[1][:2] == ["#004201", "#student1"]


def test_an_item_that_does_not_say_its_worth_is_filled_and_that_is_said() -> None:
    told = merged(files.brightspace(column="HW Points Grade"), released(CLASS), title="HW")
    assert told.told == ("The file does not say what the column is worth; make sure that it is 45 at Brightspace.",)


@pytest.mark.parametrize(
    ("download", "told"),
    [
        (files.brightspace(column=f"{files.TITLE} Points Grade <Numeric MaxPoints:100>"), "worth 100 points at Brightspace"),
        (files.brightspace(column=files.TITLE), "has no column of an assignment"),
        (files.moodle(), "lacks the columns OrgDefinedId or Username"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_what_does_not_fit_is_refused(download: bytes, told: str) -> None:
    with pytest.raises(AuthorError, match=told):
        made(download)
