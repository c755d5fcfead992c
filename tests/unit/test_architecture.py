"""Imports point down one way: a module imports only levels below its own, and siblings stay apart."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kit import ROOT

GRADER = ROOT / "grader"

# the first part of a module's name inside the package -> its level; a new module needs a place here
LEVELS = {
    "__init__": -1,
    "model": 0, "errors": 0,
    "numerics": 1, "checks": 1, "wire": 1, "atomic": 1, "suggestions": 1, "text": 1, "parsing": 1, "locations": 1, "functions": 1,
    "records": 1, "filenames": 1, "causes": 1, "drawn": 1, "notices": 1, "blas": 1,
    "intake": 2, "worker": 2, "sandbox": 2, "rubric": 2, "scoring": 2, "template": 2,
    "report": 2, "exports": 2, "replay": 2, "answers": 2,
    "evidence": 3, "datasets": 3, "plain": 3, "notebooks": 3,
    "kits": 4, "watching": 4, "repairing": 4,
    "assignments": 5,
    "pipeline": 6, "doctor": 6, "classes": 6,
    "gradebook": 7,
    "runs": 8, "insight": 8, "calibration": 8,
    "web": 9,
    "cli": 10,
    "__main__": 11,
}  # fmt: skip
# what an inside/ may import of ours besides its neighbours
TRAVELS = {
    "grader.worker.alarm.Overtime",
    "grader.worker.attributes.find",
    "grader.worker.jupyter.Jupyter",
    "grader.worker.jupyter.nothing",
    "grader.worker.problems.Refused",
    "grader.worker.problems.of_exception",
    "grader.worker.values.ARRAYS",
    "grader.worker.values.describe",
}
HEAVY = ("numpy", "matplotlib", "rich", "jinja2", "watchfiles", "nbformat", "nbconvert")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


@dataclass(frozen=True)
class Module:
    """One of our own modules: its path relative to the package, what it is about, and the full names that it imports."""

    path: str
    docstring: str | None
    imports: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that others import it by."""
        return ".".join(["grader", *Path(self.path).with_suffix("").parts]).removesuffix(".__init__")

    @property
    def folder(self) -> str:
        """The package that it lies in."""
        return ".".join(["grader", *Path(self.path).parts[:-1]])

    @property
    def part(self) -> str:
        """What its level depends on: `report` for report/plots.py."""
        return Path(self.path).with_suffix("").parts[0]

    @property
    def others(self) -> set[str]:
        """The parts of ours that it imports, its own left out; `from grader import __version__` is of `__init__`."""
        ours = {name.split(".")[1] for name in self.imports if name.startswith("grader.")}
        return {
            name if (GRADER / name).is_dir() or (GRADER / f"{name}.py").is_file() else "__init__" for name in ours
        } - {self.part}


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the full name of everything that a source imports, wherever in it; `package` is the one it lies in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """Return our own modules, each parsed once; what students receive is not one."""
    paths = (path.relative_to(GRADER) for path in sorted(GRADER.rglob("*.py")))
    ours = [path for path in paths if not {"provided", "__pycache__"} & set(path.parts)]
    trees = [ast.parse((GRADER / path).read_text(encoding="utf-8")) for path in ours]
    return tuple(
        Module(path.as_posix(), ast.get_docstring(tree), tuple(imports(tree, ".".join(["grader", *path.parts[:-1]]))))
        for path, tree in zip(ours, trees, strict=True)
    )


