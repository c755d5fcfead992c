from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers.spelling import is_slip, spelt


@pytest.mark.parametrize(
    "other", ["sigmod", "sigmooid", "sigmoit", "sigmiod", "sigmoids"], ids=["less", "more", "wrong", "turned", "plural"]
)
def test_a_slip_is_one_letter_or_two_that_changed_places(other: str) -> None:
    assert is_slip("sigmoid", other)
    assert is_slip(other, "sigmoid")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("typical", "atypical"),
        ("lower", "slower"),
        ("stable", "stables2"),
        ("layers", "player"),
        ("sigmoid", "sgimoids"),
    ],
)
def test_another_first_letter_or_two_slips_are_another_word(one: str, other: str) -> None:
    assert not is_slip(one, other)


def test_a_word_is_taken_for_the_commonest_one() -> None:
    assert spelt({"sigmoid": 9, "sigmod": 2, "sigmoids": 3}) == dict.fromkeys(
        ("sigmoid", "sigmod", "sigmoids"), "sigmoid"
    )


def test_slips_of_a_slip_lead_no_further() -> None:
    meant = spelt({"gradient": 5, "gradiant": 3, "gradaint": 1})
    assert meant == {"gradient": "gradient", "gradiant": "gradient", "gradaint": "gradaint"}


@pytest.mark.parametrize("pair", [("elu", "relu"), ("mean", "meen"), ("layer1", "layer2"), ("2.5e10", "2.5e11")])
def test_short_words_and_those_with_digits_stay_themselves(pair: tuple[str, str]) -> None:
    assert spelt(dict.fromkeys(pair, 1)) == {each: each for each in pair}


WORDS = st.dictionaries(st.text("abc", min_size=4, max_size=8), st.integers(1, 5), max_size=25)


@given(WORDS)
def test_what_others_are_taken_for_is_taken_for_itself(words: dict[str, int]) -> None:
    meant = spelt(words)
    assert all(meant[each] == each for each in meant.values())


@given(WORDS)
def test_every_word_is_itself_or_a_slip_of_what_it_is_taken_for(words: dict[str, int]) -> None:
    assert all(word == each or is_slip(word, each) for word, each in spelt(words).items())


@given(WORDS)
def test_words_that_stay_apart_are_no_slips_of_one_another(words: dict[str, int]) -> None:
    kept = sorted(word for word, each in spelt(words).items() if word == each and len(word) >= 5)
    assert not [(a, b) for a in kept for b in kept if a < b and is_slip(a, b)]
