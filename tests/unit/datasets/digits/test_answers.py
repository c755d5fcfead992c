"""What outputs say of digits."""

from __future__ import annotations

import numpy as np

from grader.datasets.digits.answers import estimates, most_wrong


def test_outputs_that_are_not_numbers_speak_for_no_class() -> None:
    assert estimates(np.array([[0.1, 0.9], [np.nan, 0.2], [np.inf, 0.0]])).tolist() == [1, -1, -1]


def test_the_surest_mistakes_come_first() -> None:
    output = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7], [np.nan, 0.0]])
    assert most_wrong(output, np.array([0, 0, 0, 1, 1])).tolist() == [2, 1]
