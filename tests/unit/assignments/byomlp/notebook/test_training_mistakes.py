"""Training logs: each habit of training is told from what was done, not from how the code looks."""

from __future__ import annotations

import math

import pytest

from grader.assignments.byomlp.notebook.training import epoch_count
from grader.assignments.byomlp.notebook.training_mistakes import (
    Mistake,
    wrong_batches,
    wrong_images,
    wrong_passes,
    wrong_rates,
)
from kit.byomlp_notebooks import TRAIN, batch_log, one_pass, sgd_log


def diagnosis(mistake: Mistake | None) -> str:
    """Return the name of a mistake, or nothing."""
    return mistake.diagnosis if mistake else ""


def passes_of(log: dict[str, object]) -> Mistake | None:
    """Return what is wrong with the passes of a log."""
    return wrong_passes(log, TRAIN)


@pytest.mark.parametrize("judge", [wrong_images, passes_of, lambda log: wrong_batches(log, 1)])
def test_good_training_has_no_mistake(judge: object) -> None:
    assert judge(sgd_log()) is None  # type: ignore[operator]


@pytest.mark.parametrize("judge", [wrong_images, passes_of, lambda log: wrong_batches(log, 16)])
def test_good_batches_have_no_mistake_though_the_last_one_is_smaller(judge: object) -> None:
    assert judge(batch_log()) is None  # type: ignore[operator]


def test_test_images_among_those_trained_on_are_named() -> None:
    assert diagnosis(wrong_images(sgd_log(train_rows=99_000, test_rows=1000))) == "trained_on_test"


def test_inputs_that_are_no_training_images_are_named() -> None:
    assert diagnosis(wrong_images(sgd_log(train_rows=0, unknown_rows=100 * TRAIN))) == "other_images"


def test_training_in_the_order_of_the_data_set_is_unshuffled() -> None:
    passes = [one_pass(sorted=0.999, same_as_before=k > 0) for k in range(100)]
    assert diagnosis(passes_of(sgd_log(passes=passes))) == "unshuffled"


def test_training_class_by_class_is_unshuffled() -> None:
    assert diagnosis(passes_of(sgd_log(passes=[one_pass(same_class=0.99)] * 100))) == "unshuffled"


def test_one_order_for_all_epochs_is_named() -> None:
    passes = [one_pass(same_as_before=k > 0) for k in range(100)]
    assert diagnosis(passes_of(sgd_log(passes=passes))) == "same_order_each_epoch"


def test_images_drawn_with_replacement_are_named() -> None:
    passes = [one_pass(train=30 + k, examples=30 + k) for k in range(300)]
    assert diagnosis(passes_of(sgd_log(passes=passes, passes_total=3000))) == "drawn_with_replacement"


def test_few_images_drawn_with_replacement_are_not_called_a_part_of_them() -> None:
    passes = [one_pass(train=8 + k % 12, examples=8 + k % 12) for k in range(400)]
    assert diagnosis(passes_of(sgd_log(passes=passes, passes_total=3000))) == "drawn_with_replacement"


def test_training_on_a_part_of_the_images_is_named() -> None:
    passes = [one_pass(train=100, examples=100)] * 100
    assert diagnosis(passes_of(sgd_log(passes=passes))) == "part_of_the_images"


def test_a_last_pass_that_was_cut_short_does_not_count() -> None:
    assert (
        passes_of(sgd_log(passes=[one_pass(), one_pass(train=200, examples=200, sorted=1.0)], passes_total=2)) is None
    )


@pytest.mark.parametrize("parts", [(401, 602), (901, 102)])
def test_an_image_tried_out_before_the_training_only_cuts_the_first_epoch(parts: tuple[int, int]) -> None:
    tried = [one_pass(train=part, examples=part) for part in parts]
    log = batch_log(passes=[*tried, one_pass(train=990, examples=990), one_pass()], passes_total=4)
    assert passes_of(log) is None


def test_more_than_a_trial_outside_of_whole_epochs_is_named() -> None:
    parts = [one_pass(train=401 + k, examples=401 + k) for k in range(6)]
    assert diagnosis(passes_of(sgd_log(passes=[*parts, one_pass(), one_pass()]))) == "drawn_with_replacement"


def test_images_set_aside_to_validate_with_may_be_missing() -> None:
    assert passes_of(sgd_log(passes=[one_pass(train=850, examples=850)] * 100)) is None


def test_not_even_one_epoch_is_named() -> None:
    assert diagnosis(passes_of(sgd_log(passes=[one_pass(train=300, examples=300)], passes_total=1))) == "not_one_epoch"


def test_a_single_epoch_cannot_have_a_fresh_order() -> None:
    assert passes_of(sgd_log(1)) is None


def test_a_network_that_was_not_trained_is_named() -> None:
    assert diagnosis(passes_of(sgd_log(0))) == "not_trained"


