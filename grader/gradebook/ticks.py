"""Marks by ticks: how many points the ticked entries of a guide come to, and what they say. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from grader.gradebook.nouns import Entry

NOTHING = Decimal(0)


def worth(points: Sequence[Decimal], adjustment: Decimal, possible: Decimal) -> Decimal:
    """Return what ticked entries of these points come to, in a check that is worth `possible`.

    Where they only take points away, they take them from all that there are; else they add up from nothing.
    """
    takes = any(each < 0 for each in points) and all(each <= 0 for each in points)
    reached = (possible if takes else NOTHING) + sum(points, NOTHING) + adjustment
    return min(max(reached, NOTHING), possible)


def of(ticked: Iterable[int], entries: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """Return the entries of these numbers, in the order of their guide."""
    return tuple(sorted((entries[each] for each in set(ticked)), key=lambda each: (each.place, each.id)))


def told(ticked: Collection[int], entries: Mapping[int, Entry]) -> tuple[str, ...]:
    """Return what ticked entries say, with their points."""
    return tuple(each.told for each in of(ticked, entries)) if ticked else ()
