"""A folder of broken submissions, with what is said of them: the bugs of this repository, and those of an instructor.

Every ``.py`` and ``.ipynb`` file in the folder, and every folder or archive, is one submission with one bug; what begins with
a dot or an underscore is passed over. Two folders are none: ``styles`` holds right solutions, which may lose nothing, and
``parts`` holds what submissions are made of. The ``.toml`` files say of each submission, in a table ``[NAME]``:

- what must come of it: which checks it ``fails`` (``[]``: none, it is right), which ones it ``may_fail``, the ``diagnosis``
  that a hint must name, those that it ``may_name`` besides, the ``items`` in which it must lose points, and its ``story``;
- how it is made, where no file of that name is there: its ``file`` is the ``base`` (else that file of the reference), in
  which ``replace = [["old text", "new text"]]`` is done, with what it may ``append``; a text becomes a notebook where the
  file is one (`cells`), of a ``kernel``. The files ``beside`` it are made in the same way;
- how it is graded: by which items it is ``asked``, at which ``size``, with which other ``numbers`` of that size.

A table ``[all]`` holds for all tables of its file, where they say nothing else; that of ``mutants.toml`` holds for files
without a table, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.assignments import Assignment
from grader.calibration.planted.making import SOURCES, Materials, made
from grader.calibration.planted.tables import ALL, Table, read
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.model import Rubric
from grader.suggestions import did_you_mean

STYLES, PARTS = "styles", "parts"
ARCHIVES = (".zip", ".tar.gz", ".tgz")
Source = Path | Mapping[str, bytes]


def load(folder: Path, reference: Path, assignment: Assignment, rubric: Rubric) -> tuple[Trial, ...]:
    """Return what a folder holds: right styles first, then the submissions that are said to be made, then the other files.

    AuthorError says everything that is wrong with it, a line each.
    """
    if not folder.is_dir():
        raise AuthorError(f"{folder}: there is no such folder; give one that holds broken submissions")
    bugs = _trials(folder, Group.PLANTED, reference, assignment, rubric)
    if not bugs:
        kinds = "a .py or .ipynb file, a folder or an archive for each"
        raise AuthorError(
            f"{folder}: holds no broken submission; put {kinds} into it, or a mutants.toml that makes some"
        )
    styles = folder / STYLES
    right = _trials(styles, Group.RIGHT, reference, assignment, rubric) if styles.is_dir() else ()
    if both := {trial.name for trial in right} & {trial.name for trial in bugs}:
        raise AuthorError(f"{folder}: '{min(both)}' is there, and in {STYLES}, too; rename one")
    return right + bugs


def _trials(folder: Path, group: Group, reference: Path, assignment: Assignment, rubric: Rubric) -> tuple[Trial, ...]:
    found = dict(_submissions(folder))
    tables, problems = read(folder, rubric)
    general = tables.pop(ALL, None)
    problems += general.problems if general else ()
    materials = Materials(folder, reference, assignment)
    trials = []
    for name in (*tables, *(name for name in found if name not in tables)):
        table = tables.get(name)
        said = table.said if table else general.said if general else {}
        problems += table.problems if table else ()
        try:
            source = _source(name, found, table, general, materials)
        except ValueError as error:
            problems.append(f"{table.path}: [{name}]: {error}" if table else f"{folder}: {error}")
            continue
        if group is Group.RIGHT and said.get("fails"):
            problems.append(f"{folder}: what lies in {STYLES} is right; take 'fails' out of [{name}]")
        if not problems:
            trials.append(_trial(name, Group.RIGHT if said.get("fails") == [] else group, source, said))
    if problems:
        raise AuthorError("\n".join(problems))
    return tuple(trials)


def _trial(name: str, group: Group, source: Source, said: Mapping[str, Any]) -> Trial:
    return Trial(
        name=name,
        group=group,
        source=source,
        story=said.get("story", ""),
        fails=frozenset(said["fails"]) if "fails" in said else None,
        may_fail=frozenset(said.get("may_fail", ())),
        diagnosis=said.get("diagnosis", ""),
        may_name=frozenset(said.get("may_name", ())),
        items=tuple(said.get("items", ())),
        asked=tuple(said.get("asked", ())),
        size=said.get("size", "quick"),
        numbers=said.get("numbers", {}),
    )


def _source(
    name: str, found: Mapping[str, Path], table: Table | None, general: Table | None, materials: Materials
) -> Source:
    """Return what is handed in. ValueError says what stands in the way."""
    path = found.get(name)
    if path is None and not (table and table.makes):
        raise ValueError(
            f"there is no such submission{did_you_mean(name, found) or '; add it, or say what to replace'}"
        )
    if path and table and (both := [key for key in ("replace", "base") if key in table.keys]):
        raise ValueError(f"'{both[0]}' is said, and {path.name} is there too; keep one of them")
    saying = table or general
    if saying and not saying.sound:
        return {}
    said = saying.said if saying else {}
    if path is None:
        return made(said, materials)
    if path.is_dir() or path.suffix not in SOURCES:
        return path
    return made({**said, "base": path.name, "file": said.get("file") or _file(path, materials.assignment)}, materials)


def _file(path: Path, assignment: Assignment) -> str:
    """Return the name under which a file is handed in: the one that is required, where one of that kind is."""
    required = [name for name in assignment.required_files(assignment.parameters) if name.endswith(path.suffix)]
    if assignment.required and not required:
        wanted = ", ".join(assignment.required_files(assignment.parameters))
        raise ValueError(f"{path.name}: a submission has {wanted}; put this file into a folder together with it")
    return required[0] if required else path.name


def _submissions(folder: Path) -> Iterator[tuple[str, Path]]:
    seen: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")) or (path.is_dir() and path.name in (STYLES, PARTS)):
            continue
        ending = next((each for each in (*SOURCES, *ARCHIVES) if path.name.endswith(each)), "")
        if not path.is_dir() and not ending:
            continue
        name = path.name.removesuffix(ending) if not path.is_dir() else path.name
        if name in seen:
            raise AuthorError(f"{folder}: {seen[name].name} and {path.name} are both called '{name}'; rename one")
        seen[name] = path
        yield name, path
