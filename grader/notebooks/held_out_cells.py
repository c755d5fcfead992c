"""Which cells of a notebook work with data that were held out: read from the source, by names and what is made of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from grader.notebooks.record import CellRecord
from grader.notebooks.sources import without_magics
from grader.parsing import parse

_HELD_OUT = re.compile(r"test|unseen|valid|held|hold_?out|(?:^|_|^[xy])(?:val|va|te)(?:$|_)", re.I)
ROUNDS = 20


def held_out_cells(cells: Sequence[CellRecord], modules: Iterable[str] = ()) -> set[int]:
    """Return the numbers of the code cells in which held-out data are spoken of, or something that was made of them.

    `modules` are the sources of files that were handed in along with the notebook.
    """
    sources = [*modules, *(cell["source"] for cell in cells if cell["kind"] == "code")]
    made = [pair for source in sources for pair in _made(source)]
    names: set[str] = set()
    for _ in range(ROUNDS):
        new = {name for name, words in made if name not in names and _speaks(words, names)}
        if not new:
            break
        names |= new
    return {cell["number"] for cell in cells if cell["number"] and _speaks(_words_in(cell["source"]), names)}


def _speaks(words: set[str], names: set[str]) -> bool:
    return bool(words & names) or any(_HELD_OUT.search(word) for word in words)


def _made(source: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each name that a source text makes, with the words that it is made of."""
    try:
        tree = parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, _words_of(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield from _pairs(node.target, node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            yield from _pairs(node.target, node.iter)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, set[str]]]:
    lists = ast.Tuple | ast.List
    if isinstance(target, lists) and isinstance(value, lists) and len(target.elts) == len(value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)
        return
    words = _words_of(value)
    for each in ast.walk(target):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id, words


def _words_in(source: str) -> set[str]:
    try:
        return _words_of(parse(without_magics(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source))


def _words_of(tree: ast.AST) -> set[str]:
    """Return the names in a piece of code, and the texts that are no more than a name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\w+", node.value):
            found.add(node.value)
    return found
