"""What the rules that make mutants work on: statements in their blocks, and the names that can be confused around them."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Block = Sequence[ast.stmt]


@dataclass(frozen=True)
class Change:
    """Statements `old`, next to one another in one block, that become `new`; `manner` says in a word or two what changes."""

    operator: str
    manner: str
    line: int
    old: tuple[ast.stmt, ...]
    new: tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Surroundings:
    """Names that a student could confuse: variables of the method, attributes of the object, keys of the class's dicts.

    A key maps to the kind of its values: keys of one kind can be confused.
    """

    variables: tuple[str, ...]
    attributes: tuple[str, ...]
    keys: Mapping[str, str]


# (node, the node that it is part of, what can be confused) -> (manner, what takes the node's place)
Rule = Callable[[ast.AST, ast.AST, Surroundings], Iterator[tuple[str, ast.AST]]]
# (block, index of a statement in it) -> changes of that statement and those after it
Edit = Callable[[Block, int], Iterator[Change]]


def of_function(owner: ast.ClassDef, function: ast.FunctionDef) -> Surroundings:
    """Return what can be confused in a method of a class."""
    arguments = [each.arg for each in function.args.args if each.arg != "self"]
    assigned = [
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    attributes = [
        node.attr
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute) and is_own(node) and isinstance(node.ctx, ast.Store)
    ]
    keys = {
        key.value: type(value).__name__ if isinstance(value, ast.Name) else ""
        for node in ast.walk(owner)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    return Surroundings(tuple(dict.fromkeys([*arguments, *assigned])), tuple(dict.fromkeys(attributes)), keys)


def is_own(node: ast.AST) -> bool:
    """Tell whether a node is an attribute of ``self``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def own_nodes(statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield (node, its parent) of a statement and all that is in it, but for the statements in it."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(statement, statement)]
    while waiting:
        node, parent = waiting.pop(0)
        yield node, parent
        waiting += [(child, node) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def anew(whole: ast.stmt, part: ast.AST, replacement: ast.AST) -> ast.stmt:
    """Return a copy of a statement with one part of it replaced."""
    return copy.deepcopy(whole, {id(part): replacement})


def with_fields(node: ast.AST, **fields: object) -> ast.AST:
    """Return a copy of a node, one level deep, with other fields."""
    return ast.copy_location(type(node)(**{**dict(ast.iter_fields(node)), **fields}), node)
