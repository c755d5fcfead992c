"""A CSV file of a learning platform: cells are read and changed, and what is not changed comes back byte for byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache

from grader.errors import AuthorError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SEPARATORS = ",;\t"
# bytes that mean nothing in an encoding go through the text and come back
ERRORS = {"cp1252": "surrogateescape", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass"}
OLD = "The file is no UTF-8; it is read and written in the encoding of Windows (cp1252)."
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


@dataclass(frozen=True)
class Line:
    """One record: its cells as they stand in the file, quotes and all, and how it ends."""

    cells: tuple[str, ...]
    end: str

    def value(self, column: int) -> str:
        """Return what a cell says; empty where the line is shorter."""
        return said(self.cells[column]) if 0 <= column < len(self.cells) else ""

    @property
    def values(self) -> tuple[str, ...]:
        """What its cells say."""
        return tuple(map(said, self.cells))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return not any(self.cells)


@dataclass(frozen=True)
class Sheet:
    """A file as its lines, and how it was written."""

    lines: tuple[Line, ...]
    separator: str = ","
    encoding: str = "utf-8"
    mark: bytes = b""
    told: tuple[str, ...] = ()

    def value(self, line: int, column: int) -> str:
        """Return what a cell says; empty where the line is shorter."""
        return self.lines[line].value(column)

    def with_values(self, values: Mapping[tuple[int, int], str]) -> Sheet:
        """Return the sheet with other values in some cells (line, column), quoted as their neighbours are.

        What the encoding of the file does not have becomes a question mark.
        """
        lines = list(self.lines)
        for (line, column), value in values.items():
            cells = list(lines[line].cells)
            cells += [""] * (column + 1 - len(cells))
            known = value.encode(self.encoding, "replace").decode(self.encoding)
            cells[column] = self._written(known, cells, column)
            lines[line] = replace(lines[line], cells=tuple(cells))
        return replace(self, lines=tuple(lines))

    def with_lines(self, kept: Collection[int]) -> Sheet:
        """Return the sheet with only these lines, in the order in which they stand."""
        return replace(self, lines=tuple(line for place, line in enumerate(self.lines) if place in kept))

    @property
    def content(self) -> bytes:
        """The file."""
        text = "".join(f"{self.separator.join(line.cells)}{line.end}" for line in self.lines)
        return self.mark + text.encode(self.encoding, ERRORS.get(self.encoding, "strict"))

    def _written(self, value: str, cells: list[str], column: int) -> str:
        others = [cell for cell in cells if cell]
        as_neighbours = bool(others) and all(cell.startswith('"') for cell in others)
        needed = value != value.strip() or any(sign in value for sign in (self.separator, '"', "\r", "\n"))
        if needed or cells[column].startswith('"') or (as_neighbours and not cells[column]):
            doubled = value.replace('"', '""')
            return f'"{doubled}"'
        return value


def read(content: bytes, *, name: str) -> Sheet:
    """Read a file of the encodings, separators, quotes and line ends that platforms write.

    AuthorError when it is empty, no text, or ends within quotes; `name` is what it is called there.
    """
    text, encoding, mark = _text(content, name)
    if not text.strip():
        raise AuthorError(f"{name}: is empty; download it again")
    separator = _separator(text)
    lines: list[Line] = []
    cells: list[str] = []
    for found in _cells(separator).finditer(text):
        cell, end = found.groups()
        if not cell and not end and not cells:
            break  # the end of a file that ends with a line
        if cell.startswith('"') and not _QUOTED.match(cell):
            raise AuthorError(
                f"{name}: line {text.count(chr(10), 0, found.start()) + 1}: a quote opens and does not close; download it again"
            )
        cells.append(cell)
        if end != separator:
            lines.append(Line(tuple(cells), end))
            cells = []
    return Sheet(tuple(lines), separator, encoding, mark, (OLD,) if encoding == "cp1252" else ())


def said(cell: str) -> str:
    """Return what a cell says: without the quotes around it and the doubled ones in it."""
    if not cell.startswith('"'):
        return cell
    quoted = _QUOTED.match(cell)
    inside = quoted.end() if quoted else len(cell)
    return cell[1 : inside - 1].replace('""', '"') + cell[inside:]


def _text(content: bytes, name: str) -> tuple[str, str, bytes]:
    """Return the text of a file, its encoding, and the mark that it begins with."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding, name), encoding, mark
    for encoding, zeros in (("utf-16-le", content[1:200:2]), ("utf-16-be", content[:200:2])):
        # of headers, most letters are among the first 256
        if zeros.count(0) > len(zeros) / 2:
            return _decoded(content, encoding, name), encoding, b""
    try:
        return content.decode(), "utf-8", b""
    except UnicodeDecodeError:
        return _decoded(content, "cp1252", name), "cp1252", b""


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding, ERRORS.get(encoding, "strict"))
    except UnicodeDecodeError as error:
        raise AuthorError(f"{name}: is no text ({encoding}: {error.reason}); download it again") from error


def _separator(text: str) -> str:
    first = _QUOTED.sub("", text).lstrip("\r\n")
    line = re.split(r"[\r\n]", first, maxsplit=1)[0]
    return max(SEPARATORS, key=line.count)


@cache
def _cells(separator: str) -> re.Pattern[str]:
    """Return what matches one cell and what stands behind it: the separator, the end of a line, or nothing."""
    rest = rf"[^{re.escape(separator)}\r\n]*+"
    return re.compile(rf"({_QUOTED.pattern}{rest}|{rest})({re.escape(separator)}|\r\n|\n|\r|\Z)")
