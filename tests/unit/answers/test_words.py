from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers.words import normal

ALIKE = [
    ("The second network, I think, is BETTER!", "the second network I think is better"),
    ("**ReLU** is _faster_ than *ELU*.", "ReLU is faster than ELU"),
    ("*The second network.\nIt is better.* I think.", "The second network, it is better; I think"),
    ("- fast\n- right", "fast right"),
    ("## Fast", "fast"),
    ("a well-known result", "a well known result"),
    ("it doesn't overfit", "it doesn’t overfit"),
    ("fast – but wrong", "fast, but wrong"),
    ("(as expected) it overfits", "as expected, it overfits"),
    ("ｆｕｌｌ width", "full width"),
    ("Größe", unicodedata.normalize("NFD", "Größe")),
    ("zero\u200bwidth", "zerowidth"),
    ("速い。", "速い"),
    ("it is –2", "it is −2"),
    ("$$ a + b $$", "$a+b$"),
    ("$\\alpha  x$", "$\\alpha x$"),
    ("“Yes”", "yes"),
]
APART = [
    ("the slope is -2", "the slope is 2"),
    ("the slope is –2", "the slope is 2"),
    ("it is .5", "it is 5"),
    ("it is 3.5", "it is 35"),
    ("it is 98 %", "it is 9 8 %"),
    ("$-x$", "$x$"),
    ("$X$", "$x$"),
    ("$\\alpha x$", "$\\alphax$"),
    ("x² + 1", "x2 + 1"),
    ("a - b", "a b"),
    ("a/b", "ab"),
    ("a != b", "a = b"),
    ("the derivative is f'", "the derivative is f"),
    ("there are n! of them", "there are n of them"),
    ("W is larger", "w is larger"),
    ("loss < 1", "loss > 1"),
    ("`a_b`", "`ab`"),
    ("कि", "का"),
    ("it is not right", "it is right"),
    ("½ of it", "of it"),
    ("x_1", "x1"),
    ("f(x)", "fx"),
    ("2*x and y*z", "2x and yz"),
    ("x_1 and x_2", "x1 and x2"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_does_not_matter_is_left_out(one: str, other: str) -> None:
    assert normal(one) == normal(other) != ""


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_matters_stays(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize("text", ["", " \n\t", "...", "—", "\u200b", "- \n- ", "**", "?!"])
def test_punctuation_alone_says_nothing(text: str) -> None:
    assert normal(text) == ""


@given(st.text(max_size=60))
def test_tokens_are_apart_by_one_space_and_hold_none(text: str) -> None:
    found = normal(text)
    assert found.split() == [each for each in found.split(" ") if each]


@given(
    st.lists(st.from_regex("[a-z]{2,9}", fullmatch=True), min_size=1),
    st.sampled_from([" ", ", ", ".\n", " (", "\u00a0"]),
)
def test_how_words_are_put_apart_makes_no_difference(words: list[str], between: str) -> None:
    assert normal(between.join(words).upper() + "!") == " ".join(words)


def test_formulas_that_never_end_are_read_in_no_time() -> None:
    assert normal("\\begin{a} $$ \\( " * 1000)
