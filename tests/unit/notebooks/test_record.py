"""Evidence of a notebook stays small, whatever its cells put out."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.model import Problem, ProblemKind
from grader.notebooks.reading import Cell
from grader.notebooks.record import RICH_LIMIT, SOURCE_LIMIT, TEXT_LIMIT, CellRecord, Record
from grader.sandbox import Answer

TEXT: dict[str, Any] = {"kind": "text", "text": "a", "png": None, "of": "stdout", "rich": {}}


def kept(*outputs: dict[str, Any], source: str = "x") -> CellRecord:
    """Return what is kept of a cell with these outputs."""
    record = Record([])
    entry = record.begin(Cell("code", source))
    record.end(entry, Answer({"outputs": list(outputs), "error": None, "figures": 1}))
    return entry


def png(size: int) -> dict[str, Any]:
    """Return a picture of so many bytes."""
    return {**TEXT, "kind": "png", "text": "", "png": np.zeros(size, np.uint8)}


def test_outputs_are_kept_as_they_came() -> None:
    output = {**TEXT, "text": "accuracy 0.9", "of": "result", "rich": {"text/html": "<b>0.9</b>"}}
    assert kept(output)["outputs"] == [output]


def test_other_forms_are_kept_whole_or_not_at_all() -> None:
    long = {**TEXT, "rich": {"text/html": "x" * (RICH_LIMIT - 5), "text/latex": "y" * 6}}
    assert [list(output["rich"]) for output in kept(long, long)["outputs"]] == [["text/html"], []]


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    text = kept({**TEXT, "text": "begin" + "x" * 10**6 + "end"})["outputs"][0]["text"]
    assert (text[:5], text[-3:]) == ("begin", "end")
    assert len(text) <= TEXT_LIMIT


def test_a_long_source_is_cut() -> None:
    assert len(kept(source="x" * 10**6)["source"]) == SOURCE_LIMIT


def test_pictures_beyond_the_room_are_left_out() -> None:
    outputs = kept(png(1_500_000), png(1_500_000), png(400_000))["outputs"]
    assert [output["kind"] for output in outputs] == ["png", "text", "png"]


def test_a_cell_from_which_nothing_came_back_has_an_error() -> None:
    record = Record([])
    entry = record.begin(Cell("code", "x"))
    record.end(entry, Answer(problem=Problem(ProblemKind.MEMORY, "no memory")))
    assert entry["error"]["message"] == "no memory"


def test_an_answer_without_anything_in_it_is_the_code_s_doing() -> None:
    record = Record([])
    entry = record.begin(Cell("code", "x"))
    record.end(entry, Answer())
    assert entry["error"] is not None
    assert entry["error"]["name"] == "violation"
