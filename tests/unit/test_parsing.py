"""Python texts are parsed one at a time, whoever asks."""

from __future__ import annotations

import ast
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.parsing import parse

# carried into the sandbox, where one thread parses at a time
INSIDE = {"inside", "worker"}


def test_texts_are_parsed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[str] = []
    most: list[int] = []

    def slowly(source: str, _name: str) -> ast.Module:
        inside.append(source)
        time.sleep(0.01)
        most.append(len(inside))
        inside.remove(source)
        return ast.Module([], [])

    monkeypatch.setattr(ast, "parse", slowly)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(parse, "abcdefgh"))
    assert most == [1] * 8


def test_what_is_no_python_is_a_syntax_error_that_names_the_text() -> None:
    with pytest.raises(SyntaxError, match=r"mlp\.py"):
        parse("def", "mlp.py")


def test_nothing_outside_of_the_sandbox_parses_past_it(root: Path) -> None:
    # what repairs Python 2 is a process of its own, with one thread
    child = root / "grader/repairing/child.py"
    files = [path for path in (root / "grader").rglob("*.py") if not INSIDE & set(path.parts) and path != child]
    assert [path.name for path in files if "ast.parse(" in path.read_text(encoding="utf-8")] == ["parsing.py"]
