"""Whether student code is written for a newer Python than the one in the sandbox: then it was not tried, and lost nothing."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

SECONDS = 10.0
# bytes of all files together: more is not looked at
ROOM = 8 * 2**20
READ = (".py", ".ipynb")
# one rule has to be chosen; what cannot be read is said whichever it is
RULE = "W605"

_ADDED = re.compile(r"\(syntax was added in Python (3\.\d+)\)")


def newer_syntax(files: Mapping[str, bytes], python: str) -> str:
    """Return where in these files syntax is used that came after the version `python`, and what to do; nothing where none is.

    It is read by `ruff`, in a process of its own for which `SECONDS` are enough, or nothing is said.
    """
    read = [(path, content) for path, content in files.items() if PurePosixPath(path).suffix in READ]
    version = re.match(r"3\.(\d+)", python)
    if not read or not version or sum(len(content) for _, content in read) > ROOM:
        return ""
    with tempfile.TemporaryDirectory(prefix="mlpgrader-") as folder:
        names = {}
        for number, (path, content) in enumerate(read):
            file = Path(folder, f"{number}{PurePosixPath(path).suffix}")
            file.write_bytes(content)
            names[str(file)] = path
        found = _first(_asked(folder, f"py3{version.group(1)}"), names)
    if not found:
        return ""
    where, needed = found
    return (
        f"{where} uses syntax of Python {needed}, and this sandbox runs Python 3.{version.group(1)}: grade it in Docker, or with "
        "a newer Python"
    )


def _asked(folder: str, target: str) -> list[Any]:
    from ruff import find_ruff_bin

    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--select", RULE]
    try:
        done = subprocess.run(
            [*command, "--target-version", target, "--output-format", "json", folder],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            env={},
            timeout=SECONDS,
            check=False,
        )
        told = json.loads(done.stdout or b"[]")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return []
    return told if isinstance(told, list) else []


def _first(told: Iterable[Any], names: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first place of which a version is said, and the newest version that is said of any."""
    places = [
        (names[each["filename"]], each.get("cell"), each["location"]["row"], added.group(1))
        for each in told
        if each.get("filename") in names and (added := _ADDED.search(each.get("message", "")))
    ]
    if not places:
        return None
    path, cell, row, _ = places[0]
    newest = max((version for *_, version in places), key=lambda version: int(version.partition(".")[2]))
    return f"'{path}'{f' cell {cell}' if cell else ''} line {row}", newest
