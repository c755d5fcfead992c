"""Rules that change a number: a constant, an index, the bounds of a slice or of a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.calibration.rules.surroundings import Rule, Surroundings, with_fields

Found = Iterator[tuple[str, ast.AST]]


def off_by_one(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """x[k] -> x[k + 1]; x[:k] -> x[:k - 1]; range(n) -> range(n - 1); for a in b -> for a in b without its first."""
    if (
        isinstance(node, ast.Subscript)
        and not isinstance(node.slice, ast.Slice | ast.Tuple)
        and not _is_text(node.slice)
    ):
        for step in (1, -1):
            yield (
                f"index{step:+d}".replace("+", "_plus_").replace("-", "_minus_"),
                with_fields(node, slice=_moved(node.slice, step)),
            )
    if isinstance(node, ast.Slice):
        yield "slice_begins_later", with_fields(node, lower=_moved(node.lower or ast.Constant(0), 1))
        if node.upper is None:
            yield "slice_ends_earlier", with_fields(node, upper=_moved(ast.Constant(0), -1))
        else:
            yield "slice_ends_earlier", with_fields(node, upper=_moved(node.upper, -1))
            yield "slice_ends_later", with_fields(node, upper=_moved(node.upper, 1))
    if isinstance(node, ast.Call) and _called(node) == "range":
        yield "range_ends_earlier", with_fields(node, args=[*node.args[:-1], _moved(node.args[-1], -1)])
        yield "range_ends_later", with_fields(node, args=[*node.args[:-1], _moved(node.args[-1], 1)])
        if len(node.args) == 1:
            yield "range_begins_later", with_fields(node, args=[ast.Constant(1), *node.args])
    if isinstance(node, ast.For | ast.comprehension) and not (
        isinstance(node.iter, ast.Call) and _called(node.iter) == "range"
    ):
        listed = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        for manner, part in (
            ("first_left_out", ast.Slice(ast.Constant(1))),
            ("last_left_out", ast.Slice(None, _moved(ast.Constant(0), -1))),
        ):
            yield manner, with_fields(node, iter=ast.Subscript(listed, part, ast.Load()))


def change_constant(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """0 -> 1; 0.1 -> 0.2, 0.01; True -> False."""
    if not isinstance(node, ast.Constant) or (isinstance(parent, ast.keyword) and parent.arg == "axis"):
        return
    value = node.value
    if isinstance(value, bool):
        yield f"to_{not value}".lower(), ast.Constant(not value)
    elif isinstance(value, int):
        yield "plus_1", ast.Constant(value + 1)
        yield "minus_1", _number(value - 1)
    elif isinstance(value, float):
        yield "doubled", ast.Constant(2 * value)
        yield "tenth", ast.Constant(value / 10)


RULES: tuple[Rule, ...] = (
    off_by_one,
    change_constant,
)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _number(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _moved(node: ast.expr, step: int) -> ast.expr:
    """Return an expression that is `step` more, worked out where it is a number."""
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inner = node.operand if isinstance(node, ast.UnaryOp) and negative else node
    if isinstance(inner, ast.Constant) and isinstance(inner.value, int):
        return _number((-inner.value if negative else inner.value) + step)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        right = node.right
        if isinstance(right, ast.Constant) and isinstance(right.value, int):
            total = (right.value if isinstance(node.op, ast.Add) else -right.value) + step
            op: ast.operator = ast.Add() if total > 0 else ast.Sub()
            return ast.BinOp(node.left, op, ast.Constant(abs(total))) if total else node.left
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))
