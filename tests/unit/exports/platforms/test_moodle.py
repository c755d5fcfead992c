"""Points into a worksheet of Moodle, and the archive of feedback files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from grader.exports.platforms import sheet
from grader.exports.platforms.moodle import FEEDBACK, merged, packed
from grader.exports.release import released
from kit import platform_files as files

CLASS = files.finals()
GRADE, COMMENTS = 5, 11


def nothing(_folder: Path) -> None:
    return None


def made(download: bytes, finals: tuple[files.Final, ...] = CLASS, title: str = "") -> bytes:
    return merged(download, released(finals), title=title).content


def column(content: bytes, place: int, **form: str) -> list[str]:
    return [row[place] for row in files.cells(content, **form)[1:]]


@pytest.mark.parametrize(
    "download",
    [
        files.moodle(),
        files.moodle(header=[*files.ENGLISH[:6], "Maximum Grade", *files.ENGLISH[7:]]),
        files.moodle(header=files.GERMAN, word="Teilnehmer/in"),
        files.moodle(header=files.GERMAN, word="参加者", marks=["3.00"] * len(CLASS)),
        files.moodle(header=files.GERMAN, word="مشارك", marks=["45.00"] * len(CLASS)),
        # nothing but numbers, and nothing before them
        files.moodle(header=files.GERMAN, marks=["3.00"] * len(CLASS)).replace(
            b"Submitted for grading - 2 days late", b""
        ),
    ],
    ids=("english", "older", "german", "japanese", "arabic", "all alike"),
)
def test_grades_are_found_in_every_language(download: bytes) -> None:
    assert column(made(download), GRADE)[1:] == [str(final.points) for final in CLASS[1:]]


@given(
    st.sampled_from([files.ENGLISH, files.GERMAN]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sets(st.integers(0, len(CLASS) - 1), min_size=1),
)
def test_all_other_cells_come_back_byte_for_byte(
    header: tuple[str, ...], encoding: str, newline: str, chosen: set[int]
) -> None:
    download = files.moodle(header=header, encoding=encoding, newline=newline)
    before = sheet.read(download, name="before").lines
    after = sheet.read(made(download, tuple(CLASS[k] for k in sorted(chosen))), name="after").lines
    touched = {k for k, (one, other) in enumerate(zip(before, after, strict=True)) if one != other}
    assert touched == {k + 1 for k in chosen}
    assert [(each.cells[:GRADE], each.cells[GRADE + 1 :], each.end) for each in after] == [
        (each.cells[:GRADE], each.cells[GRADE + 1 :], each.end) for each in before
    ]


def test_who_is_held_back_keeps_the_line_as_it_was() -> None:
    content = made(files.moodle(marks=["", "12.00"]), (CLASS[0], files.held_back(CLASS[1])))
    assert column(content, GRADE)[:3] == ["45", "12.00", ""]


def test_comments_and_lateness_are_written_beside_the_points() -> None:
    jane = replace(CLASS[0], comment='Good, "really"', late="2 days late, 10 % off")
    assert column(made(files.moodle(), (jane,)), COMMENTS)[0] == 'Good, "really"\n2 days late, 10 % off'


def test_a_comment_that_is_there_already_stays() -> None:
    jane = replace(CLASS[0], comment="ours")
    told = merged(files.moodle(comments=["theirs"]), released((jane,)))
    assert column(told.content, COMMENTS)[0] == "theirs"
    assert [each.why for each in told.left_out] == [
        "has a comment in the file already, which was left; the points are written"
    ]


def test_comments_of_another_language_are_the_last_column() -> None:
    jane = replace(CLASS[0], comment="gut")
    download = files.moodle(header=files.GERMAN, word="Teilnehmer/in")
    assert column(made(download, (jane,)), COMMENTS)[0] == "gut"


def test_without_a_column_for_comments_that_is_said() -> None:
    told = merged(files.moodle_blind(), released(CLASS))
    assert told.told[-1] == "The worksheet has no column for comments; none were written."
    assert column(told.content, 2) == [str(final.points) for final in CLASS]


def test_decimal_commas_are_kept() -> None:
    content = made(files.moodle(possible="45,00", separator=";"))
    assert column(content, GRADE, separator=";")[1] == "31,5"


def test_more_points_than_moodle_takes_are_left_out() -> None:
    told = merged(files.moodle(), released((replace(CLASS[0], points=Decimal(46)),)))
    assert [each.why for each in told.left_out] == ["has more points than the platform takes (46 of 45)"]


@pytest.mark.parametrize(
    ("download", "title", "told"),
    [
        (files.moodle(possible="100.00"), "", "worth 100 points at Moodle and the class is graded out of 45"),
        (files.canvas(), "", "does not hold a number for each participant"),
        (files.moodle(possible="none"), "", "which column holds the grades cannot be seen"),
        (files.moodle(), "Note", "no column is called 'Note'"),
        (files.moodle(students=()), "", "does not hold a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_does_not_fit_is_refused(download: bytes, title: str, told: str) -> None:
    with pytest.raises(AuthorError) as caught:
        made(download, title=title)
    assert told in str(caught.value)


def test_the_column_of_grades_can_be_named() -> None:
    download = files.moodle(header=files.GERMAN, word="Teilnehmer/in")
    assert made(download, title="Bewertung") == made(download)


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Return the folder of a submission with a page for its student."""
    (tmp_path / "report.html").write_text("<p>yours</p>")
    (tmp_path / "staff.html").write_text("<p>staff</p>")
    return tmp_path


@pytest.mark.parametrize(
    ("submission", "folder"),
    [
        ("Jane Doe_12345_assignsubmission_file", "Jane Doe_12345_assignsubmission_file"),
        ("Jane Doe_12345_assignsubmission_file_", "Jane Doe_12345_assignsubmission_file"),
        ("小明 王_7_assignsubmission_onlinetext", "小明 王_7_assignsubmission_file"),
        ("jdoe_Jane Doe_12345_assignsubmission_file_mlp.py", "jdoe Jane Doe_12345_assignsubmission_file"),
    ],
)
def test_folders_of_feedback_are_called_as_moodle_calls_them(handed_in: Path, submission: str, folder: str) -> None:
    jane = replace(CLASS[0], submission=submission, folder=handed_in)
    assert list(packed(released((jane,)), nothing).files) == [(f"{folder}/{FEEDBACK}", b"<p>yours</p>")]


def test_a_group_has_one_folder_of_feedback(handed_in: Path) -> None:
    group = [replace(each, submission="Team 1_5_assignsubmission_file", folder=handed_in) for each in CLASS[:2]]
    made = packed(released(group), nothing)
    assert (len(list(made.files)), len(made.changes)) == (1, 2)


def test_who_has_no_folder_at_moodle_or_no_page_is_named(tmp_path: Path) -> None:
    without = replace(CLASS[0], submission="Default group_assignsubmission_file", folder=tmp_path)
    unread = replace(CLASS[1], submission="Jörg_5_assignsubmission_file", folder=tmp_path)
    made = packed(released((without, unread, files.held_back(CLASS[2]))), nothing)
    assert [each.why for each in made.left_out] == [
        "not released",
        "Moodle's name of the folder that was handed in is not known",
        "has no report.html",
    ]
