from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.answers import Answer
from grader.checks import pending
from grader.model import Quote, Transcript, TranscriptCell, TranscriptOutput
from grader.notebooks.prompts import Untouched
from grader.runs.composing import COMPARED, CUT, LONGEST, composed
from kit import report_samples as samples

TEMPLATE = Untouched(frozenset({"Which is better?", "## Question 2", "*your answer*"}), frozenset({"plot( losses )"}))
ONE, OTHER = (TranscriptOutput("png", png=samples.png(np.full((3, 5), k, np.uint8))) for k in (0, 9))


def answer(*parts: Quote | Transcript, called: dict[Transcript, str] | None = None) -> Answer:
    return composed(pending("a person reads it", for_staff=parts), called or {}, TEMPLATE).answer


def wrote(text: str) -> Answer:
    return answer(Quote("Cell 3", text))


def cells(source: str, *outputs: TranscriptOutput, file: str = "") -> Transcript:
    return Transcript("Cells", (TranscriptCell("code", source, outputs),), file)


def test_what_was_written_is_kept_as_typed_and_shown_with_formulas() -> None:
    made = answer(Quote("Cell 3", "I chose $a^2$."), Quote("Cell 4", "Why not."))
    assert made.text == "Cell 3:\nI chose $a^2$.\n\nCell 4:\nWhy not."
    assert "<msup>" in made.html


def test_a_long_text_is_cut_and_says_so() -> None:
    assert (len(wrote("x" * 9000).text), wrote("x" * 9000).text[-len(CUT) :]) == (LONGEST, CUT)


def test_what_is_too_long_to_be_kept_is_compared_all_the_same() -> None:
    long = "word " * COMPARED
    assert wrote(long + "a").exact != wrote(long + "b").exact
    assert wrote(long).normal


def test_the_words_of_the_template_are_nobodys_answer() -> None:
    made = wrote("## Question 2\n\nWhich is better?\n\n*your answer*")
    assert made.is_empty
    assert made.text


def test_how_ones_own_words_begin_is_known_without_the_template() -> None:
    assert wrote("## Question 2\n\nThe  second. " + "word " * 200).own.startswith("The second.\nword word")
    assert len(wrote("word " * 200).own) == 500


def test_a_heading_or_a_question_of_ones_own_is_an_answer() -> None:
    assert wrote("## Question 2\n\nWhich is better?\n\n## The second").normal == "the second"
    assert not wrote("Which is better, you ask?").is_empty


def test_the_notebooks_to_look_at_are_named() -> None:
    whole = cells("x", file="work/main.ipynb")
    assert answer(Quote("Cell", "yes"), whole, called={whole: "main"}).notebooks == ("main.ipynb",)


def test_what_a_text_is_compared_by_is_its_words_whatever_the_notebook_beside_it_is() -> None:
    assert answer(Quote("Cell", "yes"), cells("x = 1", ONE, file="a")).exact == ""


def test_plots_are_compared_by_their_pixels_whatever_drew_them() -> None:
    assert answer(cells("x", ONE)).exact == answer(cells("y", ONE)).exact != answer(cells("x", OTHER)).exact


def test_a_whole_notebook_is_compared_by_its_code_as_well() -> None:
    one, other = (answer(cells(source, ONE, file="main.ipynb")).exact for source in ("rate = 1", "rate = 2"))
    assert one != other


def test_cells_of_the_template_are_nobodys_answer() -> None:
    assert answer(cells("plot( losses )")).is_empty
    assert answer(cells("plot(losses)\n")).exact


def test_the_pictures_of_cells_are_files() -> None:
    made = composed(pending("", for_staff=[cells("x", ONE)]), {}, TEMPLATE)
    assert tuple(made.pictures) == made.answer.pictures
    assert list(made.pictures.values()) == [ONE.png]
    assert f'src="/picture/{made.answer.pictures[0]}"' in made.answer.cells


@pytest.mark.parametrize("text", ["![my photo](photo.jpg)", '<img src="a.png">', "[see](attachment:a.png)", "![][1]"])
def test_who_refers_to_a_picture_has_answered_what_nobody_sees(text: str) -> None:
    assert wrote(text).is_unseen


@pytest.mark.parametrize("made", [lambda: wrote("no picture!"), lambda: answer(cells("x", ONE))], ids=["words", "plot"])
def test_who_shows_everything_is_seen(made: Callable[[], Answer]) -> None:
    assert not made().is_unseen


def test_where_nothing_is_shown_nobody_can_tell_what_was_answered() -> None:
    assert answer().is_unseen
