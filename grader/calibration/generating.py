"""Mutants made by rule: a right solution in which one thing that a student wrote is changed.

What lies between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` is what a student writes; a source without such lines is a
student's as a whole.
"""

from __future__ import annotations

import ast
import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.calibration.differences import differing
from grader.calibration.rules import EDITS, RULES
from grader.calibration.rules.surroundings import Block, Change, Surroundings, anew, of_function, own_nodes
from grader.parsing import parse
from grader.template import MARKER

# what a student does not write, or what nobody grades
LEFT_OUT = {"__repr__", "train", "evaluate", "training"}
# what stands for the lines of the cell that is changed, and how those are set in a notebook
HERE, NEXT, INDENTED = "the changed cell", "\n", "   "
Classes = Mapping[str, Mapping[str | None, tuple[str, ...]]]
# assignment -> class -> the items that its methods count for; None stands for every other method
ITEMS: Mapping[str, Classes] = {
    "byomlp": {
        "MLP": {
            "__init__": ("forward", "backprop"),
            "add_layer": ("forward", "backprop"),
            "forward": ("forward",),
            None: ("backprop",),
        },
    },
    "modules": {
        "Sequential": {None: ("sequential",)},
        "Linear": {None: ("linear",)},
        "SoftMax": {None: ("softmax",)},
        "BatchMeanSubtraction": {None: ("batch_mean_subtraction",)},
        "Dropout": {None: ("dropout",)},
        "LeakyReLU": {None: ("leaky_relu",)},
        "ELU": {None: ("elu",)},
        "SoftPlus": {None: ("softplus",)},
        "ClassNLLCriterion": {None: ("class_nll_criterion",)},
    },
}


@dataclass(frozen=True)
class Generated:
    """One mutant: the rule that made it, the line that it changes from `before` to `after`, and the whole wrong `source`.

    `line` counts within the file, in a notebook within its cell; `scope` is ``Class.method``; `items` are the rubric items
    in any of which it must lose points.
    """

    name: str
    operator: str
    line: int
    before: str
    after: str
    source: str
    scope: str
    items: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the mutant is called in notes that outlast a change of line numbers."""
        return f"{self.scope} {self.operator}: {self.before} -> {self.after}"


def generate(source: str, *, assignment: str) -> tuple[Generated, ...]:
    """Return every mutant of a right solution that the rules make, in the order of its lines, no two of them alike.

    `source` is a module, or a notebook (JSON) of which each code cell that defines a graded class is changed; the sources
    of the mutants are of the same kind. Each statement must stand on lines of its own. ValueError when there is nothing to
    change.
    """
    classes = ITEMS.get(assignment, {})
    is_notebook = source.lstrip().startswith("{")
    made = _of_notebook(json.loads(source), classes) if is_notebook else _named(_mutants(source, classes), "")
    if not made:
        raise ValueError(f"nothing to change: no class of the assignment '{assignment}' has a solution in this source")
    return tuple(made)


def _of_notebook(notebook: dict[str, Any], classes: Classes) -> list[Generated]:
    made = []
    for index, cell in enumerate(notebook["cells"]):
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or "class " not in text:
            continue
        cells = [*notebook["cells"]]
        cells[index] = {**cell, "source": HERE}
        # written out once for all mutants of the cell: that takes longer than making them
        before, _, after = json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False).partition(f'"{HERE}"')
        for mutant in _named(_mutants(text, classes), f"C{index + 1}"):
            lines = json.dumps(mutant.source.splitlines(keepends=True), indent=1, ensure_ascii=False)
            made.append(replace(mutant, source=f"{before}{lines.replace(NEXT, NEXT + INDENTED)}{after}\n"))
    return made


def _named(mutants: Iterator[Generated], cell: str) -> list[Generated]:
    """Give mutants whose rule, line and manner are the same a number."""
    counts: Counter[str] = Counter()
    named = []
    for mutant in mutants:
        name = mutant.name.replace("_L", f"_{cell}L", 1)
        counts[name] += 1
        full = f"{name}_{counts[name]}" if counts[name] > 1 else name
        named.append(replace(mutant, name=full))
    return named


def _mutants(text: str, classes: Classes) -> Iterator[Generated]:
    tree = parse(text)
    written = _written(text)
    for place, owner in enumerate(tree.body):
        if not isinstance(owner, ast.ClassDef) or owner.name not in classes:
            continue
        items = classes[owner.name]
        for within, function in enumerate(owner.body):
            if not isinstance(function, ast.FunctionDef) or function.name in LEFT_OUT:
                continue
            around = of_function(owner, function)
            seen = {ast.dump(function)}
            changes = sorted(_changes(function, around, written), key=lambda change: change.line)
            for change in changes:
                source = _edited(text, change)
                dump = _compiled(source, place, within)
                if not dump or dump in seen:
                    continue
                seen.add(dump)
                before, after = differing(change.old, change.new)
                yield Generated(
                    name=f"{change.operator}_L{change.line}_{change.manner}",
                    operator=change.operator,
                    line=change.line,
                    before=before,
                    after=after,
                    source=source,
                    scope=f"{owner.name}.{function.name}",
                    items=items.get(function.name, items.get(None, ())),
                )


def _changes(function: ast.FunctionDef, around: Surroundings, written: Sequence[range]) -> Iterator[Change]:
    for block in _blocks(function):
        for index, statement in enumerate(block):
            if _is_refusal(statement) or not any(statement.lineno in lines for lines in written):
                continue
            for edit in EDITS:
                yield from edit(block, index)
            for node, parent in own_nodes(statement):
                for rule in RULES:
                    for manner, replacement in rule(node, parent, around):
                        new = anew(statement, node, replacement)
                        line = getattr(node, "lineno", statement.lineno)
                        yield Change(rule.__name__, manner, line, (statement,), (new,))


def _blocks(node: ast.AST) -> Iterator[Block]:
    """Yield every list of statements below a node; what only refuses arguments is no part of what is graded."""
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value
            for statement in value:
                if not _is_refusal(statement):
                    yield from _blocks(statement)


def _is_refusal(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If | ast.For):
        return not statement.orelse and all(map(_is_refusal, statement.body))
    return isinstance(statement, ast.Raise)


def _written(text: str) -> list[range]:
    """Return the lines that a student writes, counted from 1."""
    begun, found = 0, []
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if marker := MARKER.fullmatch(line):
            if (marker[1] or marker[2]).upper() == "END":
                found.append(range(begun, number))
            begun = number
    return found or [range(1, len(lines) + 1)]


def _edited(text: str, change: Change) -> str:
    lines = text.splitlines(keepends=True)
    first, last = change.old[0], change.old[-1]
    new = "\n".join(map(ast.unparse, change.new)) or "pass"
    indented = textwrap.indent(new, " " * first.col_offset) + "\n"
    return "".join([*lines[: first.lineno - 1], indented, *lines[last.end_lineno :]])


def _compiled(source: str, place: int, within: int) -> str:
    """Return what a method, found by its place in a class at its place, is compiled from; nothing where that cannot be."""
    try:
        tree = parse(source)
        compile(tree, "mutant", "exec")
    except (SyntaxError, ValueError):
        return ""
    owner = tree.body[place]
    return ast.dump(owner.body[within]) if isinstance(owner, ast.ClassDef) else ""
