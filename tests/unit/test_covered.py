"""`make test` loads every module: by a test that imports it, by one that gives its command, or with what such a test imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from grader.cli.options import COMMANDS
from kit import ROOT

QUICK = ("unit", "sample", "kit")
# what lies there travels inside, and is loaded by a worker; material is what students receive
INSIDE = {"inside", "provided", "solved"}
# the worker is loaded in a process of its own, by whatever test of the sample grades a notebook
WORKER = "grader.worker"
BEGIN = (f"{WORKER}.main", f"{WORKER}.notebook")
# loaded by a function when it is called, or by a program that a test starts: module -> the test that does so
LATER = {
    "grader.__main__": "unit/test_architecture.py",
    "grader.gradebook.migrations": "unit/gradebook/test_engine.py",
    "grader.gradebook.migrations.env": "unit/gradebook/test_engine.py",
    "grader.gradebook.migrations.versions": "unit/gradebook/test_engine.py",
    "grader.gradebook.migrations.versions.v0001_first": "unit/gradebook/test_engine.py",
    "grader.gradebook.migrations.versions.v0002_marking": "unit/gradebook/test_migrations.py",
    "grader.gradebook.migrations.versions.v0003_roster": "unit/gradebook/test_migrations.py",
    "grader.repairing.fixers": "unit/repairing/test_submission.py",
    "grader.repairing.fixers.fix_quotient": "unit/repairing/test_submission.py",
    "grader.replay.loop": "unit/replay/test_engine.py",
    "grader.report.executed_notebooks": "unit/report/test_executed_notebooks.py",
}


def package(path: Path) -> list[str]:
    return list(path.relative_to(ROOT).with_suffix("").parts[:-1])


def name_of(path: Path) -> str:
    """Return the name by which a file of ours is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(nodes: Iterable[ast.AST], above: list[str]) -> Iterator[str]:
    """Yield whatever these statements may import, in modules of the package `above`: also names that are no modules."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = ".".join([*(above[: len(above) + 1 - node.level] if node.level else []), node.module or ""]).strip(
                "."
            )
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements that run when a module is loaded: not those of functions, nor those for types."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        ):
            continue
        yield node
        yield from at_once(node)


def with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:k]) for k in range(1, len(parts) + 1))


@cache
def asked_for(test: Path) -> tuple[str, ...]:
    """Return what a test imports, wherever in it, and the module of each command that it gives."""
    nodes = list(ast.walk(ast.parse(test.read_text(encoding="utf-8"))))
    words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return (*imported(nodes, package(test)), *(f"grader.cli.{word}" for word in words & set(COMMANDS)))


@cache
def brought(module: Path) -> tuple[str, ...]:
    """Return what a module of ours imports when it is loaded."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if name_of(module).startswith(WORKER) else at_once(tree)
    return tuple(imported(nodes, package(module)))


def not_loaded(tests: Iterable[Path]) -> set[str]:
    """Return the modules of `grader/` that no test of these loads."""
    files = {name_of(path): path for path in (ROOT / "grader").rglob("*.py") if not INSIDE & set(path.parts)}
    waiting, loaded = [*BEGIN, *(name for test in tests for name in asked_for(test))], set[str]()
    while waiting:
        for name in with_parents(waiting.pop()):
            if name in files and name not in loaded:
                loaded.add(name)
                waiting += brought(files[name])
    return files.keys() - loaded


def quick() -> list[Path]:
    return [path for folder in QUICK for path in (ROOT / "tests" / folder).rglob("*.py")]


def test_every_module_is_loaded() -> None:
    assert not_loaded(quick()) == LATER.keys()
    assert [name for name in LATER.values() if not (ROOT / "tests" / name).is_file()] == []


def test_a_module_that_no_test_loads_is_named() -> None:
    without = [path for path in quick() if path.name not in {"test_bubblewrap.py", Path(__file__).name}]
    assert "grader.sandbox.bubblewrap" in not_loaded(without)
