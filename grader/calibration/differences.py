"""Saying in a line what a change of statements is, so that it can be read, and found again when line numbers have moved."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from itertools import takewhile

# characters that are shown as they are
LONG = 90
NOTHING = "(nothing)"
ELSEWHERE = "(in another block)"


def differing(old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> tuple[str, str]:
    """Return the lines in which statements differ, long ones without what they share at both ends."""
    pieces = [[ast.unparse(each) for each in statements] for statements in (old, new)]
    if not new or (len(old) > 1 and sorted(pieces[0]) == sorted(pieces[1])):
        one, other = ("; ".join(_cut(piece.partition("\n")[0]) for piece in each) for each in pieces)
        return one, other or NOTHING
    lines = ["\n".join(each).splitlines() for each in pieces]
    for _ in range(2):
        shared = _shared(*lines)
        lines = [each[shared:][::-1] for each in lines]
    one, other = (textwrap.dedent("\n".join(each)).replace("\n", "; ") for each in lines)
    # a line that is new inside a loop tells nothing without the loop
    one = one or pieces[0][0].partition("\n")[0]
    return _shortened(one, f"{other} {ELSEWHERE}" if one == other else other or NOTHING)


def _shortened(one: str, other: str) -> tuple[str, str]:
    """Leave out the entries of a dict that two long texts share."""
    if max(len(one), len(other)) <= LONG or "{'" not in one:
        return one, other
    begins = one[: _shared(one, other)].rfind(", '") + 1
    tail = _shared(one[begins:][::-1], other[begins:][::-1])
    ends = one[len(one) - tail :]
    cut = len(ends) - ends.index(", '") if ", '" in ends else 0
    one, other = (
        f"{'... ' * (begins > 0)}{each[begins : len(each) - cut].strip()}{' ...' * (cut > 0)}" for each in (one, other)
    )
    return one, other


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many of the first characters, or lines, are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _cut(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]} ..."
