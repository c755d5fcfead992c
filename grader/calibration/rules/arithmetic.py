"""Rules that change how values are combined: operators, terms, comparisons and transposes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.calibration.rules.surroundings import Rule, Surroundings, with_fields

Found = Iterator[tuple[str, ast.AST]]

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)


def swap_operator(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """a + b -> a - b; a += b -> a -= b; -a -> a."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in OPERATORS.get(type(node.op), ()):
            if isinstance(node, ast.BinOp) or other in {ast.Add, ast.Sub}:
                yield f"{_word(type(node.op))}_to_{_word(other)}", with_fields(node, op=other())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus_dropped", node.operand


def swap_comparison(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """a < b -> a <= b, a > b."""
    if isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield f"{_word(type(node.ops[0]))}_to_{_word(other)}", with_fields(node, ops=[other()])


def negate_condition(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """if a -> if not a, and always one of the two branches."""
    if isinstance(node, ast.If | ast.IfExp):
        yield "negated", with_fields(node, test=ast.UnaryOp(ast.Not(), node.test))
        for value in (True, False):
            yield f"always_{str(value).lower()}", with_fields(node, test=ast.Constant(value))


def drop_term(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """a + b -> a, b."""
    if isinstance(node, ast.BinOp):
        yield "right_dropped", node.left
        yield "left_dropped", node.right


def swap_operands(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """a - b -> b - a."""
    if isinstance(node, ast.BinOp) and (isinstance(node.op, ORDERED) or isinstance(node.left, ast.List)):
        yield _word(type(node.op)), with_fields(node, left=node.right, right=node.left)


def transpose(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """a.T -> a; a @ b -> a.T @ b, a @ b.T; outer(a, b) -> outer(a, b).T."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "dropped", node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            factor = getattr(node, side)
            if not (isinstance(factor, ast.Attribute) and factor.attr == "T"):
                yield f"{side}_added", with_fields(node, **{side: _turned(factor)})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "outer":
        yield "added", _turned(node)


RULES: tuple[Rule, ...] = (
    swap_operator,
    swap_comparison,
    negate_condition,
    drop_term,
    swap_operands,
    transpose,
)


def _word(kind: type[ast.AST]) -> str:
    return {"Mult": "mul", "MatMult": "matmul"}.get(kind.__name__, kind.__name__.lower())


def _turned(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())
