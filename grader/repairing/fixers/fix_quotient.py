"""Division as Python 2 does it: ``a / b`` of two whole numbers is a whole number."""

from __future__ import annotations

from typing import Any

from fissix.fixer_base import BaseFix
from fissix.fixer_util import Call, Comma, Name
from fissix.pgen2 import token
from fissix.pygram import python_symbols
from fissix.pytree import Leaf, Node

# the worker offers both to student code
QUOTIENT, IN_PLACE = "python2_quotient", "python2_quotient_in_place"


class FixQuotient(BaseFix):  # type: ignore[misc]
    """Calls a function where it depends on the operands which division is meant."""

    BM_compatible = False
    PATTERN = "term< any+ > | expr_stmt< any '/=' any >"

    def transform(self, node: Any, results: Any) -> Any:
        if node.type == python_symbols.expr_stmt:
            return _in_place(node)
        if not any(each.type == token.SLASH for each in node.children) or any(map(_is_float, node.children)):
            return None
        prefix = node.prefix
        made, *rest = [each.clone() for each in node.children]
        made.prefix = ""
        for sign, operand in zip(rest[::2], rest[1::2], strict=True):
            made = _divided(QUOTIENT, made, operand) if sign.type == token.SLASH else _joined(made, sign, operand)
        made.prefix = prefix
        return made


def _in_place(node: Any) -> Any:
    target, _, value = (each.clone() for each in node.children)
    if _is_float(value):
        return None
    prefix = node.prefix
    target.prefix = ""
    again = target.clone()
    made = Node(node.type, [target, Leaf(token.EQUAL, "=", prefix=" "), _divided(IN_PLACE, again, value, prefix=" ")])
    made.prefix = prefix
    return made


def _divided(name: str, first: Any, second: Any, prefix: str = "") -> Any:
    second.prefix = " "
    return Call(Name(name), [first, Comma(), second], prefix=prefix)


def _joined(first: Any, sign: Any, second: Any) -> Any:
    return Node(python_symbols.term, [first, sign, second])


def _is_float(node: Any) -> bool:
    """Tell whether an operand is a number with a point, or made by ``float(...)``: then there is one division only."""
    if node.type == token.NUMBER:
        return any(letter in node.value.lower() for letter in ".e") and not node.value.lower().startswith("0x")
    if node.children and node.type == python_symbols.power:
        return bool(node.children[0].type == token.NAME and node.children[0].value == "float")
    return False
