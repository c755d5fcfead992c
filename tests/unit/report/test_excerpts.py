from __future__ import annotations

import hashlib

import numpy as np
import pytest

from grader.model import Quote, Transcript, TranscriptCell, TranscriptOutput
from grader.report import excerpts
from grader.report.excerpts import excerpt
from kit import report_samples as samples

PNG = samples.png(np.zeros((3, 5), np.uint8))
NAME = f"{hashlib.sha256(PNG).hexdigest()}.png"
PLOT = Transcript("main.ipynb", (TranscriptCell("code", "plot()", (TranscriptOutput("png", png=PNG),)),))


def test_pictures_lie_beside_it_under_the_digest_of_what_is_in_them() -> None:
    made = excerpt([PLOT, PLOT], folder="/picture/")
    assert made.pictures == {NAME: PNG}
    assert f'width="5" height="3" src="/picture/{NAME}"' in made.html
    assert "data:" not in made.html


def test_formulas_are_shown_and_what_is_hostile_is_text() -> None:
    html = excerpt([Quote("Cell 1<b>", "$a^2$ <script>x</script>")], folder="").html
    assert "<msup>" in html
    assert "<script" not in html
    assert "<b>" not in html


def test_long_texts_are_open_to_be_read_at_once() -> None:
    assert "<details" not in excerpt([Quote("Long", "word " * 1000), PLOT], folder="").html


def test_what_is_too_long_is_left_out_with_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = Quote("Cell", "a word")
    monkeypatch.setattr(excerpts, "LIMIT", len(excerpt([quote], folder="").html))
    made = excerpt([quote, PLOT, quote], folder="/")
    assert made.html.endswith(excerpts.LEFT_OUT)
    assert (made.html.count("a word"), made.pictures) == (1, {})
