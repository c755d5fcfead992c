"""Rules that change statements: left out, in another order or block, overwriting, or working in place."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from grader.calibration.rules.surroundings import Block, Change, Edit, is_own, with_fields


def drop_statement(block: Block, index: int) -> Iterator[Change]:
    """The statement is not there."""
    statement = block[index]
    kind = {"AugAssign": "update", "For": "loop", "If": "condition"}.get(
        type(statement).__name__, type(statement).__name__.lower()
    )
    yield _change("drop_statement", kind, (statement,), ())


def swap_statements(block: Block, index: int) -> Iterator[Change]:
    """The statement and the next one change places, where one needs what the other does."""
    pair = tuple(block[index : index + 2])
    if len(pair) < 2 or isinstance(pair[1], ast.Return):
        return
    if _changed(pair[0]) & _mentioned(pair[1]) or _changed(pair[1]) & _mentioned(pair[0]):
        yield _change("swap_statements", "with_next", pair, pair[::-1])


def overwrite(block: Block, index: int) -> Iterator[Change]:
    """a += b -> a = b, a = a + b."""
    statement = block[index]
    if isinstance(statement, ast.AugAssign):
        yield _change("overwrite", "aug_to_assign", (statement,), (ast.Assign([statement.target], statement.value),))


def work_in_place(block: Block, index: int) -> Iterator[Change]:
    """a = b + c -> b += c; a = b."""
    statement = block[index]
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.BinOp):
        return
    left, target = statement.value.left, statement.targets[0]
    if not isinstance(left, ast.Name | ast.Attribute) or isinstance(statement.value.op, ast.MatMult):
        return
    update = ast.AugAssign(left, statement.value.op, statement.value.right)
    same = ast.unparse(left) == ast.unparse(target)
    yield _change("work_in_place", "assign", (statement,), (update,) if same else (update, ast.Assign([target], left)))


def move_out_of_loop(block: Block, index: int) -> Iterator[Change]:
    """The last statement of a loop stands behind it, the first before it."""
    loop = block[index]
    if isinstance(loop, ast.For) and len(loop.body) > 1:
        yield _change("move_out_of_loop", "last", (loop,), (with_fields(loop, body=loop.body[:-1]), loop.body[-1]))
        yield _change("move_out_of_loop", "first", (loop,), (loop.body[0], with_fields(loop, body=loop.body[1:])))


def move_into_loop(block: Block, index: int) -> Iterator[Change]:
    """What stands behind a loop stands in it."""
    loop = block[index]
    if isinstance(loop, ast.For) and index + 1 < len(block):
        after = block[index + 1]
        yield _change("move_into_loop", "next", (loop, after), (with_fields(loop, body=[*loop.body, after]),))


def stop_early(block: Block, index: int) -> Iterator[Change]:
    """A loop ends after its first round."""
    loop = block[index]
    if isinstance(loop, ast.For):
        yield _change("stop_early", "break", (loop,), (with_fields(loop, body=[*loop.body, ast.Break()]),))


def forget(block: Block, index: int) -> Iterator[Change]:
    """self.a = b; return self.a -> return b."""
    pair = tuple(block[index : index + 2])
    if len(pair) == 2 and isinstance(pair[0], ast.Assign) and isinstance(pair[1], ast.Return):
        target, value = pair[0].targets[0], pair[1].value
        if is_own(target) and value is not None and ast.unparse(value) == ast.unparse(target):
            yield _change("forget", "not_kept", pair, (ast.Return(pair[0].value),))


EDITS: tuple[Edit, ...] = (
    drop_statement,
    swap_statements,
    overwrite,
    work_in_place,
    move_out_of_loop,
    move_into_loop,
    stop_early,
    forget,
)


def _mentioned(statement: ast.stmt) -> set[str]:
    """Return the variables, own attributes and entries of dicts that a statement speaks of."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name) or is_own(node) or _is_entry(node)]
    return {ast.unparse(node) for node in nodes} - {"self"}


def _changed(statement: ast.stmt) -> set[str]:
    """Return the variables, own attributes and entries of dicts that a statement sets, updates, or calls a method of."""
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign):
            changed |= {name for target in node.targets for name in _roots(target)}
        elif isinstance(node, ast.AugAssign | ast.For):
            changed |= _roots(node.target)
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            changed |= _roots(node.value.func.value)
    return changed


def _roots(target: ast.expr) -> set[str]:
    """Return what a target belongs to: a[k] -> a, a["b"][:] -> a["b"], (c, d) -> c and d."""
    if isinstance(target, ast.Tuple):
        return {name for each in target.elts for name in _roots(each)}
    if isinstance(target, ast.Subscript) and not _is_entry(target):
        return _roots(target.value)
    return {ast.unparse(target)}


def _is_entry(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    )


def _change(operator: str, manner: str, old: tuple[ast.stmt, ...], new: tuple[ast.AST, ...]) -> Change:
    fresh = tuple(ast.fix_missing_locations(copy.deepcopy(each)) for each in new)
    return Change(operator, manner, old[0].lineno, old, tuple(each for each in fresh if isinstance(each, ast.stmt)))
