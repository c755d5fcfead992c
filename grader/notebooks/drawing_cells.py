"""In which cells of a notebook images are drawn: read from the source, with the functions that it defines itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from grader.notebooks.record import CellRecord
from grader.notebooks.sources import without_magics
from grader.parsing import parse

DRAWS = frozenset({"imshow", "matshow", "pcolormesh", "pcolor", "figimage", "AnnotationBbox", "OffsetImage"})


def drawing_cells(cells: Sequence[CellRecord], modules: Iterable[str] = (), *, course: Iterable[str] = ()) -> list[int]:
    """Return the numbers of the code cells that show images, by themselves or through functions defined before.

    `modules` are the sources of files that were handed in along with the notebook, `course` names the functions of the
    course that show images.
    """
    names = {*DRAWS, *course}
    sources = [*modules, *(cell["source"] for cell in cells if cell["kind"] == "code")]
    bodies = [(name, words) for source in sources for name, words in _functions(source)]
    # a function that calls one that draws draws too
    while new := {name for name, words in bodies if name not in names and words & names}:
        names |= new
    return [cell["number"] for cell in cells if cell["number"] and _words(cell["source"]) & names]


def _functions(source: str) -> list[tuple[str, set[str]]]:
    try:
        tree = parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(node.name, _names_in(node)) for node in found]


def _names_in(node: ast.AST) -> set[str]:
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    }


def _words(source: str) -> set[str]:
    return set(re.findall(r"\w+", source))
