"""Figures that cells draw are described as data, before they are closed."""

from __future__ import annotations

import pytest

from grader.watching.recording.figures import Figures


def test_a_figure_is_described_also_when_it_was_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    figure_module = pytest.importorskip("matplotlib.figure")
    monkeypatch.setattr(figure_module.Figure, "__init__", figure_module.Figure.__init__)
    figures = Figures()
    figures.watch()
    axes = figure_module.Figure().subplots()
    axes.semilogy([1, 2, 3], [4, 5, 6], "r--", label="loss of ReLU")
    axes.set_xlabel("step")
    axes.legend()
    (described,) = figures.described()
    (seen,) = described["axes"]
    assert (seen["x_label"], seen["y_label"], seen["y_scale"]) == ("step", "", "log")
    assert (seen["legend"], seen["lines"][0]["label"]) == (["loss of ReLU"], "loss of ReLU")
    assert seen["lines"][0]["y"].tolist() == [4, 5, 6]
    assert figures.described() == []
