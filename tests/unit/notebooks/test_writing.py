"""What a student has written is told from what the template says, also where that was edited a little."""

from __future__ import annotations

import pytest

from grader.notebooks.writing import own_words

PROMPTS = ["Which activation would you take, and why?", "How do they differ in computation time on your machine today?"]


@pytest.mark.parametrize(
    "text",
    [
        "Which activation would you take, and why?",
        "which activation would YOU take and why",
        "How do they differ in computation time on your computer today?",
        "And how do they differ in computation time on your machine today?",
    ],
)
def test_a_sentence_of_the_template_is_nobodys_also_when_it_was_edited(text: str) -> None:
    assert own_words(text, PROMPTS) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I would take ReLU.",
        "They differ in computation time by a factor of two: ELU needs an exponential.",
        "How do they differ in computation time on your machine today = 3",
    ],
)
def test_an_answer_that_takes_up_words_of_the_question_is_the_students(text: str) -> None:
    assert own_words(text, PROMPTS) == text
