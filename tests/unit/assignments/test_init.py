"""Assignments are found by id: those that come with the grader, and those that a course's own package declares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock
from zipfile import ZipFile

import pytest

from grader import assignments
from grader.errors import AuthorError

RIGHT = """
from pathlib import Path
from grader.assignments import Assignment
from grader.sandbox import Inside

ASSIGNMENT = Assignment(
    id="cards", title="Cards", rubric=Path(__file__).with_suffix(".toml"), required=("cards.py",), provided={},
    inside=Inside(), probes=(), checks=(),
)
"""


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of installed packages, which the interpreter looks through; what it imports is forgotten again."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("mycourse", "broken", "one", "other"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def installed(folder: Path, name: str, *, points: str, source: str | None = None) -> None:
    """Install version 1.0 of the package `name`, which declares these entry points and has a module of its name."""
    (folder / f"{name}-1.0.dist-info").mkdir()
    (folder / f"{name}-1.0.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n", encoding="utf-8")
    declared = f"[{assignments.GROUP}]\n{points}\n"
    (folder / f"{name}-1.0.dist-info" / "entry_points.txt").write_text(declared, encoding="utf-8")
    if source is not None:
        (folder / f"{name}.py").write_text(source, encoding="utf-8")


def test_an_assignment_of_a_course_is_found_beside_those_that_are_built_in(declare: Path) -> None:
    built_in = assignments.ids()
    installed(declare, "mycourse", points="cards = mycourse:ASSIGNMENT", source=RIGHT)
    assert assignments.ids() == tuple(sorted([*built_in, "cards"]))
    assert assignments.find("cards").rubric == declare / "mycourse.toml"
    assert [each.id for each in assignments.every()[0]] == list(assignments.ids())


@pytest.mark.parametrize("name", ["byomlp", "modules"])
def test_a_built_in_assignment_brings_its_rubric_and_its_material(name: str, root: Path) -> None:
    found = assignments.find(name)
    assert found.rubric == root / "rubrics" / f"{name}.toml"
    assert found.material == (root / "reference" / name, root / "student_template" / name)


@pytest.mark.parametrize(
    ("points", "source", "said"),
    [
        ("cards = broken:ASSIGNMENT", "import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("cards = broken:ASSIGNMENT", "1 / 0", "ZeroDivisionError"),
        ("cards = broken:ASSIGNMENT", "x =", "SyntaxError"),
        ("cards = broken:ASSIGNMENT", "", "AttributeError"),
        ("cards = nowhere:ASSIGNMENT", None, "ModuleNotFoundError"),
        ("cards = broken:ASSIGNMENT", "ASSIGNMENT = 3", "is not an Assignment but of type int"),
        ("decks = broken:ASSIGNMENT", RIGHT, "is declared as 'decks', but its id is 'cards'"),
        (
            "cards = broken:ASSIGNMENT",
            "from grader.errors import AuthorError\nraise AuthorError('no rubric')",
            ": no rubric;",
        ),
    ],
)
def test_a_broken_one_is_named_with_its_package_and_costs_no_other(
    declare: Path, points: str, source: str | None, said: str
) -> None:
    built_in = assignments.ids()
    installed(declare, "broken", points=points, source=source)
    found, problems = assignments.every()
    assert tuple(each.id for each in found) == built_in
    assert [str(problem).startswith("broken 1.0, entry point '") for problem in problems] == [True]
    assert said in str(problems[0])


@pytest.mark.parametrize("points", ["byomlp = one:ASSIGNMENT", "cards = one:ASSIGNMENT"])
def test_an_id_that_is_there_twice_is_refused_and_costs_no_other(declare: Path, points: str) -> None:
    installed(declare, "one", points=points, source=RIGHT)
    installed(declare, "other", points="cards = other:ASSIGNMENT", source=RIGHT)
    name = points.partition(" ")[0]
    with pytest.raises(
        AuthorError, match=f"assignment '{name}' is there more than once: .*entry point '{name}' .one:ASS"
    ):
        assignments.find(name)
    assert "modules" in [each.id for each in assignments.every()[0]]


def test_a_name_that_is_misspelt_gets_the_nearest_one(declare: Path) -> None:
    installed(declare, "mycourse", points="cards = mycourse:ASSIGNMENT", source=RIGHT)
    with pytest.raises(AuthorError, match="no assignment 'card'; did you mean 'cards'"):
        assignments.find("card")
    with pytest.raises(AuthorError, match="no assignment 'xyzzy'; there are: byomlp, cards, modules"):
        assignments.find("xyzzy")


def test_what_is_installed_is_looked_through_once_until_something_is_installed(
    declare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Mock(wraps=assignments._points)
    monkeypatch.setattr(assignments, "_points", looks)
    installed(declare, "mycourse", points="cards = mycourse:ASSIGNMENT", source=RIGHT)
    for _ in range(3):
        assignments.ids()
        assignments.find("cards")
    assert looks.call_count == 1
    installed(declare, "other", points="decks = other:ASSIGNMENT", source=RIGHT)
    assert "decks" in assignments.ids()
    assert looks.call_count == 2


def test_a_course_is_found_wherever_it_is_installed(declare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = f"[{assignments.GROUP}]\ncards = mycourse:ASSIGNMENT\n"
    about, egg, packed = declare / "mycourse.egg-info", declare / "other.egg", declare / "packed.zip"
    about.mkdir()
    (about / "PKG-INFO").write_text("Name: mycourse\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(points, encoding="utf-8")
    assert "cards" in assignments.ids()
    (egg / "EGG-INFO").mkdir(parents=True)
    (egg / "EGG-INFO" / "PKG-INFO").write_text("Name: other\nVersion: 1.0\n", encoding="utf-8")
    (egg / "EGG-INFO" / "entry_points.txt").write_text(points.replace("cards", "decks"), encoding="utf-8")
    monkeypatch.syspath_prepend(egg)
    assert "decks" in assignments.ids()
    with ZipFile(packed, "w") as file:
        file.writestr("packed-1.0.dist-info/METADATA", "Name: packed\nVersion: 1.0\n")
        file.writestr("packed-1.0.dist-info/entry_points.txt", points.replace("cards", "hands"))
    monkeypatch.syspath_prepend(packed)
    assert "hands" in assignments.ids()


def test_where_nobody_declares_anything_what_reads_declarations_is_not_imported() -> None:
    said = "import sys; from grader import assignments; assignments.ids(); print('importlib.metadata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
