"""What changed in the code between two attempts, found out in a child: nothing that was handed in is read here."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader import evidence
from grader.errors import HarnessError
from grader.notebooks import reading
from grader.runs import Children, SubmissionFolder
from grader.runs.children import Ended, Teller
from grader.runs.steps import Kind

# of a file, so many lines are compared, and of these so many signs are looked at; of all, so many lines are shown
LINES, SIGNS, SHOWN = 3_000, 400, 1_500
AROUND = 3
CUT = "The rest is left out."
ENDINGS = (".py", ".ipynb", ".txt", ".md")


@dataclass(frozen=True)
class Changed:
    """What changed in one file: lines of the kinds ``+``, ``-``, a blank, and ``@`` for where in the file; or a note instead."""

    file: str
    lines: tuple[tuple[str, str], ...] = ()
    note: str = ""


def changed(children: Children, before: SubmissionFolder, after: SubmissionFolder) -> tuple[Changed, ...]:
    """Return what changed from one attempt to another, by the copies that are kept; HarnessError where that cannot be told."""
    try:
        found: tuple[Changed, ...] = children.call(_changed, before, after)
    except Ended as end:
        raise HarnessError(f"the two attempts cannot be compared: {end}") from end
    return found


def _changed(_context: Any, teller: Teller, before: SubmissionFolder, after: SubmissionFolder) -> tuple[Changed, ...]:
    with teller.steps.at(Kind.CHECKING, "difference"):
        return tuple(compared(*(evidence.load(each.evidence)[1].files for each in (before, after))))


def compared(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Changed]:
    """Yield what changed in each file that was handed in, by name; equal ones are left out."""
    left = SHOWN
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if not name.lower().endswith(ENDINGS):
            yield Changed(name, note="is another one" if old and new else "is new" if new else "is gone")
            continue
        found = tuple(itertools.islice(_lines(_text(name, old), _text(name, new)), left + 1))
        note = CUT if len(found) > left else "" if found else "differs in what is not shown, such as outputs of cells"
        yield Changed(name, found[:left], note)
        left -= min(len(found), left)


def _lines(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    found = difflib.unified_diff(before, after, n=AROUND, lineterm="")
    for line in itertools.islice(found, 2, None):
        yield line[0], line[1:]


def _text(name: str, content: bytes | None) -> list[str]:
    """Return the lines of a file, of a notebook those of its cells."""
    if content is None:
        return []
    if name.lower().endswith(".ipynb"):
        cells = reading.read(content).cells
        lines = [
            line for k, cell in enumerate(cells, 1) for line in (f"# cell {k}, {cell.kind}", *cell.source.splitlines())
        ]
    else:
        lines = content.decode("utf-8", errors="replace").splitlines()
    return [line[:SIGNS] for line in lines[:LINES]]
