"""A class that is read from a platform's file goes back into it: everybody is found again, and gets their own points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classes import roster
from grader.exports.final import Final
from grader.exports.platforms import merged
from grader.model import Person
from kit import platform_files as files

# how a file is made, which column is that of points, and in how many lines the header is
KINDS = {
    "canvas": (files.canvas, 6, 3),
    "moodle": (files.moodle, 5, 1),
    "blackboard": (files.blackboard, 4, 1),
    "brightspace": (files.brightspace, 4, 1),
}


def people(path: Path) -> list[Person]:
    """Return the class as the reader of rosters finds it."""
    return [
        Person(each.id, each.name, each.login, each.mail, each.sis, each.section) for each in roster.read(path).people
    ]


@pytest.mark.parametrize("name", ["canvas", "moodle", "brightspace"])
def test_who_is_read_from_a_file_is_found_in_it_again(name: str, tmp_path: Path) -> None:
    make: Callable[[], bytes]
    make, column, top = KINDS[name]
    path = tmp_path / "download.csv"
    path.write_bytes(make())
    found = people(path)
    assert len(found) == len(files.NAMES)
    finals = [
        Final(who, points, files.POSSIBLE, released=True) for who, points in zip(found, files.POINTS, strict=True)
    ]
    made = merged(name, path.read_bytes(), finals, title="" if name == "moodle" else files.TITLE, file="download.csv")
    assert made.left_out == ()
    assert [row[column] for row in files.cells(made.content)[top:]] == list(map(str, files.POINTS))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        (name, known)
        for name, columns in {
            "canvas": "id sis login name", "moodle": "id sis mail name", "blackboard": "sis login name",
            "brightspace": "sis login name",
        }.items()
        for known in columns.split()
    ],
)  # fmt: skip
def test_one_thing_that_is_known_is_enough(name: str, known: str) -> None:
    make, _, _ = KINDS[name]
    who = files.people()
    finals = [
        Final(Person(**{known: getattr(each, known)}), points, files.POSSIBLE, released=True)
        for each, points in zip(who, files.POINTS, strict=True)
    ]
    made = merged(name, make(), finals, title="" if name == "moodle" else files.TITLE, file="the file")
    assert [each.who for each in made.left_out] == []
    assert len(made.changes) == len(who)
