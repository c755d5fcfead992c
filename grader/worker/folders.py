"""The folder that a session may write to: made with the submission's files in it, emptied when the session is over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DIRECTORY_LIMIT = 100_000


def lay(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the submission's files below `folder`."""
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def empty(folder: Path) -> None:
    """Remove everything in `folder`, however deep and with whatever permissions; OSError when that cannot be done.

    Folders are lifted to the top before they are emptied, so that no path is ever too long and no recursion too deep.
    """
    for number in range(DIRECTORY_LIMIT):
        with os.scandir(folder) as entries:
            folders = [_removed(entry) for entry in entries]
        waiting = [path for path in folders if path]
        if not waiting:
            return
        for place, path in enumerate(waiting):
            Path(path).chmod(0o700)
            with os.scandir(path) as entries:
                inner = [inside for inside in map(_removed, entries) if inside]
            for serial, inside in enumerate(inner):
                Path(inside).rename(folder / f".{number}-{place}-{serial}")
            Path(path).rmdir()
    raise OSError("too many folders")


def _removed(entry: os.DirEntry[str]) -> str | None:
    if entry.is_dir(follow_symlinks=False):
        return entry.path
    Path(entry.path).unlink()
    return None
