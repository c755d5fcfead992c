"""Which of this machine's files a bubblewrap sandbox shows: the system's libraries and the interpreter, nothing of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from grader import locations
from grader.errors import AuthorError

SYSTEM = Path("/usr")
# where these are links into /usr they stay links
TOP = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
# what the loader, the fonts and the time zone need; nothing that names users or machines
SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
)
# folders that hold more than an interpreter
TOO_MUCH = [Path("/", name) for name in ("", "dev", "etc", "home", "proc", "root", "run", "srv", "sys", "tmp", "var")]


def arguments() -> list[str]:
    """Return the options of bwrap that show this interpreter and what it needs, read-only, and hide the grader in it."""
    shown = interpreter_folders()
    hidden = [folder for folder in _ours() if any(folder.is_relative_to(each) for each in (SYSTEM, *shown))]
    # what lies in a folder that is hidden is shown again: an environment in its checkout
    again = _outermost(folder for folder in shown if any(folder.is_relative_to(each) for each in hidden))
    there = (SYSTEM, *(Path("/", name) for name in TOP), *hidden)
    first = _outermost(folder for folder in shown if not any(folder.is_relative_to(each) for each in there))
    return [
        *_bound(SYSTEM),
        *(word for name in TOP for word in _top(Path("/", name))),
        *_parents([Path(name) for name in SETTINGS]),
        *(word for name in SETTINGS for word in ("--ro-bind-try", name, name)),
        *_parents(first),
        *(word for folder in first for word in _bound(folder)),
        *(word for folder in hidden for word in ("--perms", "0755", "--tmpfs", str(folder))),
        *_parents(again),
        *(word for folder in again for word in _bound(folder)),
        # last, since the environment that they are installed in is shown by then
        *(word for path in _courses([SYSTEM, *shown]) for word in _covered(path)),
        *(word for folder in hidden for word in ("--remount-ro", str(folder))),
    ]


def interpreter_folders() -> list[Path]:
    """Return the folders that the interpreter consists of, some of them within others, outer ones first.

    AuthorError when one of them is too much to show, since the interpreter was installed right into it.
    """
    prefixes = [Path(prefix) for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)]
    # an environment starts its interpreter through links, each of which has to be there
    links = [link.parent for link in _links(Path(sys.executable))]
    found = {Path(folder) for each in (*prefixes, *links) for folder in (each, each.resolve())}
    for folder in sorted(found):
        if folder in TOO_MUCH or Path.home().is_relative_to(folder):
            raise AuthorError(
                f"Python is installed right in {folder}, which bubblewrap would have to show to student code; "
                "use an interpreter in a folder of its own, such as an environment (python3 -m venv)"
            )
    return sorted(found)


def _outermost(folders: Iterable[Path]) -> list[Path]:
    """Return those of sorted folders that lie in none of the others."""
    kept: list[Path] = []
    for folder in folders:
        if not any(folder.is_relative_to(each) for each in kept):
            kept.append(folder)
    return kept


def writable_folder(shown: Iterable[Path]) -> str:
    """Return the folder inside that can be written to: /tmp, or another where what is `shown` lies in /tmp itself."""
    return "/scratch" if any(folder.is_relative_to("/tmp") for folder in shown) else "/tmp"  # noqa: S108 - inside


def _links(python: Path) -> Iterable[Path]:
    for _ in range(40):
        yield python
        if not python.is_symlink():
            return
        python = python.parent / python.readlink()


def _ours() -> list[Path]:
    """Return the folders with our source, solutions and tests, which hold what is expected of students."""
    package = Path(locations.__file__).resolve().parent
    root = locations.checkout()
    return [
        *([root.resolve()] if root else []),
        *([] if root and package.is_relative_to(root.resolve()) else [package]),
    ]


def _courses(shown: Iterable[Path]) -> list[Path]:
    """Return what courses have installed in folders that are shown: it holds what is expected of students, too."""
    found = (path.resolve() for path in locations.installed_courses())
    return [path for path in found if any(path.is_relative_to(folder) for folder in shown)]


def _covered(path: Path) -> list[str]:
    """Return the options that show nothing in the place of a folder or a file."""
    if path.is_file():
        return ["--ro-bind", "/dev/null", str(path)]
    return ["--perms", "0755", "--tmpfs", str(path), "--remount-ro", str(path)]


def _top(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return _bound(path) if path.is_dir() else []


def _bound(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _parents(paths: Iterable[Path]) -> list[str]:
    """Return options that make the folders above `paths`, for everyone to go through; bwrap's own are for their owner."""
    above = sorted({parent for path in paths for parent in path.parents if parent != Path("/")})
    return [word for folder in above for word in ("--perms", "0755", "--dir", str(folder))]
