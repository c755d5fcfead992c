"""Tables that programs and platforms export: their letters, their separators, and what stands in their columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import AuthorError
from grader.text import printable

SEPARATORS = ",;\t"
BYTES = 50_000_000


@dataclass(frozen=True)
class Table:
    """A table with a header: rows map its names to cells, `warnings` say how it had to be read."""

    header: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    warnings: tuple[str, ...] = ()


def read(path: Path) -> Table:
    """Read a table; AuthorError says why it is none."""
    text, warnings = text_of(path)
    return parsed(text, path.name, warnings)


def text_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the text of a table, and how it had to be read; AuthorError says why there is none.

    UTF-8 with or without a BOM, and UTF-16 with one, are read; what is neither is read as cp1252, with a warning.
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= BYTES else b""
    except OSError as error:
        raise AuthorError(f"{path}: the table cannot be read ({error.strerror}); check the path") from error
    if size > BYTES or (b"\0" in raw and raw[:2] not in _WIDE):
        raise AuthorError(f"{path.name}: is no table of text; export it as CSV")
    return _decoded(raw, path.name)


_WIDE = (b"\xff\xfe", b"\xfe\xff")


def parsed(text: str, name: str, warnings: tuple[str, ...] = ()) -> Table:
    """Return the table in a text; `name` stands in what is said."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)))
    except csv.Error as error:
        raise AuthorError(f"{name}: is no table ({error}); export it as CSV") from None
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise AuthorError(f"{name}: is empty; export it again")
    header = tuple(cell.strip() for cell in lines[0])
    rows = tuple(_row(header, line) for line in lines[1:])
    return Table(header, rows, warnings)


def _decoded(raw: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    try:
        if raw[:2] in _WIDE:
            return raw.decode("utf-16"), ()
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        said = (
            f"{printable(name)} is not UTF-8; it was read as the Western letters of Windows (cp1252): check the names"
        )
        return raw.decode("cp1252", errors="replace"), (said,)


def separator_of(text: str) -> str:
    """Return what separates cells: that which makes the most columns of the first line."""
    first = io.StringIO(text, newline="")
    counts = {}
    for each in SEPARATORS:
        first.seek(0)
        try:
            counts[each] = len(next(csv.reader(first, delimiter=each), []))
        except csv.Error:
            counts[each] = 0
    return max(SEPARATORS, key=lambda each: counts[each])


def _row(header: Sequence[str], line: Sequence[str]) -> Mapping[str, str]:
    cells: dict[str, str] = {}
    for name, cell in zip(header, line, strict=False):
        cells.setdefault(name, _plain(cell))
    return cells


def _plain(cell: str) -> str:
    """Return a cell without the dress ``="..."`` in which a platform hides from spreadsheets what begins like a formula."""
    text = cell.strip()
    return text[2:-1].replace('""', '"') if text.startswith('="') and text.endswith('"') and len(text) > 2 else text
