from __future__ import annotations

import struct

import numpy as np
import pytest

from grader.model import Quote, Transcript, TranscriptCell, TranscriptOutput
from grader.report.markup import markdown, plain
from grader.report.notebook import PARSED_ROOM, PICTURE_ROOM, Reading, Shown, png_size, reading
from kit import report_samples as samples

PNG = samples.png(np.zeros((3, 5), np.uint8))


def notebook(*cells: TranscriptCell) -> Reading:
    """Return what staff read of a notebook of those cells."""
    return reading(Transcript("Notebook", cells))


def shown(*outputs: TranscriptOutput) -> tuple[Shown, ...]:
    """Return what staff see of the outputs of one cell."""
    return notebook(TranscriptCell("code", "x", outputs)).cells[0].outputs


def header(width: int = 5, height: int = 3, depth: int = 8, colour: int = 0, end: bytes = b"\0\0\0") -> bytes:
    """Return a file that claims to be a PNG of that size."""
    claims = struct.pack(">I4sIIBB", 13, b"IHDR", width, height, depth, colour)
    return b"\x89PNG\r\n\x1a\n" + claims + end + b"\0" * 8


def test_a_quote_is_read_as_markdown() -> None:
    assert reading(Quote("Answer", "*yes*")) == Reading("Answer", False, markdown("*yes*"))


def test_a_long_quote_and_a_notebook_are_folded() -> None:
    assert reading(Quote("Answer", "yes " * 1000)).long
    assert notebook(TranscriptCell("code", "x")).long


def test_cells_are_called_what_findings_call_them() -> None:
    kinds = [("markdown", "a"), ("code", "a"), ("code", " "), ("raw", "a"), ("code", "b")]
    made = notebook(*(TranscriptCell(kind, source) for kind, source in kinds))
    assert [cell.name for cell in made.cells] == ["cell 1", "code 1", "cell 3", "cell 4", "code 2"]


def test_colours_and_links_of_a_terminal_are_taken_out_of_outputs() -> None:
    steered = "\x1b[0;31mNameError\x1b[0m \x1b]8;;https://example.org\x07here\x1b]8;;\x1b\\ \x1b[2K\x1bMend"
    assert shown(TranscriptOutput("error", steered)) == (Shown("error", "NameError here end"),)


def test_what_else_steers_or_reorders_becomes_visible() -> None:
    (output,) = shown(TranscriptOutput("text", "a\u202eb\x1b\x07"))
    assert output.text == "a\\u202eb\\x1b\\x07"


def test_a_png_is_shown_from_inside_the_page_with_the_size_that_it_claims() -> None:
    (output,) = shown(TranscriptOutput("png", png=PNG))
    assert (output.kind, output.width, output.height) == ("png", 5, 3)
    assert output.source.startswith("data:image/png;base64,iVBORw0KGgo")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"GIF89a" + b"\0" * 100,
        PNG[:20],
        PNG[1:],
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>" + b"\0" * 50,
        header(width=4001),
        header(height=4001),
        header(width=0),
        header(depth=3),
        header(depth=4, colour=2),
        header(colour=5),
        header(end=b"\1\0\0"),
        header(end=b"\0\0\7"),
        header() + b"\0" * 2_000_000,
    ],
)
def test_what_is_no_png_to_be_shown_is_replaced_by_a_note(content: bytes) -> None:
    assert png_size(content) is None
    (output,) = shown(TranscriptOutput("png", png=content))
    assert (output.kind, output.source) == ("note", "")


def test_the_largest_picture_that_is_shown_has_four_thousand_pixels_a_side() -> None:
    assert png_size(header(width=4000, height=4000)) == (4000, 4000)


def test_too_many_pictures_for_a_page_are_left_out() -> None:
    large = PNG + b"\0" * 1_500_000
    kinds = [output.kind for output in shown(*[TranscriptOutput("png", png=large)] * 6)]
    assert kinds == ["png"] * (PICTURE_ROOM // len(large)) + ["note"] * (6 - PICTURE_ROOM // len(large))


def test_a_long_output_is_cut_and_that_is_said() -> None:
    (output,) = shown(TranscriptOutput("text", "x" * 5_000_000))
    assert output.text == "x" * 20_000 + "\n… (5000000 characters, only the beginning is shown)"


def test_a_huge_notebook_stays_a_page() -> None:
    flood = TranscriptCell("code", "x" * 100_000, (TranscriptOutput("text", "<" * 100_000),) * 1000)
    made = notebook(*[flood] * 1000)
    length = sum(len(cell.source) + sum(len(output.text) for output in cell.outputs) for cell in made.cells)
    assert (len(made.cells), made.note) == (300, "700 more cells are not shown.")
    assert made.cells[0].outputs[-1] == Shown("note", "940 more outputs are not shown.")
    assert length < 3_000_000


def test_only_so_much_of_a_notebook_is_parsed_and_the_rest_is_shown_as_typed() -> None:
    cell = TranscriptCell("markdown", "*a* " + "word " * 3000)
    sources = [each.source for each in notebook(*[cell] * 10).cells]
    parsed = PARSED_ROOM // len(cell.source)
    assert [source == plain(cell.source) for source in sources] == [False] * parsed + [True] * (10 - parsed)


def test_a_notebook_without_cells_says_so() -> None:
    assert notebook().note == "There are no cells."
