"""Cells of the spreadsheets that we write, made so that none of them is a formula."""

from __future__ import annotations

import re

from grader.text import printable

PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
# a spreadsheet takes a cell that begins so for a formula; where it separates by semicolons, one begins after each of these and of
# the line ends
FORMULA = re.compile(r"(^|[;\n])(?=\s*[=+\-@＝＋－＠])")


def harmless(text: str, *, newlines: bool = False) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; a plain number stays one. With `newlines`, line ends stay."""
    shown = printable(text, newlines=newlines)
    return shown if PLAIN_NUMBER.fullmatch(shown) else FORMULA.sub(r"\1'", shown)
