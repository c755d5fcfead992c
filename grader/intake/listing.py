"""What was handed in, before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import IntakeError
from grader.intake.naming import DEPTH, composed, is_junk, shown, unusable

FILES = 2_000  # files that are kept
LISTED = 20_000  # entries that are looked at, with those of virtual environments and the like
MEGABYTE = 1_000_000


class Unreadable(Exception):
    """One file cannot be read; the text completes a sentence that begins with the file's name."""


@dataclass(frozen=True)
class Listing:
    """Regular files (path -> size in bytes), what is refused (path -> why), and how to read one file.

    `read(path, limit)` returns the whole content, at most `limit` bytes, or raises Unreadable.
    """

    sizes: Mapping[str, int]
    refused: Mapping[str, str]
    read: Callable[[str, int], bytes]


@dataclass(frozen=True)
class Entry:
    """One thing that was found: `why` says why it is refused, and is empty where there is nothing against it."""

    name: str
    size: int = 0
    why: str = ""
    folder: bool = False


def tabulate(
    entries: Sequence[Entry], read: Callable[[int, int], bytes], *, label: str, required: Collection[str]
) -> Listing:
    """Return the listing of what is in `entries`; `read(k, limit)` is to return the content of the k-th.

    IntakeError when names clash or are too many; `label` names the submission in it.
    """
    if len(entries) > LISTED:
        raise too_many(label)
    files: dict[str, int] = {}
    folders: set[str] = set()
    refused: dict[str, str] = {}
    for position, entry in enumerate(entries):
        path = composed(entry.name)
        if not path:  # the top itself, as in archives of "."
            continue
        folders.update(parents(path), (path,) if entry.folder else ())
        if why := entry.why or unusable(path):
            refused[path] = why
        if not entry.folder and files.setdefault(path, position) != position:
            raise IntakeError(f"{label}: holds two files called '{shown(path)}'; keep one of them")
    if clash := sorted(folders.intersection(files)):
        raise IntakeError(f"{label}: holds a file and a folder called '{shown(clash[0])}'; keep one of them")
    children = _children(folders.union(files))
    refused |= {folder: "is a folder, not a file" for folder in folders if folder.rpartition("/")[2] in required}
    junk = {path for path in folders.union(files) if is_junk(path, children.get(path, ()), required)}
    kept = {path for path in folders.union(files) if junk.isdisjoint((path, *parents(path)))}
    refused |= _alike(kept.intersection(files).difference(refused), required)
    sizes = {path: entries[files[path]].size for path in kept.intersection(files).difference(refused)}
    if len(sizes) > FILES:
        raise too_many(label)
    refused = {path: why for path, why in refused.items() if path in kept}
    return Listing(sizes, refused, lambda path, limit: read(files[path], limit))


def parents(path: str) -> list[str]:
    """Return the folders above `path` from the outermost to its own, without the top itself."""
    # a hostile name may have thousands of parts; what lies deeper is refused anyway
    parts = path.split("/", DEPTH + 1)
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def too_many(label: str) -> IntakeError:
    """Return the error for a submission of too many files."""
    return IntakeError(f"{label}: holds more than {FILES:,} files; hand in only your own code and notebooks")


def _alike(files: Collection[str], required: Collection[str]) -> dict[str, str]:
    """Return the files that would be one with another, or with its folder, where capitals make no difference, and why."""
    first = {above.casefold(): above for path in files for above in parents(path)}
    for path in sorted(files, key=lambda path: (path.rpartition("/")[2] not in required, path)):
        first.setdefault(path.casefold(), path)
    alike = {path: first[path.casefold()] for path in files}
    return {path: f"differs from '{shown(other)}' only in capitals" for path, other in alike.items() if other != path}


def _children(paths: Iterable[str]) -> dict[str, set[str]]:
    children: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        children.setdefault(folder, set()).add(name)
    return children
