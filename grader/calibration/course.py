"""What a checkout holds to calibrate with: reference, template, right styles, planted bugs, and bugs made by rule."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.assignments import Assignment
from grader.calibration.generating import generate
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.model import Rubric
from grader.pipeline import selection

PACKAGE = "mutants"
# what the notebooks of a package are made of
BESIDE = ("notebook_pairs", "main_notebooks")
EQUIVALENT = "equivalent.toml"
TRUE_NAMES = "named.toml"


def plain_items(assignment: Assignment, rubric: Rubric) -> tuple[str, ...]:
    """Return the ids of the rubric items for which no notebook has to be run."""
    kept = []
    for item in rubric.items:
        probes = selection.needed_probes(assignment, selection.only(rubric, [item.id]))
        if not any(probe.kernel or probe.digits for probe in probes):
            kept.append(item.id)
    return tuple(kept)


def course_material(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the reference, which must lose nothing, and the template, which must earn nothing."""
    folders = {Group.REFERENCE: root / "reference" / assignment, Group.TEMPLATE: root / "student_template" / assignment}
    for folder in folders.values():
        if not folder.is_dir():
            raise AuthorError(f"{folder}: is not there; calibration needs the course material of '{assignment}'")
    return tuple(Trial(f"{group} {assignment}", group, folder) for group, folder in folders.items())


def right_styles(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the right solutions of tests/mutants/ASSIGNMENT/right; none where there is no such folder."""
    package = _package(root, assignment)
    if package is None:
        return ()
    texts = {style: (package.RIGHT / f"{style}.py").read_text(encoding="utf-8") for style in package.STYLES}
    return tuple(Trial(style, Group.RIGHT, package.files(text)) for style, text in texts.items())


def planted_bugs(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the planted bugs of tests/mutants/ASSIGNMENT; none where there is no such folder.

    AuthorError when one of them can no longer be made.
    """
    package = _package(root, assignment)
    if package is None:
        return ()
    names = _table(root / "tests" / PACKAGE / TRUE_NAMES, assignment)
    try:
        return tuple(
            Trial(
                name=mutant.name,
                group=Group.PLANTED,
                source=package.files(package.text(mutant)),
                story=mutant.story,
                fails=mutant.fails,
                may_fail=mutant.may_fail,
                diagnosis=mutant.diagnosis,
                may_name=frozenset(names.get(mutant.name, ())),
            )
            for mutant in package.MUTANTS
        )
    except ValueError as error:
        raise AuthorError(f"tests/{PACKAGE}/{assignment}: {error}; write it anew") from error


def with_notebooks(root: Path, assignment: str, rubric: Rubric) -> tuple[Trial, ...]:
    """Return the notebooks of tests/mutants/ASSIGNMENT/notebooks.py, right and wrong; none where there is no such file."""
    package = _package(root, assignment)
    if package is None or not (root / "tests" / PACKAGE / assignment / "notebooks.py").is_file():
        return ()
    for name in BESIDE:
        _ensure_found(root / "tests" / name)
    return tuple(import_module(f"{PACKAGE}.{assignment}.notebooks").trials(rubric.items, package.RIGHT))


def generated_bugs(root: Path, assignment: str) -> tuple[Trial, ...]:
    """Return the bugs that rules make of the reference; those of tests/mutants/equivalent.toml are known to be none."""
    equivalent = _table(root / "tests" / PACKAGE / EQUIVALENT, assignment)
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


def _package(root: Path, assignment: str) -> ModuleType | None:
    """Import tests/mutants/ASSIGNMENT of the checkout, which is on no path; None when there is none."""
    folder = root / "tests" / PACKAGE
    if not (folder / assignment / "__init__.py").is_file():
        return None
    _ensure_found(folder)
    return import_module(f"{PACKAGE}.{assignment}")


def _ensure_found(folder: Path) -> None:
    """Make the package in `folder` one that can be imported by its name."""
    name = folder.name
    if name in sys.modules:
        return
    spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise AuthorError(f"{folder}: cannot be imported")
    package = module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)


def every_group(root: Path, assignment: str, *, generated: bool) -> Iterator[Trial]:
    """Yield all that the checkout holds of an assignment, the right solutions first."""
    yield from course_material(root, assignment)
    yield from right_styles(root, assignment)
    yield from planted_bugs(root, assignment)
    if generated:
        yield from generated_bugs(root, assignment)
