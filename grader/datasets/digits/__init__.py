"""Handwritten digits, the data set of both built-in assignments: MNIST where it is at hand, drawn ones where it is not."""

from __future__ import annotations

from grader.datasets.dataset import DataSet, Drawn
from grader.datasets.digits import idx, kept, mnist
from grader.datasets.digits.arrays import Digits
from grader.datasets.digits.unseen import paper, unseen
from grader.errors import HarnessError
from grader.model import Setting

__all__ = ["DIGITS", "KINDS", "Digits", "digits_of", "idx", "paper", "unseen"]

DRAWN = Drawn("drawn", "drawn digits", kept.drawn, kept.drawn_file)
DIGITS = DataSet("digits", mnist.FILES, DRAWN)
# thresholds are given for each
KINDS = (mnist.FILES.kind, DRAWN.kind)


def digits_of(setting: Setting) -> Digits:
    """Return the digits of a setting; HarnessError when it has none."""
    if DIGITS.name not in setting.data:
        raise HarnessError("there are no digits to run notebooks on")
    digits: Digits = setting.data[DIGITS.name].value
    return digits
