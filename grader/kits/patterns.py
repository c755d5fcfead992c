"""How numbers are wrong, as a name that does not depend on what was drawn: equal code gets the equal name at other seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from grader.model import Array, Finding, Verdict
from grader.numerics import scale_of, worst_entry

# what is nearer, relative to the whole block, agrees: more than rounding in single precision, less than any mistake
AGREES = 2e-4
RIGHT, OTHER, SCALED, BY_ROW, BY_COLUMN = "right", "other", "scaled", "by row", "by column"
SOME = "some entries "
SHAPES = {
    "missing",
    "one number",
    "one line",
    "another size",
    "turned",
    "turned and wrong",
    "in another shape",
    "wrong in another shape",
    "not finite",
}
# so long is a name at the most
CHARACTERS = 200


@dataclass(frozen=True)
class Compared:
    """A block of numbers in one case: what it is called, which is the same in every case, what came and what was expected.

    `beside` are other arrays that were at hand, by name: what came may be one of them, or lack it as a factor.
    """

    block: str
    got: Array | None
    want: Array
    beside: Mapping[str, Array] = field(default_factory=dict)


def named(finding: Finding, compared: Callable[[], Iterable[Compared]]) -> Finding:
    """Return a finding on numbers with its pattern; one that did not fail stays as it is, and so does a verdict in any case."""
    if finding.verdict is not Verdict.FAILED or finding.problem is not None:
        return finding
    try:
        return replace(finding, pattern=pattern(compared()))
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):  # a name is not worth a finding
        return finding


def pattern(compared: Iterable[Compared]) -> str:
    """Return how blocks are wrong, like ``W x2, b 0`` or ``all transposed``; empty where none is.

    A block is named by the cases in which it is wrong: in how many that is may depend on what was drawn.
    """
    seen: dict[str, list[Compared]] = {}
    for each in compared:
        seen.setdefault(each.block, []).append(each)
    alike: dict[str, list[str]] = {}
    with np.errstate(all="ignore"):
        for block, cases in seen.items():
            alike.setdefault(_over_all(cases), []).append(block)
    told = [
        f"{'all' if len(alike) == 1 < len(blocks) else ' and '.join(blocks)} {name}"
        for name, blocks in alike.items()
        if name != RIGHT
    ]
    return ", ".join(told)[:CHARACTERS]


def _over_all(cases: Sequence[Compared]) -> str:
    """Return the one name that is true of a block in every case in which it is wrong; ``right`` where there is none."""
    named = [(name_of(each.got, each.want, each.beside), each) for each in cases]
    wrong = [(name, case) for name, case in named if name != RIGHT]
    # of a single line nearly anything is true
    telling = [(name, case) for name, case in wrong if min(case.want.shape, default=1) > 1] or wrong
    found = {name for name, _ in telling}
    return " or ".join(sorted(_widened(found, [case for _, case in telling]) if len(found) > 1 else found)) or RIGHT


def _widened(names: set[str], cases: Sequence[Compared]) -> set[str]:
    """Return names of which none is there by chance alone: a small array is in proportion to nearly anything."""
    shapes = names & SHAPES
    factors = {name for name in names if name[0] in "0x"}
    lines = names & {BY_ROW, BY_COLUMN}
    related = names - shapes - factors - lines
    if not related and not lines:
        return shapes | ({_changing(cases)} if len(factors) > 1 else factors)
    if not related and len(lines) == 1:
        return shapes | lines
    parts = {name for name in related if name.startswith(SOME)}
    if related == parts and not lines and not factors:
        return shapes | {SOME + ("scaled" if all(name[len(SOME)] in "0x" for name in parts) else OTHER)}
    return shapes | (related if len(related) == 1 and not lines and not factors else {OTHER})


def _changing(cases: Sequence[Compared]) -> str:
    """Return by what a factor goes that is another one in each case."""
    ratios = np.array([_factor(case.got, case.want) or 0.0 for case in cases])
    for what, counts in (("rows", [*map(_rows, cases)]), ("entries", [case.want.size for case in cases])):
        for sign, ones in (("/", ratios * counts), ("x", ratios / counts)):
            if np.all(np.abs(ones - 1) <= AGREES):
                return f"{sign}{what}"
    return SCALED


def _rows(case: Compared) -> int:
    return len(case.want) if case.want.ndim else 1


def name_of(got: Array | None, want: Array, beside: Mapping[str, Array] | None = None) -> str:
    """Return how an array differs from what was expected of it, in a few words; ``right`` where it does not."""
    if got is None:
        return "missing"
    if got.shape != want.shape:
        return _name_of_shape(got, want)
    if not np.all(np.isfinite(got)):
        return "not finite"
    if _same(got, want):
        return RIGHT
    if not np.any(got):
        return "0"
    ratio = _factor(got, want)
    if ratio is not None:
        return f"x{ratio:.2g}"
    return next(filter(None, (_mixed_up(got, want, beside or {}), _by_lines(got, want), _in_part(got, want))), OTHER)


def _name_of_shape(got: Array, want: Array) -> str:
    if got.size != want.size:
        return "one number" if got.size == 1 else "one line" if got.size in want.shape else "another size"
    if want.ndim == 2 and got.shape == want.shape[::-1]:
        return "turned" if _same(got.T, want) else "turned and wrong"
    if min(want.ndim, got.ndim) < 2:
        # a vector may come as a column
        said = name_of(got.ravel(), want.ravel())
        return "in another shape" if said == RIGHT else said
    return "wrong in another shape"


def _mixed_up(got: Array, want: Array, beside: Mapping[str, Array]) -> str:
    """Return what was taken for what was expected, left out or put in too much."""
    if want.ndim == 2 and want.shape[0] == want.shape[1] > 1 and _same(got, want.T):
        return "transposed"
    if _same(np.abs(got), np.abs(want)):
        return "of other signs"
    if _same(np.sort(got, axis=None), np.sort(want, axis=None)):
        return "in another order"
    for name, each in beside.items():
        if each.shape != want.shape:
            continue
        for said, equal in (
            ("is {}", (got, each)),
            ("without {}", (got * each, want)),
            ("times {}", (got, want * each)),
            ("plus {}", (got - each, want)),
            ("minus {}", (got + each, want)),
        ):
            if _same(*equal):
                return said.format(name)
    return ""


def _by_lines(got: Array, want: Array) -> str:
    """Return what goes by rows or columns, where arrays are matrices."""
    off = got - want
    if want.size > 1 and _still(off.ravel()):
        return "shifted"
    if want.ndim != 2:
        return ""
    if _in_proportion(got, want):
        return BY_ROW
    if _in_proportion(got.T, want.T):
        return BY_COLUMN
    if min(want.shape) > 1:
        for line, across, sums in (("row", off.T, off.sum(axis=1)), ("column", off, off.sum(axis=0))):
            if _still(across):
                return f"shifted by {line}"
            if np.abs(sums).max() <= AGREES * np.abs(off).max():
                return f"sums of {line}s right"
        if _still(got):
            return "rows alike"
        if _still(got.T):
            return "columns alike"
    return ""


def _still(rows: Array) -> bool:
    """Tell whether all rows (N, ...) are the same."""
    return bool(np.abs(rows - rows[:1]).max() <= AGREES * np.abs(rows).max())


def _in_part(got: Array, want: Array) -> str:
    """Return how those entries are wrong that are, where others are right."""
    right = np.abs(got - want) <= AGREES * scale_of(want)
    if not np.any(right):
        return ""
    rest = name_of(got[~right], want[~right])
    return SOME + (rest if rest[0] in "0x" else OTHER)


def _in_proportion(got: Array, want: Array) -> bool:
    """Tell whether every row of a matrix points where it should, whatever its length."""
    size = np.sum(want**2, axis=1)
    if np.all(size > 0):
        numbers = np.sum(got * want, axis=1) / size
        if _near(got, numbers[:, None] * want):
            return True
    # the gradient of one example has all rows along one vector, also where a row should be 0
    _, sizes, right = np.linalg.svd(want, full_matrices=False)
    if len(sizes) > 1 and sizes[1] > AGREES * sizes[0]:
        return False
    return _near(got, np.outer(got @ right[0], right[0]))


def _near(got: Array, want: Array) -> bool:
    return bool(np.abs(got - want).max() <= AGREES * np.abs(got).max())


def _same(got: Array, want: Array) -> bool:
    return worst_entry(got, want).error <= AGREES


def _factor(got: Array | None, want: Array) -> float | None:
    """Return the number by which an array is a multiple of what was expected, None where it is none."""
    size = float(np.sum(want**2))
    if got is None or got.shape != want.shape or not size:
        return None
    ratio = float(np.sum(got * want)) / size
    return ratio if ratio and _same(got / ratio, want) else None
