"""Feedback as an archive."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.exports.platforms.feedback import NO_PAGE, marks, packed
from grader.exports.platforms.names import Names, harmless
from grader.exports.release import released
from grader.model import Person
from kit import class_folder as folders
from kit import report_samples as samples


def test_a_student_gets_page_points_and_notebooks(tmp_path: Path) -> None:
    made = samples.notebooks()
    bob = folders.final(folders.submission(tmp_path, made), made.result, who=Person(name="Doe, Nora", login="nora"))
    content = dict(packed(released([bob]), lambda _: made.result).files)
    assert list(content) == [
        "Doe, Nora (nora)/marks.txt",
        "Doe, Nora (nora)/report.html",
        "Doe, Nora (nora)/executed/Classification.ipynb",
    ]
    assert content["Doe, Nora (nora)/report.html"] == b"page for nora"


def test_the_points_are_the_final_ones() -> None:
    made = samples.wrong()
    bob = folders.final(Path(), made.result, late="1 day late, 10 % off", comment="See \x1b me")
    assert marks(replace(bob, points=Decimal("12.60"))) == (
        "12.6 of 25 points\n  forward   8\n  backprop  6\nSee \\x1b me\n1 day late, 10 % off\n"
    )


def test_who_has_no_page_is_named(tmp_path: Path) -> None:
    bob = folders.final(tmp_path, samples.wrong().result)
    assert [each.why for each in packed(released([bob]), lambda _: None).left_out] == [NO_PAGE]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x", "C__x"),
        ("\u200fالعلي\u202e, محمد", "العلي , محمد"),
        ("con", "_con"),
        ("  .. ", "_"),
        ("a\nb\0c", "a b c"),
        ("王小明", "王小明"),
        ("x" * 300, "x" * 80),
        ("~temp", "temp"),
    ],
)
def test_names_of_folders_are_harmless(name: str, folder: str) -> None:
    assert harmless(name) == folder


def test_no_two_folders_are_called_alike() -> None:
    names = Names()
    assert [names.take(each) for each in ("Kim", "kim", "KIM", "Kim (2)")] == [
        "Kim",
        "kim (2)",
        "KIM (3)",
        "Kim (2) (2)",
    ]
