"""Points into a download of Blackboard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.errors import AuthorError
from grader.exports.platforms import sheet
from grader.exports.platforms.blackboard import merged
from grader.exports.release import released
from kit import platform_files as files

CLASS = files.finals()


def made(download: bytes, finals: tuple[files.Final, ...] = CLASS, title: str = files.TITLE) -> bytes:
    return merged(download, released(finals), title=title).content


def rows(content: bytes) -> list[list[str]]:
    return files.cells(content, separator="\t", encoding="utf-16")


def test_points_take_the_place_of_what_needs_grading() -> None:
    content = made(files.blackboard())
    assert [(row[2], row[4]) for row in rows(content)[1:]] == [(each.who.login, str(each.points)) for each in CLASS]


def test_all_other_cells_come_back_byte_for_byte() -> None:
    before, after = (sheet.read(each, name="") for each in (files.blackboard(), made(files.blackboard())))
    assert (after.mark, after.encoding, after.separator) == (before.mark, before.encoding, before.separator)
    assert [(each.cells[:4], each.cells[5:], each.end) for each in after.lines] == [
        (each.cells[:4], each.cells[5:], each.end) for each in before.lines
    ]
    assert all(line.cells[4].startswith('"') for line in after.lines)


def test_who_is_held_back_has_no_line() -> None:
    assert len(rows(made(files.blackboard(), (CLASS[0], files.held_back(CLASS[1]))))) == 2


def test_comments_go_to_the_learner() -> None:
    jane = replace(CLASS[0], comment="Well done")
    assert rows(made(files.blackboard(), (jane,)))[1][5:] == ["", "", "Well done", "SMART_TEXT"]


def test_a_file_of_commas_works_as_well() -> None:
    download = b'"Last Name","First Name","Username","HW [2] [Total Pts: up to 45 Score] |77"\r\n"Doe","Jane","student0",""\r\n'
    assert made(download, CLASS[:1], "HW [2]").endswith(b'"Doe","Jane","student0","45"\r\n')


def test_a_column_that_does_not_say_its_worth_is_filled_and_that_is_said() -> None:
    told = merged(files.blackboard(column="HW |5"), released(CLASS), title="")
    assert told.told == ("The file does not say what the column is worth; make sure that it is 45 at Blackboard.",)


@pytest.mark.parametrize(
    ("download", "told"),
    [
        (files.blackboard(column="Write your own network [Total Pts: 100 Score] |1"), "worth 100 points at Blackboard"),
        (files.blackboard(column=files.TITLE), "has no column of an assignment"),
        (files.canvas(), "has no column Username"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_does_not_fit_is_refused(download: bytes, told: str) -> None:
    with pytest.raises(AuthorError, match=told):
        made(download)
