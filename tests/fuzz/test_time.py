"""Texts that are made to keep a parser busy: none takes longer than it may, whatever is in it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import strategies as st

from kit import fuzzing, hostile_texts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no copies of a process")
# of processor time, on a machine that is busy with other tests
LATEST = 2 * hostile_texts.GOAL
SHORT = 4000
LONG = 300_000
# what took minutes once
FOUND = {
    "fields of an f-string": ("Python", 's = f"', "{x}", '"'),
    "what may be a name before a magic": ("code cell", "", " ", ""),
    "questions": ("code cell", "", "?", "x"),
    "tabs after what is no sign": ("code cell", "$$", "\t", "$"),
    "remarks that do not end": ("written answer", "", "<!--", ""),
    "empty lines before what is no heading": ("written answer", "", "\n", "x"),
    "stars": ("Markdown", "$", "*a,", "$"),
    "pictures": ("Markdown", "", "![", ""),
}


@pytest.mark.parametrize("name", hostile_texts.PARSERS)
def test_no_text_takes_longer_than_it_may(name: str) -> None:
    asked = dict(hostile_texts.texts(SHORT))
    took = hostile_texts.seconds(hostile_texts.PARSERS[name], [*asked.values()])
    assert {what: each for what, each in zip(asked, took, strict=True) if each > LATEST / 2} == {}


@pytest.mark.parametrize("length", [20_000, LONG])
@pytest.mark.parametrize("what", FOUND)
def test_what_took_minutes_once_is_done_at_once(what: str, length: int) -> None:
    name, *parts = FOUND[what]
    (took,) = hostile_texts.seconds(hostile_texts.PARSERS[name], [hostile_texts.made(*parts, length)])
    assert took < LATEST


def _all_parsers(parts: tuple[str, ...]) -> None:
    text = "".join(parts)
    for name, parser in hostile_texts.PARSERS.items():
        (took,) = hostile_texts.seconds(parser, [text])
        assert took < LATEST, name


PIECE = st.tuples(st.sampled_from(hostile_texts.PIECES), st.sampled_from((1, 3, 500, 20_000))).map(
    lambda pair: pair[0] * (pair[1] // len(pair[0]) + 1)
)
MIXED: fuzzing.Property = (st.lists(PIECE, min_size=1, max_size=4).map(tuple), _all_parsers)


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_the_time_of_parsers_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length({"time": MIXED})
    with capsys.disabled():
        print(f"\ntime: {counts}")
