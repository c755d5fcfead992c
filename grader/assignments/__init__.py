"""The assignments that can be graded, found by id: a package each beside this file, and those that entry points declare.

A course keeps its own assignment in a package of its own, whose entry point in the group `mlpgrader.assignments` has the
assignment's id as its name and an `Assignment` as its object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignments.assignment import Assignment
from grader.errors import AuthorError, IntakeError
from grader.locations import GROUP
from grader.suggestions import did_you_mean
from grader.text import printable

if TYPE_CHECKING:
    from grader.datasets import DataSet

__all__ = ["GROUP", "Assignment", "data_sets", "every", "find", "ids", "recognised"]

Load = Callable[[], Assignment]


def ids() -> tuple[str, ...]:
    """Return the ids of all assignments, in order; none is loaded for it, so one of them may turn out to be broken."""
    return tuple(sorted(_loaders()))


def find(name: str) -> Assignment:
    """Return the assignment with that id.

    AuthorError says what is wrong with it, and whose it is; it names the nearest one when there is none.
    """
    loaders = _loaders()
    if name not in loaders:
        suggestion = did_you_mean(name, loaders) or f"; there are: {', '.join(sorted(loaders))}"
        raise AuthorError(f"no assignment '{name}'{suggestion}")
    return loaders[name]()


def every() -> tuple[tuple[Assignment, ...], tuple[AuthorError, ...]]:
    """Return all assignments that can be loaded, in the order of their ids, and what is wrong with the others."""
    found, problems = [], []
    for name in ids():
        try:
            found.append(find(name))
        except AuthorError as error:
            problems.append(error)
    return tuple(found), tuple(problems)


def recognised(folder: Path, among: Sequence[Assignment]) -> Assignment:
    """Return the assignment `among` these whose required files lie in `folder` or in a folder inside.

    AuthorError when it is unclear.
    """
    if not folder.exists():
        raise IntakeError(f"{printable(str(folder))}: there is no such folder; check the path")
    found = [each for each in among if any(_is_in(folder, name) for name in each.required)]
    if len(found) == 1:
        return found[0]
    there = "the files of several are there" if found else "the files of none are there"
    choices = "; ".join(f"--assignment {each.id} ({', '.join(each.required)})" for each in among)
    raise AuthorError(f"{printable(str(folder))}: which assignment is it? {there}; say one of {choices}")


def _is_in(folder: Path, name: str) -> bool:
    return folder.name == name or (folder / name).exists() or any(folder.glob(f"*/{name}"))


def data_sets() -> tuple[DataSet, ...]:
    """Return the data sets that assignments declare, each once, in the order of the assignments."""
    found: list[DataSet] = []
    for assignment in every()[0]:
        found += [each for each in assignment.data if each not in found]
    return tuple(found)


def _loaders() -> Mapping[str, Load]:
    """Return what loads each assignment, id -> function; that of an id which two declare refuses to choose."""
    # what is installed is looked through again only when something was installed, or is looked for elsewhere
    return _found(tuple((entry, _changed(entry)) for entry in sys.path))


def _changed(entry: str) -> int:
    try:
        return Path(entry).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _found(_places: tuple[tuple[str, int], ...]) -> Mapping[str, Load]:
    declared: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        declared.setdefault(point.name, []).append(point)
    built_in = {folder.parent.name for folder in Path(__file__).parent.glob("*/__init__.py")}
    loaders: dict[str, Load] = {name: partial(_built_in, name) for name in built_in}
    for name, points in declared.items():
        ours = ["mlpgrader itself"] if name in built_in else []
        owners = ours + sorted(map(_owner, points))
        loaders[name] = partial(_declared, points[0]) if len(owners) == 1 else partial(_refuse, name, owners)
    return loaders


def _built_in(name: str) -> Assignment:
    return _ensured(import_module(f"{__name__}.{name}").ASSIGNMENT, name, f"grader/assignments/{name}/__init__.py")


def _declared(point: EntryPoint) -> Assignment:
    owner = _owner(point)
    try:
        loaded = point.load()
    except Exception as error:
        kind = "" if isinstance(error, AuthorError) else f"{type(error).__name__}: "
        raise AuthorError(f"{owner}: cannot be loaded: {kind}{error}; mend {point.value}, or uninstall it") from error
    return _ensured(loaded, point.name, owner)


def _refuse(name: str, owners: list[str]) -> Assignment:
    raise AuthorError(f"the assignment '{name}' is there more than once: {', '.join(owners)}; rename or uninstall one")


def _ensured(loaded: object, name: str, owner: str) -> Assignment:
    if not isinstance(loaded, Assignment):
        raise AuthorError(f"{owner}: is not an Assignment but of type {type(loaded).__name__}")
    if loaded.id != name:
        raise AuthorError(f"{owner}: is declared as '{name}', but its id is '{loaded.id}'; give both the same name")
    return loaded


def _owner(point: EntryPoint) -> str:
    """Return whose entry point it is, in words."""
    package = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
    return f"{package}, entry point '{point.name}' ({point.value})"
