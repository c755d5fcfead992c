"""One main notebook as a student hands it in: how it is made, and exactly which points it must get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from grader.assignments.modules.main.files import SOLVED, as_notebook
from notebook_pairs.pair import Points, split

NOTEBOOKS = Path(__file__).parent / "notebooks"
ALL = MappingProxyType(
    {
        "toy_problem": Points(4),
        "activation_comparison": Points(8, 2),
        "opinion": Points(0, 4),
        "digit_model": Points(12),
    }
)


@dataclass(frozen=True)
class Main:
    """A main notebook with the modules that it is handed in with.

    The cells are those of the file `base` in the folder notebooks, in which every `old` text is replaced by a `new` one, and
    `more` follows. `modules` are replaced so in the right modules. `fails` are the checks that must end failed or blocked; all
    others pass or wait for a person, but for those that `may_fail`, as a matter of luck. `points` are those of the checks
    that are not left out so, for the items where they are not all. `says` are parts of messages, by check.
    """

    name: str
    story: str
    base: str = "in_order"
    replace: tuple[tuple[str, str], ...] = ()
    more: str = ""
    modules: tuple[tuple[str, str], ...] = ()
    modules_file: str = "HW3_Modules.ipynb"
    kernel: str = "python3"
    fails: frozenset[str] = frozenset()
    may_fail: frozenset[str] = frozenset()
    points: Mapping[str, Points] = field(default_factory=lambda: ALL)
    says: tuple[tuple[str, str], ...] = ()

    def files(self) -> dict[str, bytes]:
        """Return what is handed in, name -> content."""
        text = replaced((NOTEBOOKS / f"{self.base}.txt").read_text(encoding="utf-8"), self.replace) + self.more
        cells = [_cell(kind, source) for kind, source in split(text)]
        spec = {"display_name": "Python", "language": "python", "name": self.kernel}
        whole = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 0}
        source = replaced(SOLVED.read_text(encoding="utf-8"), self.modules)
        modules = as_notebook(source) if self.modules_file.endswith(".ipynb") else source.encode()
        return {"HW3_main.ipynb": json.dumps(whole).encode(), self.modules_file: modules}


def replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the text with every `old` replaced. Raises ValueError when one is not there exactly once."""
    for old, new in pairs:
        if (times := text.count(old)) != 1:
            raise ValueError(f"{old!r} occurs {times} times, not once")
        text = text.replace(old, new)
    return text


def with_points(**changes: Points) -> Mapping[str, Points]:
    """Return all points, but for those of the items named."""
    return {**ALL, **changes}


def _cell(kind: str, source: str) -> dict[str, object]:
    if kind == "text":
        return {"cell_type": "markdown", "metadata": {}, "source": source}
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
