"""What a student has written about the networks is found, and what the template says is not taken for it."""

from __future__ import annotations

import pytest

from grader.assignments.byomlp.notebook.written import comparisons
from grader.notebooks import reading
from grader.notebooks.prompts import template_sentences
from kit import ROOT
from kit.byomlp_notebooks import COMPARISON, code, markdown

PROMPTS = template_sentences(ROOT / "student_template" / "byomlp", "Classification.ipynb")
TRAINING = code("train()", 1, seconds=30.0)


def found(*cells: dict[str, object], prompts: tuple[str, ...] = ()) -> list[str]:
    """Return where comparisons were found."""
    return [where for where, _ in comparisons([TRAINING, *cells], prompts)]


def test_markdown_at_the_end_is_found() -> None:
    assert found(markdown(COMPARISON)) == ["cell 2"]


def test_markdown_before_the_training_is_found_when_it_compares() -> None:
    assert [where for where, _ in comparisons([markdown(COMPARISON), TRAINING])] == ["cell 1"]


def test_an_introduction_before_the_training_is_no_comparison() -> None:
    text = (
        "In this notebook the network is trained on pictures of digits, with a layer of neurons, " + "and so on " * 10
    )
    assert comparisons([markdown(text), TRAINING]) == []


@pytest.mark.parametrize(
    "text",
    ["Network two is better.", "*Write your answer here.*", "# " + COMPARISON, "lorem ipsum better " * 20, ""],
    ids=["short", "placeholder", "heading", "topic", "empty"],
)
def test_what_says_nothing_is_not_found(text: str) -> None:
    assert found(markdown(text)) == []


def test_sentences_of_the_template_are_nobodys_answer() -> None:
    first, second = COMPARISON.split(". ")
    assert found(markdown(COMPARISON), prompts=(first + ".", second)) == []


def test_an_answer_below_a_prompt_is_found() -> None:
    prompt = "Which network works better? Does either overfit?"
    assert found(markdown(f"{prompt}\n\n{COMPARISON}"), prompts=tuple(prompt.split("? "))) == ["cell 2"]


def test_an_answer_in_comments_of_a_code_cell_is_found() -> None:
    lines = "\n".join(f"# {part}" for part in COMPARISON.split(" because "))
    assert found(code(lines, 7)) == ["code cell 7"]


def test_an_answer_that_is_printed_is_found() -> None:
    assert found(code(f"print({COMPARISON!r})", 7)) == ["code cell 7"]


def test_code_that_does_not_compile_is_passed_over() -> None:
    assert found(code("print('''", 7)) == []


def template() -> list[dict[str, object]]:
    """Return the cells of the template, with a training where it belongs."""
    read = reading.read((ROOT / "student_template" / "byomlp" / "Classification.ipynb").read_bytes()).cells
    cells = [code(cell.source, k) if cell.kind == "code" else markdown(cell.source) for k, cell in enumerate(read)]
    trained = next(k for k, cell in enumerate(cells) if cell["source"].startswith("## The small network"))
    return [*cells[: trained + 1], TRAINING, *cells[trained + 1 :]]


def test_the_template_has_no_answer() -> None:
    assert comparisons(template(), PROMPTS) == []


def test_an_answer_below_the_template_s_question_is_found() -> None:
    cells = template()
    cells[-1] = markdown(f"{cells[-1]['source']}\n\n{COMPARISON}")
    assert [where for where, _ in comparisons(cells, PROMPTS)] == [f"cell {len(cells)}"]
