"""Sentences of a template are computed from it."""

from __future__ import annotations

import json
from pathlib import Path

from grader.notebooks.prompts import Untouched, template_sentences, untouched


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


def test_everything_in_a_template_is_nobody_s_answer(tmp_path: Path) -> None:
    text = "# Task\n\nSay why:\n\n*Write your answer here.*"
    kept = untouched(notebook(tmp_path, ("markdown", text), ("code", "plot( x )\n")))
    assert kept.beyond(text + "\n\nIt is  good. Say why: I say.") == "It is good.\nI say."
    assert kept.beyond(text) == ""
    assert [kept.holds(each) for each in ("plot( x )", "\n", "plot(x)")] == [True, True, False]


def test_a_sentence_in_which_a_word_was_changed_is_an_answer(tmp_path: Path) -> None:
    kept = untouched(notebook(tmp_path, ("markdown", "Which of the two networks is better?")))
    assert kept.beyond("Which of the two networks is worse?") != ""


def test_where_there_is_no_template_everything_is_an_answer(tmp_path: Path) -> None:
    assert untouched(None) == untouched(tmp_path / "nowhere") == Untouched()
