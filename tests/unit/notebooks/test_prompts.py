"""Sentences of a template are computed from it."""

from __future__ import annotations

import json
from pathlib import Path

from grader.notebooks.prompts import template_sentences


def notebook(folder: Path, *cells: tuple[str, str]) -> Path:
    listed = [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in cells]
    (folder / "Task.ipynb").write_text(
        json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    )
    return folder


def test_sentences_of_text_are_the_template_s_and_code_headings_and_placeholders_are_not(tmp_path: Path) -> None:
    text = "# Task\n\nTrain it. Say why:\n\n* is it good?\n* does it overfit?\n\n*Write your answer here.*"
    folder = notebook(tmp_path, ("markdown", text), ("code", "# Train it well."))
    assert template_sentences(folder, "Task.ipynb") == (
        "Train it.",
        "Say why:",
        "* is it good?",
        "* does it overfit?",
    )


def test_without_a_template_there_are_none() -> None:
    assert template_sentences(None, "Task.ipynb") == ()
