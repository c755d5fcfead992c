"""The student's module notebook as a main notebook runs it: experiments in it that fail or take minutes are passed over."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grader.assignments.modules.loading import python_of
from grader.assignments.modules.main.files import as_notebook
from grader.notebooks.reading import read
from grader.parsing import parse

IMPORTS = (ast.Import, ast.ImportFrom)


def without_experiments(content: bytes, loaded: Mapping[str, Any]) -> bytes:
    """Return a module notebook without what stopped or delayed it when it was `loaded` by itself, else as it is.

    A cell that failed stops at the same place as then, and the next one goes on.
    """
    interrupted = {cell["name"]: cell["skip"] for cell in loaded.get("cells", ()) if cell["interrupted"]}
    failed = {error["cell"] for error in loaded.get("errors", ())}
    if not interrupted and not failed:
        return content
    code = [cell.source for cell in read(content).cells if cell.runs]
    names = [f"cell {number}" for number in range(1, len(code) + 1)]
    return as_notebook(
        *(_cell(text, interrupted.get(name, ()), name in failed) for name, text in zip(names, code, strict=True))
    )


def _cell(source: str, skip: Collection[int], failed: bool) -> str:
    if not skip and not failed:
        return source
    try:
        statements: Sequence[ast.stmt] = parse(python_of(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    # an import that no class needs may be one that the main notebook needs
    kept = [each for index, each in enumerate(statements) if index not in skip or isinstance(each, IMPORTS)]
    if not kept:
        return ""
    if not failed:
        return ast.unparse(ast.Module(kept, []))
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.unparse(ast.fix_missing_locations(ast.Module([ast.Try(kept, [handler], [], [])], [])))
