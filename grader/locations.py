"""Where our own files lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

MARKS = ("grader", "reference", "rubrics")


def rubric_file(assignment: str) -> Path:
    """Return the path of the rubric of the assignment with that id; whether it is there shows when it is loaded."""
    return _rubrics() / f"{assignment}.toml"


def assignments() -> tuple[str, ...]:
    """Return the ids of the assignments that there are rubrics for, in order."""
    return tuple(sorted(path.stem for path in _rubrics().glob("*.toml")))


def _rubrics() -> Path:
    package = Path(__file__).resolve().parent
    # the wheel holds the rubrics inside the package, a checkout (also an editable install) beside it
    return package / "rubrics" if (package / "rubrics").is_dir() else package.parent / "rubrics"


def checkout() -> Path | None:
    """Return the root of the checkout that this code lies in, else of the one around the current folder, else None."""
    current = Path.cwd()
    candidates = (Path(__file__).resolve().parents[1], current, *current.parents)
    return next((path for path in candidates if all((path / mark).is_dir() for mark in MARKS)), None)
