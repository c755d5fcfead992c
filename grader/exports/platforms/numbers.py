"""Numbers as platforms write them: with a point or a comma, with or without thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+)")
_COMMA = re.compile(r"-?\d+,\d+")


def read(text: str) -> Decimal | None:
    """Return the number that a cell holds, None where it holds something else."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if _THOUSANDS.fullmatch(text):
        decimal = "." if text.rindex(".") > text.rfind(",") else ","
        whole, _, part = text.rpartition(decimal)
        return Decimal(f"{re.sub('[.,]', '', whole)}.{part}")
    return None


def exact(value: float) -> Decimal:
    """Return the number that was meant, without what binary fractions add to it."""
    return Decimal(str(round(value, 6)))


def has_commas(cells: Iterable[str]) -> bool:
    """Return whether a file writes its decimals with a comma, by the cells that may be numbers."""
    return any(_COMMA.fullmatch(cell.strip()) for cell in cells)


def written(value: Decimal, *, comma: bool = False) -> str:
    """Return a number without zeros at its end, as ``31.5``, or with a comma."""
    text = f"{value.normalize() + 0:f}"
    return text.replace(".", ",") if comma else text
