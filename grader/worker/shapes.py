"""Which shapes met where numpy says that they do not fit: seen in the student's own line, nothing of it is run again."""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import numpy as np

MISFITS = ("gufunc", "could not be broadcast", "not aligned")
_SIZES = re.compile(r"\(size [\w ]+\)")
EXPRESSION_LIMIT, OPERANDS, DEPTH = 60, 4, 6


def misfit(text: str, traceback: TracebackType | None, is_own: Callable[[str], bool]) -> str:
    """Return the text of numpy's error with the shapes that met and the expression in which they did.

    `is_own` tells the student's files and cells by their names; the deepest line in them counts. The text is as it was where
    nothing can be told.
    """
    if not any(words in text for words in MISFITS):
        return text
    step = None
    while traceback is not None:
        step = traceback if is_own(traceback.tb_frame.f_code.co_filename) else step
        traceback = traceback.tb_next
    if step is None:
        return _without_signature(text)
    try:
        return _told(text, step)
    except (SyntaxError, ValueError, LookupError, AttributeError, TypeError, RecursionError, MemoryError, OSError):
        return _without_signature(text)


def _without_signature(text: str) -> str:
    """Return numpy's text without what it says of its own signatures, which tells a student nothing."""
    if MISFITS[0] not in text:
        return text
    sizes = _SIZES.search(text)
    return f"shapes that do not fit{f' {sizes.group()}' if sizes else ''} met"


def _told(text: str, step: TracebackType) -> str:
    source = _expression(step)
    (statement,) = ast.parse(source.strip()).body
    shapes = [str(each.shape) for each in _operands(statement, step.tb_frame) if type(each) is np.ndarray]
    shown = source if len(source) <= EXPRESSION_LIMIT else f"{source[: EXPRESSION_LIMIT - 1]}…"
    if len(shapes) < 2:
        return f"{_without_signature(text).strip()} in `{shown}`"
    return f"shapes {' and '.join(shapes)} met in `{shown}`, and do not fit"


def _expression(step: TracebackType) -> str:
    """Return the source of just what was being computed, in one line; ValueError where it is not known."""
    positions = list(step.tb_frame.f_code.co_positions())
    line, end, begins, ends = positions[step.tb_lasti // 2]
    if line is None or begins is None or ends is None or end != line:
        raise ValueError("it is not known which part of the line")
    whole = linecache.getline(step.tb_frame.f_code.co_filename, line, step.tb_frame.f_globals)
    # columns count bytes
    return whole.encode()[begins:ends].decode()


def _operands(statement: ast.stmt, frame: FrameType) -> list[Any]:
    tree = statement.value if isinstance(statement, ast.Expr) else statement
    if isinstance(tree, ast.BinOp):
        parts = [tree.left, tree.right]
    elif isinstance(tree, ast.AugAssign):
        parts = [tree.target, tree.value]
    elif isinstance(tree, ast.Call):
        parts = tree.args[:OPERANDS]
        # x.dot(y) is about x as well
        if isinstance(tree.func, ast.Attribute) and not isinstance(_value(tree.func.value, frame, DEPTH), type(np)):
            parts = [tree.func.value, *parts]
    else:
        raise TypeError("no operation")
    return [_value(part, frame, DEPTH) for part in parts]


def _value(tree: ast.expr, frame: FrameType, depth: int) -> Any:
    """Return what a name, an attribute or an entry holds, looked up without calling anything of the student's; else None."""
    if depth == 0:
        return None
    if isinstance(tree, ast.Name):
        return frame.f_locals.get(tree.id, frame.f_globals.get(tree.id))
    if isinstance(tree, ast.Attribute):
        owner = _value(tree.value, frame, depth - 1)
        if type(owner) is np.ndarray:
            return owner.T if tree.attr == "T" else None
        return object.__getattribute__(owner, "__dict__").get(tree.attr)
    if isinstance(tree, ast.Subscript):
        owner, index = _value(tree.value, frame, depth - 1), _index(tree.slice, frame)
        return owner[index] if type(owner) in (list, tuple, dict) and type(index) in (int, str) else None
    return None


def _index(tree: ast.expr, frame: FrameType) -> Any:
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) and isinstance(tree.operand, ast.Constant):
        return -tree.operand.value if type(tree.operand.value) is int else None
    return tree.value if isinstance(tree, ast.Constant) else _value(tree, frame, DEPTH)
