"""One pair of notebooks as a student hands it in: how it is made, and exactly which points it must get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parent / "notebooks"
# whether these pass hangs on how much there is to learn from; all others tell the same of however few images
LEARNED = {
    "classification": frozenset({"small_accuracy", "large_accuracy"}),
    "autoencoder": frozenset({"reconstruction_beats_pca", "latent_codes"}),
}
CLASSIFICATION, AUTOENCODER = frozenset({"classification"}), frozenset({"autoencoder"})
BOTH = CLASSIFICATION | AUTOENCODER
MARK = re.compile(r"^----- (code|text)\n", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """The cells of the file `base` in the folder notebooks, in which every `old` text is replaced by a `new` one.

    `order` puts the cells in another order, counted from 0. `saved` maps a cell's number, in the order handed in, to the
    outputs that are stored with it. `raw` is a whole file instead.
    """

    base: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    order: tuple[int, ...] = ()
    saved: Mapping[int, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    kernel: str = "python3"
    raw: bytes | None = None

    def content(self) -> bytes:
        """Return the file. Raises ValueError when an `old` text is not there exactly once."""
        if self.raw is not None:
            return self.raw
        text = (NOTEBOOKS / f"{self.base}.txt").read_text(encoding="utf-8")
        for old, new in self.replace:
            if (times := text.count(old)) != 1:
                raise ValueError(f"{old!r} occurs {times} times in {self.base}.txt, not once")
            text = text.replace(old, new)
        cells = list(split(text))
        cells = [cells[k] for k in self.order] or cells
        stored = [_cell(kind, source, self.saved.get(k, ())) for k, (kind, source) in enumerate(cells)]
        spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": self.kernel}
        whole = {"cells": stored, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(whole, indent=1, ensure_ascii=False).encode()


def edit(base: str, *replace: tuple[str, str]) -> Notebook:
    """Return the notebook `base` with every `old` text replaced by a `new` one."""
    return Notebook(base, replace)


@dataclass(frozen=True)
class Points:
    """What an item must get: points earned, and points that wait for a person."""

    earned: float
    pending: float = 0.0


@dataclass(frozen=True)
class Pair:
    """Two notebooks, with the mlp.py they are handed in with.

    `mlp` is the name of a right style in tests/mutants/byomlp/right, or the text of a module; `methods` are written below
    it. A notebook that is None is not handed in. `fails` are the checks that must end failed or blocked; all others pass
    or wait for a person, but for those that are `open`. `points` are those of the checks that are not.

    `few` are the items whose notebook is told apart on few images, in seconds: what it has learned is open, as it learns
    nothing there. `may_fail` is open too: a matter of luck. `seconds` is the limit for a cell, where one never ends.
    """

    name: str
    story: str
    classification: Notebook | None
    autoencoder: Notebook | None
    points: Mapping[str, Points]
    fails: frozenset[str] = frozenset()
    may_fail: frozenset[str] = frozenset()
    few: frozenset[str] = frozenset()
    mlp: str = "dicts"
    methods: str = ""
    seconds: float | None = None

    @property
    def open(self) -> frozenset[str]:
        """The checks of which the pair does not state how they end."""
        learned = frozenset(check for item in self.few for check in LEARNED[item])
        return self.may_fail | learned - self.fails

    def files(self, item: str, styles: Path) -> dict[str, bytes]:
        """Return what is handed in for an item, name -> content; right styles of mlp.py lie in the folder `styles`."""
        module = self.mlp if "\n" in self.mlp else (styles / f"{self.mlp}.py").read_text(encoding="utf-8")
        notebook = {"classification": self.classification, "autoencoder": self.autoencoder}[item]
        handed_in = {f"{item.capitalize()}.ipynb": notebook.content()} if notebook else {}
        return {"mlp.py": (module + self.methods).encode(), **handed_in}


def split(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, source) of the cells in a text; each begins with a line ``----- code`` or ``----- text``."""
    _, *parts = MARK.split(text)
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        yield kind, source.rstrip("\n")


def printed(text: str) -> dict[str, Any]:
    """Return a stored output: text that was printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def interrupted(line: str) -> dict[str, Any]:
    """Return a stored output: the traceback that is left when the kernel was interrupted in a line."""
    traceback = [
        "-" * 75,
        "KeyboardInterrupt        Traceback (most recent call last)",
        f"----> 1 {line}",
        "KeyboardInterrupt: ",
    ]
    return {"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": traceback}


def _cell(kind: str, source: str, saved: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    if kind == "text":
        return {"cell_type": "markdown", "metadata": {}, "source": lines}
    count = 17 if saved else None
    return {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": list(saved), "source": lines}
