"""What digits there are on this machine, and which of them a grading would use."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.digits import cache, idx, mnist

WHOLE, MISSING, WRONG = "whole", "missing", "wrong"


@dataclass(frozen=True)
class File:
    """One of the four files of MNIST: `state` is whole, missing or wrong; `detail` says where it is, or what is wrong."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True)
class Place:
    """A folder where MNIST may be: what names it, and its four files."""

    source: str
    folder: Path
    files: tuple[File, ...]

    @property
    def whole(self) -> bool:
        """Whether all four files are there and are MNIST's."""
        return all(file.state == WHOLE for file in self.files)


@dataclass(frozen=True)
class Facts:
    """Where MNIST was looked for, in order of precedence, where the drawn digits are kept, and what a grading uses.

    `uses` is ``mnist`` or ``drawn``, or empty when a grading would refuse what is there; `place` is the MNIST used.
    """

    places: tuple[Place, ...]
    drawn: Path
    drawn_kept: bool
    uses: str
    place: Place | None


def where(folder: Path | None = None) -> Facts:
    """Look where `digits.load(folder)` looks, at everything there is."""
    named = [("--data", folder)] if folder else []
    variable = os.environ.get("MLPGRADER_DATA")
    named += [("MLPGRADER_DATA", Path(variable))] if variable else []
    places = tuple(look(source, path) for source, path in [*named, ("cache", cache.mnist_folder())])
    kept = cache.drawn_file()
    first = places[0]
    # a folder that was named is used or refused; an empty cache is passed over
    if first.whole:
        uses = "mnist"
    elif named or all(file.state != MISSING for file in first.files):
        uses = ""
    else:
        uses = "drawn"
    return Facts(places, kept, kept.is_file(), uses, first if uses == "mnist" else None)


def look(source: str, folder: Path) -> Place:
    """Look at the four files in `folder`, content and all."""
    return Place(source, folder, tuple(_file(folder, name) for name in idx.NAMES))


def _file(folder: Path, name: str) -> File:
    path = mnist.file_in(folder, name)
    if path is None:
        return File(name, MISSING, "")
    wrong = mnist.problem(path, mnist.SHA256[name])
    return File(name, WRONG, wrong) if wrong else File(name, WHOLE, str(path))
