"""The machine itself: Python, packages, pictures, limits, room on the disk."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from grader.doctor.row import Row, State

LEAST_PYTHON = (3, 11)
LEAST_FREE = 2**30
# what workers import that is large
COSTLY = ("numpy", "matplotlib", "IPython", "ipykernel", "jupyter_client", "traitlets")
PROMISE = "promises robustness, not security: limits on time and memory, but code runs with your own rights"
INSTALL = "install the pinned versions: make venv in a checkout, pip install again elsewhere"


def python(version: Sequence[int]) -> Row:
    """Say whether this Python is new enough."""
    detail = f"{'.'.join(map(str, version))} on {platform.platform(terse=True)}"
    if tuple(version) < LEAST_PYTHON:
        return Row("Python", State.MISSING, detail, "use Python 3.11 or later, as in: make venv PYTHON=python3.12")
    return Row("Python", State.OK, detail)


def pins(root: Path | None) -> dict[str, str]:
    """Return package -> version as pinned by the lock of the checkout `root`, or as the installed grader asks for."""
    lock = root / "requirements" / "run.lock" if root else None
    if lock and lock.is_file():
        lines = lock.read_text(encoding="utf-8").splitlines()
    else:
        lines = [line for line in _asked_for() if "extra ==" not in line]
    found = (re.fullmatch(r"([\w.-]+)==([\w.]+)", line.strip()) for line in lines)
    # a pin with a condition does not match: it may be for another system
    return {match[1]: match[2] for match in found if match}


def _asked_for() -> list[str]:
    try:
        return metadata.requires("mlpgrader") or []
    except metadata.PackageNotFoundError:
        return []


def installed(package: str) -> str:
    """Return the version of a package that is there, or an empty string."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def packages(pinned: Mapping[str, str], version: Callable[[str], str]) -> tuple[Row, ...]:
    """Compare the packages that are there with the pins; numpy, on which verdicts stand, has a row of its own."""
    if "numpy" not in pinned:
        return (Row("packages", State.WEAKER, "no pins to compare with", INSTALL),)
    found = {name: version(name) for name in pinned}
    others = [name for name in pinned if name != "numpy"]
    return (_compared("numpy", ["numpy"], pinned, found), _compared("packages", others, pinned, found))


def _compared(title: str, names: Sequence[str], pinned: Mapping[str, str], found: Mapping[str, str]) -> Row:
    absent = [name for name in names if not found[name]]
    different = [f"{name} {found[name]}, pinned is {pinned[name]}" for name in names if found[name] != pinned[name]]
    if absent:
        return Row(title, State.MISSING, f"not installed: {', '.join(absent)}", INSTALL)
    if different:
        return Row(title, State.WEAKER, "; ".join(different), INSTALL)
    return Row(title, State.OK, f"{pinned[names[0]]}, as pinned" if len(names) == 1 else f"all {len(names)} as pinned")


def compiled(modules: Sequence[str] = COSTLY, cached: Callable[[str], str | None] | None = None) -> Row:
    """Say whether Python finds packages compiled: code inside may write nothing down, so each sandbox would compile them anew.

    `cached` returns the file where the compiled code of a module would lie, None for one that is not there or needs none.
    """
    files = [file for name in modules if (file := (cached or _cached)(name))]
    slow = [file for file in files if not Path(file).is_file()]
    if slow:
        where = Path(slow[0]).parent.parent
        detail = f"{len(slow)} of {len(files)} packages are not, as in {where}: each sandbox compiles them anew"
        return Row("compiled", State.WEAKER, detail, f"run once: {sys.executable} -m compileall -q {where.parent}")
    return Row("compiled", State.OK, f"the {len(files)} packages that take longest to start")


def _cached(module: str) -> str | None:
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:
        return None
    return spec.cached if spec and spec.has_location else None


def plots() -> Row:
    """Say whether reports can have pictures."""
    try:
        from matplotlib import __version__, font_manager

        font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    except ImportError as error:
        return Row("plots", State.MISSING, f"matplotlib cannot be imported ({error})", INSTALL)
    except ValueError:
        return Row("plots", State.WEAKER, "matplotlib has lost its own font DejaVu Sans", INSTALL)
    return Row("plots", State.OK, f"matplotlib {__version__} with its own fonts")


def watching(package: str = "watchfiles") -> Row:
    """Say whether `check --watch` can see files change."""
    if importlib.util.find_spec(package) is None:
        return Row("watching", State.WEAKER, f"{package} is not installed, which check --watch needs", INSTALL)
    return Row("watching", State.OK, f"{package} is there for check --watch")


def process_sandbox(has: Callable[[object, str], bool] = hasattr) -> Row:
    """Say which limits the process sandbox has on this system."""
    found = {
        "fork, for a quick start of each probe": has(os, "fork"),
        "SIGALRM, to end a single call that hangs": has(signal, "SIGALRM"),
        "a limit on memory": has(os, "fork") and importlib.util.find_spec("resource") is not None,
    }
    if lacking := [name for name, there in found.items() if not there]:
        detail = f"promises robustness, not security; this system lacks {'; '.join(lacking)}"
        return Row("process sandbox", State.WEAKER, detail, "it will do for your own work; grade a class in Docker")
    return Row("process sandbox", State.OK, PROMISE)


def disk(free: int) -> Row:
    """Say whether there is room for reports and evidence."""
    detail = f"{free / 2**30:.1f} GiB free in this folder"
    if free < LEAST_FREE:
        return Row("disk", State.WEAKER, detail, "free some space, or give --out a folder on another disk")
    return Row("disk", State.OK, detail)
