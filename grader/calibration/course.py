"""What there is to calibrate with: reference, template, right styles, planted bugs, and bugs made by rule."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.assignments import Assignment
from grader.calibration.generating import generate
from grader.calibration.planted import load
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.model import Rubric
from grader.pipeline import selection

MUTANTS, EQUIVALENT = "mutants", "equivalent.toml"
WHERE = (
    "run this in a clone of the repository, the one place with it, or where the reference folder of the course's own "
    "assignment is"
)


def plain_items(assignment: Assignment, rubric: Rubric) -> tuple[str, ...]:
    """Return the ids of the rubric items for which no notebook has to be run."""
    kept = []
    for item in rubric.items:
        probes = selection.needed_probes(assignment, selection.only(rubric, [item.id]))
        if not any(probe.kernel or probe.data for probe in probes):
            kept.append(item.id)
    return tuple(kept)


def course_material(assignment: Assignment) -> tuple[Trial, ...]:
    """Return the reference, which must lose nothing, and the template, which must earn nothing."""
    reference, template = solved(assignment)
    if not template.is_dir():
        raise AuthorError(f"{template}: is not there; mlpgrader template makes it")
    folders = {Group.REFERENCE: reference, Group.TEMPLATE: template}
    return tuple(Trial(f"{group} {assignment.id}", group, folder) for group, folder in folders.items())


def solved(assignment: Assignment) -> tuple[Path, Path]:
    """Return the folders of reference and template; AuthorError where there is no solved material."""
    if assignment.material is None:
        raise AuthorError(f"there is no solved homework of '{assignment.id}' here: {WHERE}")
    return assignment.material


def planted(root: Path | None, assignment: Assignment, rubric: Rubric) -> tuple[Trial, ...]:
    """Return what the folder mutants/ASSIGNMENT holds: right styles, planted bugs, and notebooks, right and wrong.

    None where there is no such folder; AuthorError says everything that is wrong with it.
    """
    folder = root / MUTANTS / assignment.id if root else None
    return load(folder, solved(assignment)[0], assignment, rubric) if folder and folder.is_dir() else ()


def generated_bugs(root: Path | None, assignment: Assignment) -> tuple[Trial, ...]:
    """Return the bugs that rules make of the reference; those of mutants/equivalent.toml are known to be none."""
    equivalent = _table(root / MUTANTS / EQUIVALENT, assignment.id) if root else {}
    found = []
    for path in sorted(solved(assignment)[0].iterdir()):
        if path.suffix not in (".py", ".ipynb"):
            continue
        try:
            made = generate(path.read_text(encoding="utf-8"), assignment=assignment.id)
        except (ValueError, SyntaxError):
            # a file of the reference with nothing to change, or with what only Jupyter understands
            continue
        found += [
            Trial(
                name=each.name,
                group=Group.GENERATED,
                source={path.name: each.source.encode()},
                story=each.key,
                items=each.items,
                equivalent=equivalent.get(each.key, equivalent.get(each.name, "")),
            )
            for each in made
        ]
    return tuple(found)


def _table(path: Path, assignment: str) -> dict[str, Any]:
    """Return what a file says of the bugs of an assignment; nothing where there is no such file."""
    if not path.is_file():
        return {}
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get(assignment, {})
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: is not valid TOML: {error}") from error
    return table


def every_group(root: Path | None, assignment: Assignment, rubric: Rubric, *, generated: bool) -> Iterator[Trial]:
    """Yield all that there is of an assignment, the right solutions first."""
    yield from course_material(assignment)
    yield from planted(root, assignment, rubric)
    if generated:
        yield from generated_bugs(root, assignment)
