"""Rules that change what is called, with which arguments, and what lists and dicts hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.calibration.rules.surroundings import Rule, Surroundings, with_fields

Found = Iterator[tuple[str, ast.AST]]

FUNCTIONS = {
    "sum": ("mean", "max"),
    "mean": ("sum", "max"),
    "max": ("min", "mean"),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "exp": ("expm1", "exp2"),
    "expm1": ("exp",),
    "log": ("log2", "log1p"),
    "logaddexp": ("logaddexp2", "maximum"),
    "tanh": ("sin", "arctan"),
    "sqrt": ("square",),
    "randn": ("rand",),
    "uniform": ("normal",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "outer": ("inner", "multiply"),
    "getParameters": ("getGradParameters",),
    "getGradParameters": ("getParameters",),
    "backward": ("updateGradInput",),
}


def change_axis(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """axis=0 -> axis=1."""
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield "other", with_fields(node, value=ast.Constant(1 - int(str(node.value.value))))


def drop_keyword(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """f(a, b=c) -> f(a)."""
    if isinstance(node, ast.Call):
        for index, keyword in enumerate(node.keywords):
            rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
            yield str(keyword.arg), with_fields(node, keywords=rest)


def wrong_function(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """np.sum -> np.mean; np.random.randn -> np.random.rand; np.zeros -> np.ones."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for other in FUNCTIONS.get(node.func.attr, ()):
            yield f"{node.func.attr}_to_{other}", with_fields(node, func=with_fields(node.func, attr=other))


def drop_call(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """f(a, b) -> a, b; a.sum(axis=0) -> a."""
    if not isinstance(node, ast.Call) or isinstance(parent, ast.Expr):
        return
    for index, argument in enumerate(node.args):
        yield f"argument_{index + 1}_kept", argument
    if not node.args and isinstance(node.func, ast.Attribute):
        yield f"{node.func.attr}_dropped", node.func.value


def swap_arguments(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """f(a, b) -> f(b, a); [a, b] -> [b, a]."""
    name = "args" if isinstance(node, ast.Call) else "elts"
    if isinstance(node, ast.Call | ast.List | ast.Tuple):
        parts = getattr(node, name)
        for k in range(len(parts) - 1):
            swapped = [*parts[:k], parts[k + 1], parts[k], *parts[k + 2 :]]
            yield f"{k + 1}_and_{k + 2}", with_fields(node, **{name: swapped})


def drop_entry(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """[a, b] -> [a], [b]; {"a": 1, "b": 2} -> {"a": 1}."""
    if isinstance(node, ast.List) and isinstance(node.ctx, ast.Load):
        for k in range(len(node.elts)):
            yield f"number_{k + 1}", with_fields(node, elts=[*node.elts[:k], *node.elts[k + 1 :]])
    if isinstance(node, ast.Dict):
        for k, key in enumerate(node.keys):
            keys, values = [*node.keys], [*node.values]
            del keys[k], values[k]
            yield str(getattr(key, "value", k)), with_fields(node, keys=keys, values=values)


def copy_instead(node: ast.AST, parent: ast.AST, around: Surroundings) -> Found:
    """return [a, b] -> return [a.copy(), b]."""
    if isinstance(node, ast.List) and isinstance(parent, ast.Return):
        for k, element in enumerate(node.elts):
            copied = ast.Call(ast.Attribute(element, "copy", ast.Load()), [], [])
            yield f"of_number_{k + 1}", with_fields(node, elts=[*node.elts[:k], copied, *node.elts[k + 1 :]])


RULES: tuple[Rule, ...] = (
    change_axis,
    drop_keyword,
    wrong_function,
    drop_call,
    swap_arguments,
    drop_entry,
    copy_instead,
)
