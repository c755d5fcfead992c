"""Reading what a whole class has handed in: what one student did to a name or a file costs that file alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import AuthorError
from grader.intake import folder, tarred, zipped
from grader.intake.listing import MEGABYTE, Entry, parents
from grader.intake.naming import DEPTH, composed, is_junk, names_drive, plain, points_outside, shown
from grader.text import printable

# of all that is in a download, with what students pack in beside their work
LISTED = 200_000
# a platform's folders lie above those of a student
ABOVE = 4
# of a whole class as a tar, which is held in memory
TAR_BYTES = 400 * MEGABYTE
# of one name between slashes: platforms put theirs before the student's
PART_BYTES = 1_000
# of one file
FILE_BYTES = 100 * MEGABYTE


@dataclass(frozen=True)
class Download:
    """The regular files of a download (path -> size in bytes), its folders, what is refused (path -> why), and what reads a file.

    Files and folders that are nobody's work are left out of `sizes`, but a folder ``.git`` stays among the `folders`, as it says
    what its parent is. `read(path, limit)` returns the whole content, or raises Unreadable or IntakeError.
    """

    label: str
    sizes: Mapping[str, int]
    folders: Collection[str]
    refused: Mapping[str, str]
    read: Callable[[str, int], bytes]


@contextmanager
def opened(path: Path, *, required: Collection[str]) -> Iterator[Download]:
    """Yield what lies in the folder, the zip or the tar at `path`; AuthorError when it cannot be read.

    Folders that hold one of the `required` files are somebody's work, whatever they are called.
    """
    # not resolve(): a link keeps its name
    path = Path(os.path.abspath(path))  # noqa: PTH100
    label = shown(path.name)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            with folder.walked(path, required=required, most=LISTED + 1, depth=DEPTH + ABOVE) as (entries, read):
                yield tabulated(entries, lambda k, limit: read(entries[k].name, limit), label=label, required=required)
        elif not stat.S_ISREG(mode):
            raise AuthorError(f"{printable(str(path))}: is neither a folder nor a file; give the download of a class")
        else:
            with folder.open_file(path) as file:
                start = file.read(tarred.MAGIC_BYTES)
                file.seek(0)
                with (
                    tarred.walked(file, label=label, most=LISTED, limit=TAR_BYTES)
                    if tarred.begins(start) or path.suffix.lower() == ".tar"
                    else zipped.walked(file, label=label, most=LISTED)
                ) as (entries, at):
                    yield tabulated(entries, at, label=label, required=required)
    except OSError as error:
        raise AuthorError(
            f"{printable(str(path))}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from None


def tabulated(
    entries: Sequence[Entry], read: Callable[[int, int], bytes], *, label: str, required: Collection[str]
) -> Download:
    """Return what is in `entries`, of which `read(k, limit)` returns the k-th; AuthorError when they are too many."""
    if len(entries) > LISTED:
        raise AuthorError(
            f"{label}: holds more than {LISTED:,} files; give the download of one class and one assignment"
        )
    files: dict[str, int] = {}
    folders: set[str] = set()
    refused: dict[str, str] = {}
    for position, entry in enumerate(entries):
        path = composed(plain(entry.name))
        if not path:
            continue
        outside = "points outside the archive" if points_outside(entry.name) else ""
        drive = "begins like the name of a drive" if any(map(names_drive, path.split("/"))) else ""
        why = entry.why or outside or drive or _unusable(path)
        if why:
            refused.setdefault(path, why)
        elif entry.folder:
            folders.update((*parents(path), path))
        elif path in files:
            refused.setdefault(f"{path} (again)", "has the name of another file")
        else:
            folders.update(parents(path))
            files[path] = position
            if entry.size > FILE_BYTES:
                refused[path] = f"is larger than {FILE_BYTES // MEGABYTE} MB"
    refused |= dict.fromkeys(folders.intersection(files), "has the name of a folder")
    children: dict[str, set[str]] = {}
    for path in (*folders, *files):
        above, _, name = path.rpartition("/")
        children.setdefault(above, set()).add(name)
    junk = {path for path in (*folders, *files) if is_junk(path, children.get(path, ()), required)}

    def kept(path: str) -> bool:
        return junk.isdisjoint((path, *parents(path)))

    return Download(
        label,
        {path: entries[k].size for path, k in files.items() if path not in refused and kept(path)},
        frozenset(path for path in folders if kept(path) or kept(path.rpartition("/")[0])),
        {path: why for path, why in refused.items() if kept(path)},
        lambda path, limit: read(files[path], limit),
    )


def _unusable(path: str) -> str:
    """Say why a file of this name is left out: how it is called on our disk is judged where it is written."""
    parts = path.split("/", DEPTH + ABOVE)
    if len(parts) > DEPTH + ABOVE:
        return f"is more than {DEPTH + ABOVE} folders deep"
    if any(len(part.encode(errors="surrogatepass")) > PART_BYTES for part in parts):
        return "has too long a name"
    return "has a name that no file can have" if "\0" in path else ""
