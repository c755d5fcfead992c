"""The notebook that was asked for is found under the names that students give it."""

from __future__ import annotations

import pytest

from grader.notebooks.naming import notebook_file

NAME = "Classification.ipynb"


@pytest.mark.parametrize(
    "path",
    [
        NAME,
        "classification.ipynb",
        "classification (1).ipynb",
        "hw6/Classification.ipynb",
        "alice_Classification-Copy1.IPYNB",
    ],
)
def test_a_notebook_is_found_by_its_word(path: str) -> None:
    assert notebook_file(["mlp.py", "DiscTest.ipynb", path], NAME)[0] == path


def test_an_autoencoder_may_have_a_hyphen() -> None:
    assert notebook_file(["Auto-Encoder.ipynb"], "Autoencoder.ipynb")[0] == "Auto-Encoder.ipynb"


def test_the_exact_name_needs_no_remark() -> None:
    assert notebook_file([NAME], NAME)[1] == ""


def test_another_name_is_remarked_on() -> None:
    assert "classification.ipynb" in notebook_file(["classification.ipynb"], NAME)[1]


def test_of_several_the_one_with_the_exact_name_is_taken_and_it_is_said() -> None:
    path, note = notebook_file(["Classification (1).ipynb", NAME, "old/Classification.ipynb"], NAME)
    assert path == NAME
    assert "3 notebooks" in note


def test_a_name_is_spelt_as_the_file_has_it_whatever_word_it_was_found_by() -> None:
    found = notebook_file(["assignment0_differentiation.ipynb"], "HW3_differentiation.ipynb", "differentiation.ipynb")
    assert found[1] == "assignment0_differentiation.ipynb was taken for HW3_differentiation.ipynb"


def test_other_notebooks_are_not_taken() -> None:
    assert notebook_file(["DiscTest.ipynb", "classification.py"], NAME) == ("", "")
