"""Rules that take one name for another of the same kind: variables, attributes of the object, keys of a dict."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.calibration.rules.surroundings import Rule, Surroundings, is_own, with_fields

# how many other names each is taken for
OTHERS = 2


def wrong_variable(node: ast.AST, parent: ast.AST, around: Surroundings) -> Iterator[tuple[str, ast.AST]]:
    """a -> b, both variables of the method."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in around.variables:
        for other in _next_to(node.id, around.variables):
            yield f"{node.id}_to_{other}", with_fields(node, id=other)


def wrong_attribute(node: ast.AST, parent: ast.AST, around: Surroundings) -> Iterator[tuple[str, ast.AST]]:
    """self.a -> self.b, read or written."""
    if isinstance(node, ast.Attribute) and is_own(node) and node.attr in around.attributes:
        for other in _next_to(node.attr, around.attributes):
            yield f"{node.attr}_to_{other}", with_fields(node, attr=other)


def wrong_key(node: ast.AST, parent: ast.AST, around: Surroundings) -> Iterator[tuple[str, ast.AST]]:
    """layer["a"] -> layer["b"], where values of the same kind are kept under both."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        key = node.slice.value
        alike = [other for other, kind in around.keys.items() if kind == around.keys.get(key)]
        for other in _next_to(key, alike) if key in alike else ():
            yield f"{key}_to_{other}", with_fields(node, slice=ast.Constant(other))


RULES: tuple[Rule, ...] = (wrong_variable, wrong_attribute, wrong_key)


def _next_to(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that come after one, the first again after the last."""
    k = list(names).index(name)
    return [*names[k + 1 :], *names[:k]][:OTHERS]
