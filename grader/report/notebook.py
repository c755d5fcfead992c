"""What a student wrote and what their notebook put out, made ready for staff to read: nothing in it runs or is fetched."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from grader.model import Quote, Transcript, TranscriptCell, TranscriptOutput
from grader.report import markup
from grader.text import counted, printable

CELL_LIMIT, OUTPUT_LIMIT, OUTPUTS_A_CELL = 300, 20_000, 60
LONG_QUOTE = 1500
# what one notebook may take: characters that are parsed (slow where they are hostile), characters, bytes of pictures
PARSED_ROOM, TEXT_ROOM, PICTURE_ROOM = 120_000, 600_000, 6_000_000
PICTURE_LIMIT, SIDE_LIMIT = 2_000_000, 4000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = struct.Struct(">8sI4sIIBBBBB")
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# colours and cursor movements; titles and links of a terminal, which end with a bell or ESC \
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


@dataclass(frozen=True)
class Shown:
    """One output as a reader meets it: `kind` is ``text``, ``error``, ``png`` or ``note``; a picture has its size."""

    kind: str
    text: str
    source: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Cell:
    """One cell as a reader meets it: what findings call it, its source as HTML, and its outputs."""

    kind: str
    name: str
    source: Markup
    outputs: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A quote or a notebook: `body` for a quote, `cells` for a notebook; `long` ones are folded.

    `address` is where the notebook lies beside the page, without an ending.
    """

    title: str
    long: bool
    body: Markup = field(default_factory=Markup)
    cells: tuple[Cell, ...] = ()
    note: str = ""
    address: str = ""


def within(png: bytes) -> str:
    """Return the address of a picture that lies within the page itself."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def reading(each: Quote | Transcript, *, address: str = "", lies: Callable[[bytes], str] = within) -> Reading:
    """Return what staff read of a quote or a notebook, bounded in length; `address` is where the notebook lies by itself.

    `lies` is told each picture that is shown and returns its address.
    """
    if isinstance(each, Quote):
        return Reading(each.title, len(each.text) > LONG_QUOTE, markup.markdown(each.text))
    room = Room()
    shown = each.cells[:CELL_LIMIT]
    cells = [_cell(name, cell, room, lies) for name, cell in zip(_names(shown), shown, strict=True)]
    left_out = len(each.cells) - len(cells)
    note = (
        f"{counted(left_out, 'more cell')} {'is' if left_out == 1 else 'are'} not shown."
        if left_out
        else ""
        if cells
        else "There are no cells."
    )
    return Reading(each.title, True, cells=tuple(cells), note=note, address=address)


@dataclass
class Room:
    """How much of one notebook is still shown."""

    parsed: int = PARSED_ROOM
    text: int = TEXT_ROOM
    pictures: int = PICTURE_ROOM

    def cut(self, text: str, limit: int) -> str:
        """Return as much of `text` as there is room for."""
        kept = text[: min(limit, self.text)]
        self.text -= len(kept)
        return kept if len(kept) == len(text) else f"{kept}\n… ({len(text)} characters, only the beginning is shown)"

    def parse(self, text: str, parser: Callable[[str], Markup], limit: int) -> Markup:
        """Return `text` as `parser` shows it, or as it was typed where that would take too long."""
        kept = self.cut(text, limit)
        if len(text) > min(limit, self.parsed):
            return markup.plain(kept)
        self.parsed -= len(text)
        return parser(kept)


def png_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height that a PNG's header claims, or None when it is no PNG that a page may show.

    Only the header is read: the picture itself is never decoded here.
    """
    if len(content) < HEADER.size or len(content) > PICTURE_LIMIT:
        return None
    *begin, width, height, depth, colour, compression, filtering, interlace = HEADER.unpack_from(content)
    known = begin == [SIGNATURE, 13, b"IHDR"] and depth in DEPTHS.get(colour, ())
    usual = (compression, filtering) == (0, 0) and interlace in (0, 1)
    fits = 1 <= width <= SIDE_LIMIT and 1 <= height <= SIDE_LIMIT
    return (width, height) if known and usual and fits else None


def _names(cells: Sequence[TranscriptCell]) -> list[str]:
    """Return what findings call the cells: code that can run is counted by itself, anything else by its place."""
    runs = [cell.kind == "code" and bool(cell.source.strip()) for cell in cells]
    return [f"code {sum(runs[: k + 1])}" if runs[k] else f"cell {k + 1}" for k in range(len(cells))]


def _cell(name: str, cell: TranscriptCell, room: Room, lies: Callable[[bytes], str]) -> Cell:
    if cell.kind == "code":
        source = room.parse(cell.source, markup.python, markup.CODE_LIMIT)
    else:
        source = room.parse(cell.source, markup.markdown, markup.MARKDOWN_LIMIT)
    outputs = [_output(output, room, lies) for output in cell.outputs[:OUTPUTS_A_CELL]]
    if left_out := len(cell.outputs) - len(outputs):
        outputs.append(
            Shown("note", f"{counted(left_out, 'more output')} {'is' if left_out == 1 else 'are'} not shown.")
        )
    return Cell("code" if cell.kind == "code" else "markdown", name, source, tuple(outputs))


def _output(output: TranscriptOutput, room: Room, lies: Callable[[bytes], str]) -> Shown:
    if output.kind != "png":
        text = printable(ANSI.sub("", room.cut(output.text, OUTPUT_LIMIT)), newlines=True)
        return Shown("error" if output.kind == "error" else "text", text)
    size = png_size(output.png)
    if size is None:
        return Shown("note", f"A picture of {len(output.png)} bytes is left out: no PNG that a page can show safely.")
    if len(output.png) > room.pictures:
        return Shown("note", "A picture is left out: there are too many for one page.")
    room.pictures -= len(output.png)
    return Shown("png", f"picture of {size[0]} by {size[1]} pixels", lies(output.png), *size)
