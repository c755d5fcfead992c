"""Imports point down one way: a module imports only levels below its own, and siblings stay apart."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import ROOT

GRADER = ROOT / "grader"

# the first part of a module's name inside the package -> its level; a new module needs a place here
LEVELS = {
    "__init__": -1,
    "model": 0, "errors": 0,
    "numerics": 1, "checks": 1, "wire": 1, "atomic": 1, "suggestions": 1, "text": 1, "parsing": 1, "places": 1, "functions": 1,
    "forms": 1,
    "intake": 2, "worker": 2, "sandbox": 2, "rubric": 2, "scoring": 2, "template": 2,
    "report": 2, "exports": 2, "replay": 2, "digits": 2,
    "evidence": 3, "plain": 3, "notebooks": 3, "trajectories": 3,
    "kits": 4,
    "assignments": 5,
    "pipeline": 6, "doctor": 6,
    "calibration": 8,
    "cli": 9,
    "__main__": 10,
}  # fmt: skip
HEAVY = ("numpy", "matplotlib", "rich", "jinja2", "watchfiles")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


def sources() -> list[str]:
    """Return the paths of our own modules relative to the package; what students receive is not one."""
    found = (path.relative_to(GRADER) for path in GRADER.rglob("*.py"))
    return sorted(path.as_posix() for path in found if not {"provided", "__pycache__"} & set(path.parts))


def part(source: str) -> str:
    """Return the name that a module's level hangs on: `report/plots.py` -> `report`."""
    return Path(source).with_suffix("").parts[0]


def imports(text: str, package: str) -> Iterator[str]:
    """Yield the full name of everything that a source text imports, wherever in it; `package` is the one it lies in."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imports_of(source: str) -> list[str]:
    """Return what the module with that path imports."""
    package = ".".join(["grader", *Path(source).parts[:-1]])
    return list(imports((GRADER / source).read_text(encoding="utf-8"), package))


def parts_imported(names: list[str]) -> set[str]:
    """Return the parts of ours among imported names; `from grader import __version__` is of `__init__`."""
    ours = [name.split(".")[1] for name in names if name.startswith("grader.")]
    return {name if (GRADER / name).is_dir() or (GRADER / f"{name}.py").is_file() else "__init__" for name in ours}


@pytest.mark.parametrize("source", sources())
def test_every_module_has_a_level(source: str) -> None:
    assert part(source) in LEVELS, f"grader/{source}: give it a level in {Path(__file__).name}"


@pytest.mark.parametrize("source", sources())
def test_a_module_imports_only_lower_levels_and_its_own_part(source: str) -> None:
    others = parts_imported(imports_of(source)) - {part(source)}
    assert [name for name in sorted(others) if LEVELS[name] >= LEVELS[part(source)]] == []


@pytest.mark.parametrize("source", [source for source in sources() if part(source) == "worker"])
def test_the_worker_imports_only_the_wire(source: str) -> None:
    assert parts_imported(imports_of(source)) <= {"worker", "wire"}


@pytest.mark.parametrize("source", [source for source in sources() if "inside" in Path(source).parts])
def test_what_runs_inside_imports_only_what_travels_there(source: str) -> None:
    own = ".".join(["grader", *Path(source).parts[:-1]])
    others = [name for name in imports_of(source) if name.startswith("grader") and not name.startswith(f"{own}.")]
    assert set(others) <= {
        "grader.functions",
        "grader.replay",
        "grader.worker.alarm.Overtime",
        "grader.worker.values.describe",
    }


@pytest.mark.parametrize("source", [source for source in sources() if source.count("/") > 1])
def test_an_assignment_does_not_import_another_one(source: str) -> None:
    own = Path(source).parts[1]
    folders = [name.split(".")[2] for name in imports_of(source) if name.startswith("grader.assignments.")]
    assert {name for name in folders if (GRADER / "assignments" / name).is_dir()} <= {own}


@pytest.mark.parametrize("source", sources())
def test_no_module_imports_course_material_or_tests(source: str) -> None:
    strangers = {"reference", "student_template", "examples", "tests", "mlp"}
    assert not strangers & {name.split(".")[0] for name in imports_of(source)}


@pytest.mark.parametrize("source", sources())
def test_no_module_has_a_name_that_says_nothing(source: str) -> None:
    words = re.split(r"[/_]", source.removesuffix(".py"))
    assert not EMPTY_NAMES & set(words)


@pytest.mark.parametrize("source", sources())
def test_every_module_says_in_a_docstring_what_it_is(source: str) -> None:
    assert ast.get_docstring(ast.parse((GRADER / source).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import grader.wire", ["grader.wire"]),
        ("from grader import atomic, model", ["grader.atomic", "grader.model"]),
        ("from . import plots", ["grader.report.plots"]),
        ("from .plots import draw", ["grader.report.plots.draw"]),
        ("from .. import scoring", ["grader.scoring"]),
        ("def later():\n    from grader.cli import main", ["grader.cli.main"]),
    ],
)
def test_imports_are_found_in_every_form(text: str, found: list[str]) -> None:
    assert list(imports(text, "grader.report")) == found


def test_the_help_of_the_command_line_imports_nothing_heavy() -> None:
    program = (
        "import sys, contextlib, io, grader.__main__\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    grader.__main__.main(['--help'])\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    answer = subprocess.check_output([sys.executable, "-c", program], cwd=GRADER.parent, text=True)
    assert answer.strip() == "[]"
