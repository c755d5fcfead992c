"""From a download to hand-ins: what it is taken for, who handed in what, and what matched nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.classes.layouts import LAYOUTS
from grader.classes.model import Found, HandIn, Unread
from grader.classes.names import keys, renamed, visible
from grader.classes.view import Asked, Piece, Pieces, View, views
from grader.errors import AuthorError
from grader.intake import downloads
from grader.intake.classes import ARCHIVE_ENDINGS
from grader.intake.naming import without_marks
from grader.suggestions import did_you_mean
from grader.text import counted, listed, printable

# of students, so many are named in a line
NAMED = 3
# of the table of files
COLUMNS = ("student", "name", "attempt", "file", "graded as")


def read(path: Path, *, required: Sequence[str], layout: str | None = None, zone: tzinfo | None = None) -> Found:
    """Find out how the class at `path`, a folder or an archive, is packed, and return what is in it.

    `required` are the names of the files that are asked for; `layout` is one of `LAYOUTS`, where it is known; `zone` is that of
    times that the platform writes without one. AuthorError when it cannot be read, and when it is nothing of the kind.
    """
    if layout is not None and layout not in LAYOUTS:
        raise AuthorError(
            f"no layout '{printable(layout)}'{did_you_mean(layout, LAYOUTS)}; there are {', '.join(LAYOUTS)}"
        )
    with downloads.opened(path, required=required) as download:
        asked = Asked(tuple(required), zone)
        looked_at = tuple(_unpacked(view) for view in views(download))
        if layout is None:
            _ensure_class(looked_at, required, path)
        name, pieces = _taken_for(looked_at, asked, layout, path)
        size = sum(download.sizes.values())
        refused = [Unread(each, why) for each, why in sorted(download.refused.items())]
    hand_ins = tuple(_numbered(pieces.found))
    said = (
        f"taken for {LAYOUTS[name].title}" + ("" if layout else f"; --layout says otherwise ({', '.join(LAYOUTS)})"),
        _counts(hand_ins),
        *pieces.said,
        *_undone(hand_ins),
    )
    return Found(name, said, hand_ins, (*pieces.unread, *refused), path, tuple(required), size)


def _unpacked(view: View) -> View:
    ending = next((each for each in ARCHIVE_ENDINGS if view.label.lower().endswith(each)), "") if not view.above else ""
    return View(view.label[: len(view.label) - len(ending)], view.above, view.sizes, view.folders, view.download)


def _ensure_class(looked_at: Sequence[View], required: Sequence[str], path: Path) -> None:
    wanted = {name.casefold() for name in required}
    for view in looked_at:
        if found := [name for name in view.top_files if without_marks(name) in wanted]:
            raise AuthorError(
                f"{printable(str(path))}: looks like one submission, as {printable(found[0])} lies right in it; grade it without "
                "--class, or say with --layout how the class is packed"
            )


def _taken_for(looked_at: Sequence[View], asked: Asked, layout: str | None, path: Path) -> tuple[str, Pieces]:
    if layout is not None:
        fitting = [view for view in looked_at if LAYOUTS[layout].fits(view)]
        for view in (*fitting, *looked_at):
            if (found := LAYOUTS[layout].pieces(view, asked)).found:
                return layout, found
        raise AuthorError(
            f"{printable(str(path))}: nothing in it is as in {LAYOUTS[layout].title}; leave --layout out, or give another one "
            f"({', '.join(LAYOUTS)})"
        )
    for name, each in LAYOUTS.items():
        for view in looked_at:
            if each.fits(view):
                return name, each.pieces(view, asked)
    raise AuthorError(
        f"{printable(str(path))}: is no class as far as can be seen: it holds neither a platform's names nor several folders or "
        f"archives; check the path, or say with --layout how it is packed ({', '.join(LAYOUTS)})"
    )


def _numbered(pieces: Iterable[Piece]) -> Iterable[HandIn]:
    """Yield the pieces with keys for their students, attempts counted by time."""
    by_who: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_who.setdefault(piece.who, []).append(piece)
    named = keys(by_who)
    for who in sorted(by_who, key=lambda each: named[each]):
        first = datetime.min.replace(tzinfo=UTC)
        in_order = sorted(by_who[who], key=lambda piece: (piece.at or first, piece.order))
        for number, piece in enumerate(in_order, start=1):
            yield HandIn(
                student=named[who],
                name=visible(piece.name) or named[who],
                attempt=number,
                handed_in=piece.at,
                late=piece.late,
                members=piece.members,
                files=piece.files,
                submission=piece.submission,
            )


def _counts(hand_ins: Sequence[HandIn]) -> str:
    students, files = len({each.student for each in hand_ins}), sum(len(each.files) for each in hand_ins)
    late = sum(bool(each.late) for each in hand_ins)
    told = f"{counted(students, 'student')}, {counted(len(hand_ins), 'attempt')}, {counted(files, 'file')}"
    return told + (f"; {late} late by the platform's word" if late else "")


def _undone(hand_ins: Iterable[HandIn]) -> Iterable[str]:
    """Yield a line for each change of a file's name, with those whose files it was made for."""
    changes: dict[str, list[str]] = {}
    for each in hand_ins:
        for _, name in renamed(each.files):
            changes.setdefault(name, []).append(each.name)
    for name, students in sorted(changes.items()):
        yield f"the platform had added to the name of {name}, which is graded as {name}: {listed(students, NAMED)}"


def unread_lines(unread: Sequence[Unread], most: int = 20) -> list[str]:
    """Return a line for each thing that matched nobody, the first ones in full."""
    lines = [f"{printable(each.what)}: {printable(each.why)}" for each in unread[:most]]
    return lines + ([f"and {len(unread) - most} more"] if len(unread) > most else [])


def files_table(hand_ins: Iterable[HandIn]) -> list[Mapping[str, str]]:
    """Return which file of the download is graded as what: a row a file."""
    return [
        {
            "student": each.student,
            "name": each.name,
            "attempt": str(each.attempt),
            "file": taken.stored,
            "graded as": taken.name,
        }
        for each in hand_ins
        for taken in each.files
    ]
