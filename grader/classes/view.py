"""What a layout looks at, and what it makes of it: a folder of a download on one side, pieces of hand-ins on the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from grader.classes.model import Taken, Unread
from grader.errors import IntakeError
from grader.intake.downloads import Download
from grader.intake.listing import Unreadable
from grader.model import Person

# of a file that says something about hand-ins
TEXT_BYTES = 2_000_000


@dataclass(frozen=True)
class View:
    """One folder of a download as if it were all: `sizes` and `folders` are by paths below it.

    `label` is the folder's name, or that of the download; `above` is where it lies, with a slash at the end, empty for the top.
    """

    label: str
    above: str
    sizes: Mapping[str, int]
    folders: frozenset[str]
    download: Download

    @property
    def top_files(self) -> tuple[str, ...]:
        """The names of the files right in it."""
        return tuple(sorted(path for path in self.sizes if "/" not in path))

    @property
    def top_folders(self) -> tuple[str, ...]:
        """The names of the folders right in it."""
        return tuple(sorted(path for path in self.folders if "/" not in path))

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of the files below one of its folders, each from the top of the view."""
        return tuple(sorted(path for path in self.sizes if path.startswith(f"{folder}/")))

    def taken(self, folder: str) -> tuple[Taken, ...]:
        """Return the files below one of its folders, named from there."""
        return tuple(Taken(path.removeprefix(f"{folder}/"), self.above + path) for path in self.below(folder))

    def content(self, path: str, limit: int = TEXT_BYTES) -> bytes:
        """Return what is in a file; nothing when it cannot be read, or has more than `limit` bytes."""
        if self.sizes.get(path, limit + 1) > limit:
            return b""
        try:
            return self.download.read(self.above + path, limit)
        except (Unreadable, IntakeError):
            return b""


def mostly(found: Collection[object], among: Collection[object]) -> bool:
    """Tell whether what was found is more than half of all: what one student calls a file says nothing of the class."""
    return 2 * len(found) > len(among)


def views(download: Download) -> Iterator[View]:
    """Yield the download as it is, then, as long as there is one folder and nothing else, what is in that."""
    label, above = download.label, ""
    sizes, folders = dict(download.sizes), frozenset(download.folders)
    while sizes:
        view = View(label, above, sizes, folders, download)
        yield view
        inside = {path.partition("/")[0] for path in sizes}
        if view.top_files or len(inside) != 1:
            return
        (label,) = inside
        above += f"{label}/"
        start = f"{label}/"
        sizes = {path.removeprefix(start): size for path, size in sizes.items()}
        folders = frozenset(path.removeprefix(start) for path in folders if path.startswith(start))


@dataclass(frozen=True)
class Asked:
    """What is known besides the download: the names of the files that are asked for, and the zone of times that have none."""

    required: tuple[str, ...]
    zone: tzinfo | None = None


@dataclass(frozen=True)
class Piece:
    """What one student handed in at one time, before it is named and numbered.

    `who` is by what the same student is known in the next download; `order` tells pieces of one student apart where they have
    no time.
    """

    who: str
    name: str
    files: tuple[Taken, ...]
    members: tuple[Person, ...] = ()
    at: datetime | None = None
    late: bool | None = None
    submission: str = ""
    order: str = ""


@dataclass(frozen=True)
class Pieces:
    """What a layout makes of a view; `said` are sentences for people."""

    found: tuple[Piece, ...]
    unread: tuple[Unread, ...] = ()
    said: tuple[str, ...] = field(default=())
