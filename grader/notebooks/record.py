"""What is kept of a notebook's run: as much of what its cells put out as evidence has room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from grader.model import Array, ProblemKind
from grader.notebooks.reading import Cell
from grader.sandbox import Answer

# characters a cell and a notebook, bytes of pictures a notebook
SOURCE_LIMIT, SOURCES_LIMIT = 20_000, 600_000
TEXT_LIMIT, TEXTS_LIMIT = 20_000, 600_000
PICTURES_LIMIT = 2_000_000
RICH_LIMIT = 200_000


class OutputRecord(TypedDict):
    """What a cell put out: text of an output or an error, and a picture as the bytes of a PNG.

    `of` is the message that it came with, `rich` its other forms by their types, as far as there is room for them.
    """

    kind: str
    text: str
    png: Array | None
    of: str
    rich: Mapping[str, str]


class ErrorRecord(TypedDict):
    """How a cell stumbled: over what, in which line of it (0: not known) or `where` else, or that it was interrupted."""

    name: str
    message: str
    line: int
    where: str
    interrupted: bool


class CellRecord(TypedDict):
    """A cell and what came of it; `number` counts those that hold code, from 1, and `figures` what it drew."""

    kind: str
    source: str
    number: int
    outputs: list[OutputRecord]
    error: ErrorRecord | None
    seconds: float
    run: bool
    figures: int


class Record:
    """Fills ``cells`` of an observation, within bounds."""

    def __init__(self, cells: list[CellRecord]) -> None:
        self._cells = cells
        self._texts, self._pictures, self._sources = TEXTS_LIMIT, PICTURES_LIMIT, SOURCES_LIMIT
        self._rich = RICH_LIMIT

    def begin(self, cell: Cell) -> CellRecord:
        """Note a cell before it is run, and return what is noted of it."""
        source = cell.source[: min(SOURCE_LIMIT, self._sources)]
        self._sources -= len(source)
        entry = CellRecord(
            kind=cell.kind, source=source, number=0, outputs=[], error=None, seconds=0.0, run=False, figures=0
        )
        self._cells.append(entry)
        return entry

    def end(self, entry: CellRecord, answer: Answer) -> None:
        """Note what a cell put out."""
        if answer.problem:
            entry["error"] = lost(answer.problem.kind, answer.problem.message)
            return
        if answer.value is None:
            entry["error"] = lost(ProblemKind.VIOLATION, "the code answers in the place of the notebook")
            return
        entry["error"], entry["figures"] = answer.value["error"], int(answer.value["figures"])
        entry["outputs"] = [self._bounded(output) for output in answer.value["outputs"]]

    def _bounded(self, output: OutputRecord) -> OutputRecord:
        png = output["png"]
        of, rich = output["of"], self._room_for(output["rich"])
        if png is not None and png.size > self._pictures:
            return {
                "kind": "text",
                "text": "(a picture for which there is no room)",
                "png": None,
                "of": of,
                "rich": rich,
            }
        self._pictures -= 0 if png is None else int(png.size)
        text, room = output["text"], max(min(TEXT_LIMIT, self._texts), 0)
        if len(text) > room:  # what is said of a trained network stands at the end
            text = f"{text[: room // 4]}\n(...)\n{text[len(text) - room // 2 :]}"
        self._texts -= len(text)
        return {"kind": output["kind"], "text": text, "png": png, "of": of, "rich": rich}

    def _room_for(self, rich: Mapping[str, str]) -> dict[str, str]:
        """Return the other forms of an output that are kept: whole, or not at all."""
        kept = {}
        for form, text in rich.items():
            if len(text) <= self._rich:
                self._rich -= len(text)
                kept[form] = text
        return kept


def lost(kind: ProblemKind, message: str) -> ErrorRecord:
    """Return the error of a cell from which nothing came back."""
    hung = kind is ProblemKind.TIMEOUT
    return {"name": str(kind), "message": message, "line": 0, "where": "", "interrupted": hung}
