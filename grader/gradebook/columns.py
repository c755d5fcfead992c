"""Columns that mean the same in every database: points without a rounding error, instants in UTC, texts that are bounded."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

# points are kept as whole millionths, which every database adds up exactly
UNIT = 1_000_000
LONGEST = 4_000
CUT = " ... (cut)"


class Points(TypeDecorator[Decimal]):
    """Points as `Decimal`, to six decimals; None where there are none."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else round(value * UNIT)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else exact(value)


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC; a time without a zone is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone is nobody's time")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Numbers(TypeDecorator[tuple[int, ...]]):
    """Whole numbers as a text in which one of them can be looked for: ``,3,7,``; empty for none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else f",{','.join(map(str, value))}," if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...] | None:
        return None if value is None else tuple(map(int, value.strip(",").split(","))) if value else ()


class Words(TypeDecorator[str]):
    """A text of at most `LONGEST` characters that every database takes, whatever a student wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


@lru_cache(maxsize=4096)
def exact(millionths: int) -> Decimal:
    """Return points as they are kept as a `Decimal` without zeros that say nothing."""
    whole, rest = divmod(millionths, UNIT)
    return Decimal(whole) if not rest else (Decimal(millionths) / UNIT).normalize()


def storable(text: str) -> str:
    """Return a text as it is kept: bounded, without the one character and the halves of characters that databases refuse.

    What is kept is kept once more as it is.
    """
    kept = text[: LONGEST + 1]
    if not kept.isascii() or "\0" in kept:
        kept = kept.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    return kept if len(kept) <= LONGEST else kept[: LONGEST - len(CUT)] + CUT
