"""From a TOML file to a `Rubric`, refusing whatever does not add up.

The file says ``assignment``, ``title`` and ``points``; ``[limits]``, ``[parameters]`` for what a course may have otherwise,
``[thresholds.CHECK]`` and, for an assignment with notebooks, ``[sizes.full]``, ``[sizes.quick]`` and ``[sizes.reduced]`` with
a number a line; and an ``[[item]]`` for each part: ``id``, ``title``, ``points``, ``checks = { NAME = points }`` and, for
what a self-check does not show, ``public = false``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.errors import AuthorError
from grader.model import Limits, Parameter, Rubric, RubricItem
from grader.rubric.problems import problems_of
from grader.suggestions import did_you_mean
from grader.text import printable


def load(
    path: Path,
    *,
    checks: Mapping[str, tuple[str, ...]],
    size_numbers: Collection[str] = (),
    parameters: Mapping[str, Parameter] | None = None,
    assignment: str = "",
) -> Rubric:
    """Read the rubric at `path`; `checks` maps each check of the assignment to the thresholds that it takes.

    `size_numbers` are the numbers that it must give for each size of run; without any there are no sizes. `parameters` are those
    that it must give, each with an example of its type. With `assignment`, it must be for that one.

    AuthorError lists everything that is wrong, a line each.
    """
    try:
        raw = path.read_bytes()
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        raise AuthorError(f"{path}: the rubric cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise AuthorError(f"{path.name}: is not UTF-8 (at byte {error.start}); save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        # where it breaks off, the library names no line
        last = len(raw.rstrip().splitlines())
        said = str(error).replace("at end of document", f"at line {last}, the last one")
        raise AuthorError(f"{path.name}: is not valid TOML: {printable(said)}") from error
    for_another = table.get("assignment", assignment)
    if assignment and for_another != assignment:
        raise AuthorError(
            f"{path.name}: is a rubric of the assignment {printable(repr(for_another))}, not of '{assignment}'; give another "
            "--rubric, or another --assignment"
        )
    if problems := list(problems_of(table, checks, size_numbers, parameters or {})):
        raise AuthorError("\n".join(f"{path.name}: {printable(problem)}" for problem in problems))
    thresholds = table.get("thresholds", {})
    return Rubric(
        assignment=table["assignment"],
        title=table["title"],
        items=tuple(_item(item) for item in table["item"]),
        thresholds={check: _floats(values) for check, values in thresholds.items()},
        # the numbers become what the defaults are: a rubric may say 2 for 2.0 seconds
        limits=Limits(**{name: type(getattr(Limits, name))(value) for name, value in table.get("limits", {}).items()}),
        sizes={size: _floats(values) for size, values in table.get("sizes", {}).items()},
        parameters={name: _parameter(value) for name, value in table.get("parameters", {}).items()},
        digest=f"sha256:{hashlib.sha256(raw).hexdigest()}",
        source=raw,
    )


def restrict(rubric: Rubric, ids: Collection[str]) -> Rubric:
    """Return the rubric with only the items of these ids, in its own order; AuthorError for an id that it lacks."""
    known = [item.id for item in rubric.items]
    unknown = [f"no item '{name}'{did_you_mean(name, known)}" for name in ids if name not in known]
    if unknown or not ids:
        what = "\n".join(unknown) or "no item was chosen"
        raise AuthorError(f"{what}\nthe items of '{rubric.assignment}' are {', '.join(known)}")
    return replace(rubric, items=tuple(item for item in rubric.items if item.id in ids))


def public_part(rubric: Rubric) -> Rubric:
    """Return the rubric with only the items that a student's self-check shows."""
    return replace(rubric, items=tuple(item for item in rubric.items if item.public))


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _parameter(value: Any) -> Parameter:
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, str) else float(value)


def _item(table: Mapping[str, Any]) -> RubricItem:
    return RubricItem(
        id=table["id"],
        title=table["title"],
        points=float(table["points"]),
        checks={check: float(points) for check, points in table["checks"].items()},
        public=table.get("public", True),
    )