def offending(rule: Callable[[Module], Iterable[str]]) -> dict[str, list[str]]:
    """Return what in each module breaks a rule; modules that keep it are left out."""
    found = {module.path: sorted(rule(module)) for module in modules()}
    return {path: broken for path, broken in found.items() if broken}


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the groups of nodes that can all be reached from each other."""
    reached = {node: set(others) for node, others in graph.items()}
    for between in graph:
        for others in reached.values():
            if between in others:
                others |= reached[between]
    groups = {frozenset(other for other in reached[node] if node in reached.get(other, ())) for node in graph}
    return [set(group) for group in groups if group]


def test_every_module_has_a_level() -> None:
    assert {module.path for module in modules() if module.part not in LEVELS} == set(), f"see {Path(__file__).name}"


def test_a_module_imports_only_lower_levels_and_its_own_part() -> None:
    assert offending(lambda module: {name for name in module.others if LEVELS[name] >= LEVELS[module.part]}) == {}


def test_no_module_imports_itself_by_way_of_others() -> None:
    names = {module.name for module in modules()}
    graph = {
        module.name: {name if name in names else name.rpartition(".")[0] for name in module.imports} - {module.name}
        for module in modules()
    }
    assert circles(graph) == []


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "numpy"}, "e": set()}
    assert circles(graph) == [{"a", "b", "c"}]


def test_the_worker_imports_only_the_wire() -> None:
    assert offending(lambda module: module.others - {"wire"} if module.part == "worker" else ()) == {}


def test_what_runs_inside_imports_only_what_travels_there() -> None:
    def strangers(module: Module) -> set[str]:
        ours = {name for name in module.imports if name.startswith("grader")}
        return {name for name in ours if not name.startswith((f"{module.folder}.", "grader.watching."))} - TRAVELS

    assert offending(lambda module: strangers(module) if "inside" in module.folder.split(".") else ()) == {}


def test_an_assignment_does_not_import_another_one() -> None:
    def others(module: Module) -> set[str]:
        assignments = {name.split(".")[2] for name in module.imports if name.startswith("grader.assignments.")}
        return {name for name in assignments if (GRADER / "assignments" / name).is_dir()} - {Path(module.path).parts[1]}

    assert offending(lambda module: others(module) if module.folder.startswith("grader.assignments.") else ()) == {}


def test_the_review_starts_no_student_code() -> None:
    starts = ("sandbox", "pipeline", "runs.executing", "runs.grading", "worker", "replay")
    starters = tuple(f"grader.{name}" for name in starts)
    web = [module for module in modules() if module.part == "web"]
    assert web
    assert [(each.path, name) for each in web for name in each.imports if name.startswith(starters)] == []


def test_no_module_imports_course_material_or_tests() -> None:
    strangers = {"reference", "student_template", "examples", "tests", "mutants", "mlp"}
    assert offending(lambda module: strangers & {name.split(".")[0] for name in module.imports}) == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert offending(lambda module: EMPTY_NAMES & set(re.split(r"[/_]", module.path.removesuffix(".py")))) == {}


def test_every_module_says_in_a_docstring_what_it_is() -> None:
    assert [module.path for module in modules() if not module.docstring] == []


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
    assert list(imports(ast.parse(text), "grader.report")) == found


def test_the_help_of_the_command_line_imports_nothing_heavy() -> None:
    program = (
        "import sys, contextlib, io, grader.__main__\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    grader.__main__.main(['--help'])\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    answer = subprocess.check_output([sys.executable, "-c", program], cwd=GRADER.parent, text=True)
    assert answer.strip() == "[]"


def test_only_data_sets_and_assignments_know_what_a_digit_is() -> None:
    outside = [module for module in modules() if module.part not in ("datasets", "assignments")]
    assert [module.path for module in outside if any("datasets.digits" in name for name in module.imports)] == []


def test_the_grader_does_not_stand_on_its_public_face() -> None:
    assert offending(lambda module: {name for name in module.imports if name.startswith("mlpgrader")}) == {}


def test_the_page_on_the_architecture_tells_the_same_floors() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]*) \|", page, re.MULTILINE)
    told = {name.rstrip("/"): int(floor) for floor, names in rows for name in re.findall(r"`([^`]*)`", names)}
    assert told == {name: floor for name, floor in LEVELS.items() if not name.startswith("__")}
