"""The assignments that can be graded, found by id: a package each beside this file, and those that entry points declare.

A course keeps its own assignment in a package of its own, whose entry point in the group `mlpgrader.assignments` has the
assignment's id as its name and an `Assignment` as its object.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignments.assignment import Assignment
from grader.errors import AuthorError, IntakeError
from grader.locations import GROUP
from grader.suggestions import did_you_mean
from grader.text import printable

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from grader.datasets import DataSet

__all__ = ["GROUP", "Assignment", "data_sets", "every", "find", "ids", "recognised"]

Load = Callable[[], Assignment]
# of the files that an assignment was known by, so many are told
NAMED = 3
# folders that say what is installed beside them
_INSTALLED = (".dist-info", ".egg-info")


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


def recognised(path: Path, among: Sequence[Assignment]) -> tuple[Assignment, tuple[str, ...]]:
    """Return the assignment `among` these whose files lie at `path`, and by which files that was seen.

    A file is known by its name, or that of a copy; where no name is known, by what is in it. AuthorError when it is unclear.
    """
    # these need numpy, and the help of every command does without
    from grader import intake

    if not path.exists():
        raise IntakeError(f"{printable(str(path))}: there is no such folder; check the path")
    files = intake.receive(path, required=(), provided={}).files
    by_name = {each.id: _named(files, each) for each in among}
    found = by_name if any(by_name.values()) else {each.id: _alike(files, each) for each in among}
    told = [each for each in among if found[each.id]]
    if len(told) == 1:
        return told[0], found[told[0].id]
    seen = "; ".join(f"{each.id}: {', '.join(map(printable, found[each.id][:NAMED]))}" for each in told)
    there = f"files of several are there ({seen})" if told else "no file of any is there"
    choices = "; ".join(f"--assignment {each.id} ({', '.join(_names(each))})" for each in among)
    raise AuthorError(f"{printable(str(path))}: which assignment is it? {there}; say one of {choices}")


def _names(assignment: Assignment) -> list[str]:
    return [each.name for each in assignment.wanted_files(assignment.parameters)]


def _named(files: Iterable[str], assignment: Assignment) -> tuple[str, ...]:
    from grader.intake.naming import without_marks

    wanted = {without_marks(name) for name in _names(assignment)}
    return tuple(path for path in sorted(files) if without_marks(path.rpartition("/")[2]) in wanted)


def _alike(files: Mapping[str, bytes], assignment: Assignment) -> tuple[str, ...]:
    from grader.intake.renamed import BYTES, LOOKED_INTO

    wanted = [each.taken_from for each in assignment.wanted if each.taken_from]
    looked_into = [path for path in sorted(files) if len(files[path]) <= BYTES][:LOOKED_INTO]
    return tuple(path for path in looked_into if any(take(path, files[path]) is not None for take in wanted))


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
    for point in _points():
        declared.setdefault(point.name, []).append(point)
    built_in = {folder.parent.name for folder in Path(__file__).parent.glob("*/__init__.py")}
    loaders: dict[str, Load] = {name: partial(_built_in, name) for name in built_in}
    for name, points in declared.items():
        ours = ["mlpgrader itself"] if name in built_in else []
        owners = ours + sorted(map(_owner, points))
        loaders[name] = partial(_declared, points[0]) if len(owners) == 1 else partial(_refuse, name, owners)
    return loaders


def _points() -> Iterable[EntryPoint]:
    if all(map(_is_plain_finder, sys.meta_path)) and not any(map(_may_declare, sys.path)):
        return ()
    # where nobody declares anything, nothing need be imported that reads what is declared
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _is_plain_finder(finder: object) -> bool:
    return finder is PathFinder or not hasattr(finder, "find_distributions")


def _may_declare(entry: str) -> bool:
    """Tell whether anything that is installed in this folder names our group; so may what is no folder, and an egg."""
    folder = Path(entry)
    if entry.endswith(".egg"):
        return True
    try:
        with os.scandir(folder) as inside:
            installed = [each.name for each in inside if each.name.lower().endswith(_INSTALLED)]
    except OSError:
        return folder.is_file()
    for name in installed:
        with contextlib.suppress(OSError):
            if GROUP.encode() in Path(folder, name, "entry_points.txt").read_bytes():
                return True
    return False


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
