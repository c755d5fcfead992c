"""What of a file with classes these need: the statements that make or change what they look up, wherever these stand.

A name that is looked up in a method is not needed before the method is called: an import may stand behind its class, and
a table may be filled in a cell of its own.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)
BODIES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
# an import of names that nobody has listed: any of them may be needed
ANY = "*"
SETTERS = ("setattr", "delattr")

# the name of a cell, and the number of a statement in it
Place = tuple[str, int]


@dataclass(frozen=True)
class Statement:
    """One statement of a file: the names that it gives a value to, and those that it looks up.

    It `changes` what has these names, or hands it to a function that may. `makes_data` says that what it makes is neither
    imported nor defined, `makes_class` that it defines a class; `sets` are the names that its functions give a value to.
    """

    makes: frozenset[str]
    looks_up: frozenset[str]
    changes: frozenset[str]
    hands_on: frozenset[str]
    sets: frozenset[str]
    makes_data: bool
    makes_class: bool


def needed_places(cells: Iterable[tuple[str, Sequence[ast.stmt]]], classes: Iterable[str]) -> set[Place]:
    """Return the places of all statements that these classes need, in whatever order they stand."""
    statements = {(name, index): _read(each) for name, body in cells for index, each in enumerate(body)}
    # what a call can change: a list or a dict, whoever is given it; a class, by its own methods; a library never
    data = {name for each in statements.values() if each.makes_data for name in (*each.makes, *each.sets)}
    own = {name for each in statements.values() if each.makes_class for name in each.makes}
    called = {name: each.sets for each in statements.values() for name in each.makes if each.sets}
    wanted, found = set(classes), set[Place]()

    def serves(each: Statement) -> bool:
        by_call = {name for function in each.looks_up for name in called.get(function, ())}
        made = each.makes | by_call | (each.changes & (data | own)) | (each.hands_on & data)
        return ANY in made or bool(made & wanted)

    while new := {place for place, each in statements.items() if place not in found and serves(each)}:
        found |= new
        wanted |= {name for place in new for name in statements[place].looks_up}
    return found


def _read(statement: ast.stmt) -> Statement:
    outside = list(_outside(statement))
    makes, looks_up, sets = _scopes(statement)
    stars = {ANY for each in outside if isinstance(each, ast.ImportFrom) for alias in each.names if alias.name == ANY}
    return Statement(
        makes=frozenset(makes | stars),
        looks_up=frozenset(looks_up),
        changes=frozenset(name for each in outside for name in _changed(each)),
        hands_on=frozenset(name for each in outside for name in _handed(each)),
        sets=frozenset(sets),
        makes_data=any(isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) for each in outside),
        makes_class=any(isinstance(each, ast.ClassDef) for each in outside),
    )


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a statement, but nothing of the bodies of functions and classes."""
    yield node
    if not isinstance(node, BODIES):
        for each in ast.iter_child_nodes(node):
            yield from _outside(each)


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the names whose value a node changes: by an entry, by an attribute, or by a method."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield from _root(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _root(node.func)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SETTERS:
        yield from _handed(node)


def _handed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        given = [*node.args, *(each.value for each in node.keywords)]
        yield from (each.id for each in given if isinstance(each, ast.Name))


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _scopes(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Return the names of the file that a statement makes, those that it looks up, and those that its functions set."""
    try:
        top = symtable.symtable(ast.unparse(statement), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        # what cannot be told apart counts as everything
        names = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
        return names, names, set()
    symbols = top.get_symbols()
    makes = {each.get_name() for each in symbols if each.is_assigned() or each.is_imported() or each.is_namespace()}
    looks_up = {each.get_name() for each in symbols if each.is_referenced()}
    sets = set()
    inner = [*top.get_children()]
    while inner:
        table = inner.pop()
        inner += table.get_children()
        for each in table.get_symbols():
            if each.is_global():
                looks_up.add(each.get_name())
                if each.is_declared_global() and each.is_assigned():
                    sets.add(each.get_name())
    return makes, looks_up, sets
