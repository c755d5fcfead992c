"""Mutants made by rule that are as right as what they were made from, each with the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from grader.errors import AuthorError

FIELDS = {"assignment", "why", "mutants"}


def load(path: Path, *, assignment: str) -> Mapping[str, str]:
    """Return the keys of the mutants of an assignment that are equivalent, each with why.

    The file has an ``[[equivalent]]`` for each reason: ``assignment``, ``why`` and ``mutants``, a list of the keys of
    `Generated`. AuthorError when it cannot be read or a mutant is in it twice.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AuthorError(f"{path}: the list of equivalent mutants cannot be read: {error}") from error
    found: dict[str, str] = {}
    for number, entry in enumerate(table.get("equivalent", []), start=1):
        if set(entry) != FIELDS or not isinstance(entry["mutants"], list):
            raise AuthorError(f"{path.name}: entry {number} must have assignment, why, and a list of mutants")
        for key in entry["mutants"] if entry["assignment"] == assignment else ():
            if key in found:
                raise AuthorError(f"{path.name}: {key!r} is there twice")
            found[key] = entry["why"]
    return found
