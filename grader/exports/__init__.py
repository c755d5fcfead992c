"""The score in the forms that other programs read: one file here for each format, and the table of those that write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from grader.exports import gradescope, summary
from grader.exports.summary import Row
from grader.filenames import GRADESCOPE, SPREADSHEET, SUMMARY
from grader.model import Result

__all__ = ["OF_A_CLASS", "OF_ONE", "Row"]

# file name -> what makes its text, of the result of one submission, and of the rows of a class
OF_ONE: Mapping[str, Callable[[Result], str]] = {GRADESCOPE: gradescope.as_json}
OF_A_CLASS: Mapping[str, Callable[[Iterable[Row]], str]] = {SPREADSHEET: summary.as_csv, SUMMARY: summary.as_json}
