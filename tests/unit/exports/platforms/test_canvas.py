"""Points into a gradebook of Canvas."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from grader.exports.platforms import sheet
from grader.exports.platforms.canvas import merged
from grader.exports.release import released
from grader.model import Person
from kit import platform_files as files

CLASS = files.finals()
COLUMN = 6


def made(download: bytes, finals: tuple[files.Final, ...] = CLASS, title: str = "") -> bytes:
    return merged(download, released(finals), title=title or files.TITLE).content


def left_out(download: bytes, *finals: files.Final) -> list[tuple[str, str]]:
    return [(each.who, each.why) for each in merged(download, released(finals), title=files.TITLE).left_out]


def test_every_student_gets_their_points() -> None:
    rows = files.cells(made(files.canvas()))
    assert [(row[1], row[COLUMN]) for row in rows[3:]] == [(final.who.id, str(final.points)) for final in CLASS]


FORMS = st.fixed_dictionaries(
    {
        "separator": st.sampled_from([",", ";"]),
        "newline": st.sampled_from(["\n", "\r\n"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "manual": st.booleans(),
    }
)


@given(FORMS, st.sets(st.integers(0, len(CLASS) - 1), min_size=1))
def test_all_but_one_column_comes_back_byte_for_byte(form: dict[str, str], chosen: set[int]) -> None:
    download = files.canvas(**form)
    before = sheet.read(download, name="before")
    content = made(download, tuple(final for k, final in enumerate(CLASS) if k in chosen))
    after = sheet.read(content, name="after")
    top = 3 if form["manual"] else 2
    kept = [line for k, line in enumerate(before.lines) if k < top or k - top in chosen]
    assert after.lines[:top] == before.lines[:top]
    assert [(each.cells[:COLUMN], each.cells[COLUMN + 1 :], each.end) for each in after.lines] == [
        (each.cells[:COLUMN], each.cells[COLUMN + 1 :], each.end) for each in kept
    ]
    assert (after.mark, after.separator) == (before.mark, before.separator)


def test_who_is_not_released_or_not_final_is_left_out() -> None:
    jane, joerg, *rest = CLASS
    content = made(files.canvas(), (files.held_back(jane), files.waiting(joerg), *rest))
    assert [row[1] for row in files.cells(content)[3:]] == [final.who.id for final in rest]
    assert left_out(files.canvas(), files.held_back(jane), files.waiting(joerg)) == [
        ("Doe, Jane", "not released"),
        ("Müller-Lüdenscheidt, Jörg", "2 points wait for a person"),
    ]


def test_the_test_student_never_gets_a_line() -> None:
    tester = replace(CLASS[0], who=Person(id="99", name="Student, Test"))
    assert left_out(files.canvas(), tester) == [("Student, Test", "no line of the file is theirs")]


@pytest.mark.parametrize(("mark", "why"), [("EX", "is excused"), ("N/A", "does not have this assignment")])
def test_what_is_no_mark_is_not_written_over(mark: str, why: str) -> None:
    ((who, told),) = left_out(files.canvas(marks=[mark]), CLASS[0])
    assert (who, told.startswith(why)) == ("Doe, Jane", True)


def test_an_equal_mark_stays_as_it_is_written() -> None:
    assert files.cells(made(files.canvas(marks=["45.00"]), CLASS[:1]))[3][COLUMN] == "45.00"


def test_decimal_commas_are_kept() -> None:
    content = made(files.canvas(separator=";", possible="45,00", other="8,50"), CLASS[:2])
    assert files.cells(content, separator=";")[4][COLUMN] == "31,5"


@pytest.mark.parametrize(
    ("download", "title", "told"),
    [
        (files.canvas(possible="40.00"), files.TITLE, "worth 40 points at Canvas and the class is graded out of 45; set"),
        (files.canvas(possible="(read only)"), files.TITLE, "is read only there"),
        (files.canvas(possible=""), files.TITLE, "does not say how many points"),
        (files.canvas(), "Another", f"no column is called 'Another'; there are 'Warm up (9875)', '{files.TITLE} (9876)'"),
        (files.canvas(column="Warm up (9876)"), "Warm up", "more than one column is called 'Warm up'; give one of"),
        (files.canvas(column="My Final Score (9876)"), "My Final Score", "no column is called 'My Final Score'"),
        (files.moodle(), files.TITLE, "does not begin with the columns Student, ID and Section"),
        (b"Student,ID,Section,HW (1)\nDoe,5,A,3\n", "HW", "has no line 'Points Possible'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_what_does_not_fit_is_refused(download: bytes, title: str, told: str) -> None:
    with pytest.raises(AuthorError) as caught:
        made(download, title=title)
    assert told in str(caught.value)


def test_without_a_title_the_columns_are_named() -> None:
    with pytest.raises(AuthorError, match=r"has 2 columns of assignments .* say which with --title"):
        merged(files.canvas(), released(CLASS))


def test_a_title_may_be_given_with_its_number() -> None:
    download = files.canvas(column="Warm up (9876)")
    assert files.cells(made(download, CLASS[:1], title="Warm up (9876)"))[3][COLUMN] == "45"


def test_a_class_with_two_maxima_is_refused() -> None:
    other = replace(CLASS[1], possible=Decimal(50))
    with pytest.raises(AuthorError, match=r"not graded out of one number of points \(45, 50\)"):
        made(files.canvas(), (CLASS[0], other))


def test_names_in_two_columns_are_read_too() -> None:
    rows = [
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,HW (1)",
        "    Points Possible,,,,,,45.00",
        "Doe,Jane,5,,jdoe,A,",
    ]
    content = made("\n".join(rows).encode(), (replace(CLASS[0], who=Person(name="Jane Doe")),), title="HW")
    assert files.cells(content)[2][-1] == "45"


def test_nobody_but_those_who_match_is_written() -> None:
    stranger = replace(CLASS[0], who=Person(id="31337", name="Nobody, Known"))
    told = merged(files.canvas(), released((stranger, *CLASS[1:])), title=files.TITLE)
    assert [each.who for each in told.left_out] == ["Nobody, Known"]
    assert len(told.changes) == len(CLASS) - 1