def test_clearing_once_an_epoch_is_named() -> None:
    log = sgd_log(batches=[[1, False, 0.01, 99_900], [1, True, 0.01, 100]], zeros=100)
    assert diagnosis(wrong_batches(log, 1)) == "zero_grad_once_an_epoch"


def test_never_clearing_is_named() -> None:
    assert diagnosis(wrong_batches(sgd_log(batches=[[1, False, 0.01, 100_000]], zeros=0), 1)) == "zero_grad_never"


def test_clearing_now_and_then_is_named() -> None:
    log = sgd_log(batches=[[1, False, 0.01, 90_000], [1, True, 0.01, 10_000]], zeros=10_000)
    assert diagnosis(wrong_batches(log, 1)) == "zero_grad_rarely"


def test_a_last_step_without_clearing_is_no_mistake() -> None:
    assert wrong_batches(sgd_log(1, batches=[[1, True, 0.01, 999], [1, False, 0.01, 1]], zeros=999), 1) is None


def test_never_stepping_is_named() -> None:
    assert diagnosis(wrong_batches(sgd_log(batches=[], steps=0), 1)) == "no_step"


@pytest.mark.parametrize(("size", "wanted"), [(32, 16), (1, 16), (16, 1)])
def test_another_size_of_batch_is_named(size: int, wanted: int) -> None:
    assert diagnosis(wrong_batches(batch_log(batches=[[size, True, 1e-4, 100]]), wanted)) == "wrong_batch_size"


def test_batches_without_a_size_that_could_be_told_are_not_called_minus_one() -> None:
    mistake = wrong_batches(batch_log(batches=[[-1, True, math.nan, 100], [3, True, 1e-4, 9]]), 16)
    assert mistake is not None
    assert "after 3 images" in mistake.message


def rates(log: dict[str, object]) -> str:
    """Return the mistake in the rates of the autoencoder's log."""
    return diagnosis(wrong_rates(log, TRAIN, first=1e-4, batch=16))


def test_rates_that_are_halved_are_right() -> None:
    assert rates(batch_log()) == ""


def test_rates_for_the_mean_of_a_batch_are_right() -> None:
    assert rates(batch_log(rates=[[1e-4 / 16 / 2**k, 63] for k in range(3)])) == ""


def test_one_rate_throughout_is_not_halved() -> None:
    assert rates(batch_log(rates=[[1e-4, 189]])) == "rate_not_halved"


def test_a_rate_that_is_quartered_is_not_halved() -> None:
    assert rates(batch_log(rates=[[1e-4 / 4**k, 63] for k in range(3)])) == "rate_not_halved"


def test_a_rate_halved_after_each_batch_is_named() -> None:
    assert rates(batch_log(rates=[[1e-4 / 2**k, 1] for k in range(189)])) == "rate_not_halved"


def test_a_step_that_was_tried_out_before_is_not_the_first_rate() -> None:
    assert rates(batch_log(rates=[[0.5, 1], [1e-4, 63], [5e-5, 63], [2.5e-5, 63]])) == ""


def test_another_first_rate_is_named() -> None:
    assert rates(batch_log(rates=[[1e-2 / 2**k, 63] for k in range(3)])) == "wrong_rate"


def test_an_epoch_cut_short_leaves_a_rate_with_few_steps() -> None:
    assert rates(batch_log(rates=[[1e-4, 63], [5e-5, 63], [2.5e-5, 63], [1.25e-5, 9]], examples=3150)) == ""


def test_epochs_are_whole_passes() -> None:
    assert epoch_count(sgd_log(7, examples=0), TRAIN) == 7


def test_epochs_are_as_many_examples_when_images_come_in_another_way() -> None:
    assert epoch_count(sgd_log(7, passes=[one_pass(train=30)], passes_total=233), TRAIN) == 7


def test_test_images_do_not_make_more_epochs() -> None:
    assert epoch_count(sgd_log(6, examples=6 * (TRAIN + 500), test_rows=6 * 500), TRAIN) == 6


def test_steps_with_rate_0_make_no_epoch() -> None:
    still = [{**one_pass(order=k), "rates": [0.0, 0.0]} for k in range(7)]
    log = sgd_log(7, passes=still, rates=[[0.0, 7 * TRAIN]], batches=[[1, True, 0.0, 7 * TRAIN]])
    assert epoch_count(log, TRAIN) == 0
    mistake = wrong_batches(log, 1)
    assert mistake is not None
    assert "step was called with rate 0" in mistake.message


def test_of_steps_some_of_which_have_rate_0_the_others_count() -> None:
    passes = [{**one_pass(order=k), "rates": [0.01 * (k > 2)] * 2} for k in range(7)]
    log = sgd_log(7, passes=passes, rates=[[0.0, 3 * TRAIN], [0.01, 4 * TRAIN]])
    assert epoch_count(log, TRAIN) == 4
    assert wrong_batches(log, 1) is None
