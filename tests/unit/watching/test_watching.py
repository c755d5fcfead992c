"""`watching` travels into the sandbox, and its half `logs` can lie in any process: it knows of no student object."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grader.watching

ROOM = Path(grader.watching.__file__).parent
# with these, code reaches into the interpreter that it runs in
REACHING = {"builtins", "ctypes", "gc", "inspect", "os", "sys", "types", "weakref", "matplotlib"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_nothing_of_the_grader_s_is_imported_that_does_not_travel_along() -> None:
    found = {(path.name, name) for path in ROOM.rglob("*.py") for name in imported(path)}
    assert [each for each in sorted(found) if each[1].startswith("grader") and ".watching" not in each[1]] == []


def test_logs_are_made_without_looking_at_the_process() -> None:
    found = {(path.name, name) for path in (ROOM / "logs").glob("*.py") for name in imported(path)}
    wrong = [each for each in sorted(found) if each[1].split(".")[0] in REACHING or ".recording" in each[1]]
    assert wrong == []
