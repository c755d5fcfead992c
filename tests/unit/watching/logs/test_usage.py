"""Rows that a network was trained on, and rows that it was only asked about."""

from __future__ import annotations

import numpy as np

from grader.watching.logs.projections import Keys
from grader.watching.logs.usage import Usage

X = np.random.default_rng(1).random((100, 4))


def usage() -> Usage:
    return Usage(Keys(1000))


def test_a_pass_forward_counts_as_training_only_when_one_goes_back() -> None:
    used = usage()
    used.forward(X[:6])
    used.backward()
    used.forward(X[6:9])
    used.settle()
    assert (used.trained_rows, used.asked_rows, used.backwards) == (6, 3, 1)
    assert len(used.held_out()) == 3


def test_a_pass_over_rows_most_of_which_were_trained_on_holds_nothing_out() -> None:
    used = usage()
    used.forward(X[:90])
    used.backward()
    used.forward(X)
    used.settle()
    assert used.held_out() == set()


def test_losses_of_training_and_of_asking_are_kept_apart() -> None:
    used = usage()
    for loss in (2.0, 1.0):
        used.forward(X[:5])
        used.measured(loss)
        used.backward()
    used.forward(X[5:])
    used.measured(0.5)
    used.settle()
    assert used.losses.as_array().tolist() == [2.0, 1.0]
    assert used.asked_losses.as_array().tolist() == [0.5]


def test_a_loss_is_not_taken_for_that_of_the_next_rows() -> None:
    used = usage()
    used.forward(X[:5])
    used.measured(2.0)
    used.backward()
    used.forward(X[:5])
    used.backward()
    assert np.isnan(used.losses.as_array()[1])


def test_the_modes_of_dropout_are_counted_by_rows() -> None:
    used = usage()
    used.forward(X[:5], dropping=True)
    used.backward()
    used.forward(X[:7], dropping=False)
    used.forward(X[:2])
    used.settle()
    assert used.modes == {"trained_on": 5, "trained_off": 0, "asked_on": 0, "asked_off": 7}


def test_few_rows_are_kept_as_samples_the_last_ones_that_were_asked_about() -> None:
    used = usage()
    for k in range(0, 40, 4):
        used.forward(X[k : k + 4])
    used.settle()
    assert len(used.samples) == 8
    assert np.array_equal(used.samples[-1], X[37].astype(np.float32))
