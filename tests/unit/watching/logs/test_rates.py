"""Learning rates are seen in what steps do to parameters."""

from __future__ import annotations

import numpy as np
import pytest

from grader.watching.logs.rates import Steps, fitted_rate


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_rate_is_seen_in_what_a_step_does(momentum: float) -> None:
    rng = np.random.default_rng(3)
    W, velocity, steps = rng.standard_normal((6, 5)), np.zeros((6, 5)), Steps()
    for rate in [0.2] * 20 + [0.05] * 20:
        gradient = rng.standard_normal((6, 5))
        steps.after_backward([W], [gradient])
        velocity = momentum * velocity + rate * gradient
        W -= velocity
    rates = steps.fitted.as_array()
    assert rates[:15] == pytest.approx(0.2)
    assert rates[-15:] == pytest.approx(0.05)


def test_a_change_that_no_rate_explains_has_none() -> None:
    rng = np.random.default_rng(4)
    noise, before, gradient = rng.standard_normal((3, 64))
    assert fitted_rate(-0.1 * gradient, before, gradient) == pytest.approx(0.1)
    assert np.isnan(fitted_rate(-0.1 * gradient + 0.2 * noise, before, gradient))


def test_where_steps_do_not_say_it_the_rate_is_asked_for_by_name() -> None:
    rng = np.random.default_rng(5)
    W, steps = rng.standard_normal((6, 5)), Steps()
    for _ in range(40):
        steps.after_backward([W], [rng.standard_normal((6, 5))], lambda: 0.5)
        W += rng.standard_normal((6, 5))
    assert set(steps.named.as_array().tolist()) == {0.5}


def test_parameters_without_gradients_have_no_rate() -> None:
    steps = Steps()
    steps.after_backward([np.ones((2, 2))], [])
    assert (steps.taken, steps.fitted.count) == (0, 0)
