"""Where our own files lie, in a checkout and in an installed wheel alike."""

from __future__ import annotations

import os
from pathlib import Path

# the entry points by which packages declare assignments
GROUP = "mlpgrader.assignments"
MARKS = ("grader", "reference", "rubrics")


def rubric_file(assignment: str) -> Path:
    """Return the path of the rubric of the built-in assignment with that id; whether it is there shows when it is loaded."""
    package = Path(__file__).resolve().parent
    # the wheel holds the rubrics inside the package, a checkout (also an editable install) beside it
    folder = package / "rubrics" if (package / "rubrics").is_dir() else package.parent / "rubrics"
    return folder / f"{assignment}.toml"


def reference_folder(assignment: str) -> Path | None:
    """Return where the solved material of that built-in assignment lies; None outside of a checkout."""
    root = checkout()
    return root / "reference" / assignment if root else None


def template_folder(assignment: str) -> Path | None:
    """Return where what students receive of that built-in assignment lies, in an installed wheel its notebooks only."""
    inside = Path(__file__).resolve().parent / "templates" / assignment
    if inside.is_dir():
        return inside
    root = checkout()
    return root / "student_template" / assignment if root else None


def checkout() -> Path | None:
    """Return the root of the checkout that this code lies in, else of the one around the current folder, else None."""
    current = Path.cwd()
    candidates = (Path(__file__).resolve().parents[1], current, *current.parents)
    return next((path for path in candidates if all((path / mark).is_dir() for mark in MARKS)), None)


def cache_folder() -> Path:
    """Return the folder of the user's cache, which need not exist: `MLPGRADER_CACHE`, else what this system has for it."""
    # imported here, since it takes a while and most of what asks for our files does without
    import platformdirs

    chosen = os.environ.get("MLPGRADER_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("mlpgrader", appauthor=False)


def installed_courses() -> tuple[Path, ...]:
    """Return the folders and single files of which installed packages consist that declare assignments.

    Of a package that is installed from where it is written, that is what points there.
    """
    from importlib.metadata import entry_points

    tops = {
        Path(str(point.dist.locate_file(file.parts[0])))
        for point in entry_points(group=GROUP)
        if point.dist
        for file in point.dist.files or ()
        if file.parts[0] not in ("..", "__pycache__")
    }
    return tuple(sorted(path for path in tops if path.exists()))
