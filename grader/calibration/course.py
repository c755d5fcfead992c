"""What a checkout holds to calibrate with: reference, template, right styles, planted bugs, and bugs made by rule."""

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


def plain_items(assignment: Assignment, rubric: Rubric) -> tuple[str, ...]:
    """Return the ids of the rubric items for which no notebook has to be run."""
    kept = []
    for item in rubric.items:
        probes = selection.needed_probes(assignment, selection.only(rubric, [item.id]))
        if not any(probe.kernel or probe.data for probe in probes):
            kept.append(item.id)
    return tuple(kept)


def course_material(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the reference, which must lose nothing, and the template, which must earn nothing."""
    folders = {Group.REFERENCE: root / "reference" / assignment, Group.TEMPLATE: root / "student_template" / assignment}
    for folder in folders.values():
        if not folder.is_dir():
            raise AuthorError(f"{folder}: is not there; calibration needs the course material of '{assignment}'")
    return tuple(Trial(f"{group} {assignment}", group, folder) for group, folder in folders.items())


def planted(root: Path, assignment: Assignment, rubric: Rubric) -> tuple[Trial, ...]:
    """Return what the folder mutants/ASSIGNMENT holds: right styles, planted bugs, and notebooks, right and wrong.

    None where there is no such folder; AuthorError says everything that is wrong with it.
    """
    folder = root / MUTANTS / assignment.id
    return load(folder, root / "reference" / assignment.id, assignment, rubric) if folder.is_dir() else ()


def generated_bugs(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the bugs that rules make of the reference; those of mutants/equivalent.toml are known to be none."""
    equivalent = _table(root / MUTANTS / EQUIVALENT, assignment)
    found = []
    for path in sorted((root / "reference" / assignment).iterdir()):
        if path.suffix not in (".py", ".ipynb"):
            continue
        try:
            made = generate(path.read_text(encoding="utf-8"), assignment=assignment)
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


def every_group(root: Path, assignment: Assignment, rubric: Rubric, *, generated: bool) -> Iterator[Trial]:
    """Yield all that the checkout holds of an assignment, the right solutions first."""
    yield from course_material(root, assignment.id)
    yield from planted(root, assignment, rubric)
    if generated:
        yield from generated_bugs(root, assignment.id)
