"""What there is of a data set on this machine, and which of it a grading uses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import locations
from grader.datasets import files
from grader.datasets.content import digest
from grader.datasets.dataset import DataSet, Drawn, Files
from grader.errors import AuthorError
from grader.model import Data

WHOLE, MISSING, WRONG = "whole", "missing", "wrong"


@dataclass(frozen=True)
class File:
    """One of the files: `state` is whole, missing or wrong; `detail` says where it is, or what is wrong."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True)
class Place:
    """A folder where the files may be: what names it, and the files."""

    source: str
    folder: Path
    files: tuple[File, ...]

    @property
    def whole(self) -> bool:
        """Whether all files are there and are the right ones."""
        return all(file.state == WHOLE for file in self.files)


@dataclass(frozen=True)
class Facts:
    """Where the files were looked for, in order of precedence, and which form of the data set a grading uses.

    It `uses` none where nothing is there, or where it would refuse what is in the first place, which is `refused` then.
    """

    data_set: DataSet
    places: tuple[Place, ...]
    uses: Files | Drawn | None
    refused: Place | None = None

    @property
    def kept(self) -> Path | None:
        """Where what is drawn is kept; None when it is not."""
        drawn = self.data_set.drawn
        path = drawn.kept() if drawn and drawn.kept else None
        return path if path and path.is_file() else None


def load(data_set: DataSet, folder: Path | None = None) -> Data:
    """Return the data set from its files in `folder`; without one from its variable, else the cache, else drawn.

    AuthorError: a folder was named, and the files are not in it, or some of what was fetched are damaged, or nothing is there
    and nothing can be drawn.
    """
    kept = data_set.files
    if kept is not None:
        named = folder or _named(kept)
        if named is not None or files.are_in(kept, cache(kept)):
            return _data(data_set, kept, files.read(kept, named or cache(kept)))
    if data_set.drawn is None:
        raise AuthorError(f"data set '{data_set.name}': is not on this machine; {advice(data_set)}")
    return _data(data_set, data_set.drawn, data_set.drawn.draw())


def _data(data_set: DataSet, form: Files | Drawn, value: Any) -> Data:
    return Data(data_set.name, form.kind, form.title, digest(value, data_set.name), value)


def cache(of: Files) -> Path:
    """Return the folder in which files are that were fetched."""
    return locations.cache_folder() / of.kind


def advice(data_set: DataSet) -> str:
    """Say how to get the files of a data set; empty where it has none."""
    if data_set.files is None:
        return ""
    fetch = f"mlpgrader data fetch gets {data_set.files.title}, or " if data_set.files.mirrors else ""
    return f"{fetch}name the folder of its files: --data DIR"


def where(data_set: DataSet, folder: Path | None = None) -> Facts:
    """Look where `load` looks, at everything there is."""
    kept = data_set.files
    if kept is None:
        return Facts(data_set, (), data_set.drawn)
    named = [("--data", folder)] if folder else []
    variable = _named(kept)
    named += [(kept.variable, variable)] if variable else []
    places = tuple(look(kept, source, path) for source, path in [*named, ("cache", cache(kept))])
    first = places[0]
    # a folder that was named is used or refused; an empty cache is passed over
    if first.whole:
        return Facts(data_set, places, kept)
    if named or all(file.state != MISSING for file in first.files):
        return Facts(data_set, places, None, refused=first)
    return Facts(data_set, places, data_set.drawn)


def look(of: Files, source: str, folder: Path) -> Place:
    """Look at the files in `folder`, content and all."""
    return Place(source, folder, tuple(_file(of, folder, name) for name in of.sha256))


def _file(of: Files, folder: Path, name: str) -> File:
    path = files.file_in(folder, name)
    if path is None:
        return File(name, MISSING, "")
    wrong = files.problem(of, name, path)
    return File(name, WRONG, wrong) if wrong else File(name, WHOLE, str(path))


def _named(of: Files) -> Path | None:
    """Return the folder that the environment names."""
    folder = os.environ.get(of.variable, "") if of.variable else ""
    return Path(folder) if folder else None
