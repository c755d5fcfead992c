"""Judging Classification.ipynb, from observations made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.notebook.classification_checks import (
    each_image_once,
    hundred_epochs,
    large_accuracy,
    large_architecture,
    small_accuracy,
    small_architecture,
)
from grader.assignments.byomlp.notebook.reporting_checks import accuracies_reported, comparison_written
from grader.assignments.byomlp.notebook.run_checks import run_that_counts
from grader.checks import Check
from grader.datasets.digits import KINDS
from grader.model import Confusion, Curve, Finding, ImageGrid, Observation, Problem, ProblemKind, Quote, Verdict
from grader.notebooks.judging import by_run
from kit.byomlp_notebooks import (
    PRINTED,
    TRAIN,
    classification,
    code,
    large,
    markdown,
    network,
    own,
    sgd_log,
    small,
)

THRESHOLDS = dict.fromkeys(by_run(KINDS), 0.8)
PASSED, FAILED, BLOCKED, PENDING = Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED, Verdict.PENDING
ALL = (small_architecture, large_architecture, each_image_once, hundred_epochs, small_accuracy, large_accuracy)


def judge(check: Check, observed: Observation, **thresholds: float) -> Finding:
    """Return what a check says of an observation."""
    numbers = THRESHOLDS | {"tolerance": 0.01} | thresholds
    return check.judge(run_that_counts(observed, own()), **{name: numbers[name] for name in check.thresholds})


def with_networks(*networks: dict[str, Any], **changes: Any) -> Observation:
    """Return an observation of these two networks."""
    return classification(networks=list(networks), **changes)


def measured(output: np.ndarray[Any, Any] | None, **more: Any) -> Observation:
    """Return an observation in which both networks put out the same."""
    return classification(measured={which: {"output": output, **more} for which in ("small", "large")})


def outputs() -> np.ndarray[Any, Any]:
    """Return outputs of which nine tenths are right."""
    found: np.ndarray[Any, Any] = classification().data["measured"]["small"]["output"]
    return found


@pytest.mark.parametrize("check", [*ALL, accuracies_reported], ids=lambda check: check.name)
def test_very_good_work_passes(check: Check) -> None:
    assert judge(check, classification()).verdict is PASSED


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_run_that_broke_off_before_any_network_is_judged_without_stumbling(check: Check) -> None:
    broken = classification(networks=[], chosen={"small": None, "large": None}, measured={})
    assert judge(check, broken).verdict in (FAILED, BLOCKED)


@pytest.mark.parametrize("check", [small_architecture, large_architecture], ids=lambda check: check.name)
def test_other_layers_are_named(check: Check) -> None:
    other = network((50, "relu"), (10, "softmax"))
    finding = judge(check, with_networks(other, chosen={"small": 0, "large": 0}))
    assert finding.verdict is FAILED
    assert "784 -> 50 ReLU -> 10 softmax" in finding.message


def test_an_activation_that_was_not_asked_for_is_named() -> None:
    other = network((20, "logistic"), (10, "softmax"))
    assert "logistic, expected ReLU or leaky ReLU" in judge(small_architecture, with_networks(other, large())).message


def test_another_loss_is_named() -> None:
    finding = judge(small_architecture, with_networks(small(loss="abs"), large()))
    assert finding.diagnosis == "wrong_loss"


def test_networks_that_could_not_be_followed_are_judged_by_what_was_followed() -> None:
    followed = with_networks(small(fault="IndexError"), large())
    assert judge(small_architecture, followed).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("changes", "diagnosis"),
    [
        ({"test_rows": 5000, "train_rows": 95_000}, "trained_on_test"),
        ({"batches": [[1, False, 0.01, 100_000]], "zeros": 100}, "zero_grad_once_an_epoch"),
        ({"batches": [[16, True, 0.01, 6250]]}, "wrong_batch_size"),
        ({"passes": [{**sgd_log()["passes"][0], "sorted": 1.0}] * 100}, "unshuffled"),
        ({"labels_right": 0.1}, "wrong_targets"),
        ({"examples": 0}, "not_trained"),
    ],
)
def test_a_mistake_in_the_training_of_one_network_is_named(changes: dict[str, Any], diagnosis: str) -> None:
    finding = judge(each_image_once, with_networks(small(), large(log=sgd_log(**changes))))
    assert (finding.verdict, finding.diagnosis) == (FAILED, diagnosis)
    assert finding.message.startswith("large network: ")


def test_training_is_judged_on_the_network_that_is_there() -> None:
    other = network((50, "relu"), (10, "softmax"), log=sgd_log(examples=0))
    assert judge(each_image_once, with_networks(other, large())).verdict is PASSED


def test_training_of_no_right_network_is_not_judged() -> None:
    other = network((50, "relu"), (10, "softmax"))
    assert judge(each_image_once, with_networks(other, other)).verdict is BLOCKED


@pytest.mark.parametrize(("epochs", "verdict"), [(95, PASSED), (94, FAILED)])
def test_a_few_epochs_may_be_missing(epochs: int, verdict: Verdict) -> None:
    assert judge(hundred_epochs, with_networks(small(log=sgd_log(epochs)), large())).verdict is verdict


def test_time_that_ran_out_is_said_beside_the_number_of_epochs() -> None:
    finding = judge(hundred_epochs, with_networks(small(), large(log=sgd_log(40)), cut="time was over"))
    assert finding.diagnosis == "out_of_time"
    assert "large network 40, expected 100 (time was over)" in finding.message


def test_learning_curves_of_both_networks_are_shown() -> None:
    (curve,) = judge(hundred_epochs, classification()).pictures
    assert isinstance(curve, Curve)
    assert [name for name, _ in curve.series] == ["small network", "large network"]


def test_the_threshold_is_that_of_the_digits_and_the_size() -> None:
    assert judge(small_accuracy, classification(), drawn_quick=0.95).verdict is FAILED


def test_what_unseen_digits_were_taken_for_is_shown() -> None:
    assert [type(each) for each in judge(small_accuracy, classification()).pictures] == [Confusion, ImageGrid]


def test_wrong_digits_say_what_they_were_taken_for() -> None:
    grid = judge(small_accuracy, classification()).pictures[1]
    assert isinstance(grid, ImageGrid)
    assert grid.captions[0][0].endswith(", 55 %")


def test_outputs_that_are_not_numbers_have_diverged() -> None:
    finding = judge(large_accuracy, measured(np.full((200, 10), np.nan)))
    assert finding.diagnosis == "diverged_to_nan"
    assert "rate 0.01" in finding.message


def test_a_few_outputs_that_are_not_numbers_are_too_many() -> None:
    output = outputs().copy()
    output[-1] = np.nan
    assert judge(large_accuracy, measured(output)).diagnosis == "diverged_to_nan"


def test_digits_learned_by_heart_are_told_from_digits_understood() -> None:
    finding = judge(small_accuracy, measured(outputs()[::-1], train_right=TRAIN))
    assert finding.diagnosis == "memorised"


def test_low_accuracy_is_explained_by_a_mistake_in_training() -> None:
    observed = with_networks(
        small(log=sgd_log(labels_right=0.1)), large(), measured={"small": {"output": outputs()[::-1]}}
    )
    assert judge(small_accuracy, observed).diagnosis == "wrong_targets"


def test_low_accuracy_for_want_of_time_is_told_by_the_time_first() -> None:
    measured = {"small": {"output": outputs()[::-1]}}
    finding = judge(
        small_accuracy, with_networks(small(log=sgd_log(3)), large(), measured=measured, cut="time was over")
    )
    assert finding.message.startswith("time was over: it was trained for 3 epochs; ")
    assert (finding.diagnosis, "faster" in finding.hint) == ("out_of_time", True)


def test_low_accuracy_is_explained_by_few_epochs() -> None:
    observed = with_networks(small(log=sgd_log(3)), large(), measured={"small": {"output": outputs()[::-1]}})
    assert judge(small_accuracy, observed).diagnosis == "too_few_epochs"


def test_a_network_that_could_not_be_asked_fails_with_the_reason() -> None:
    problem = {"kind": "raised", "message": "ValueError: shapes", "where": "mlp.py line 3"}
    finding = judge(small_accuracy, measured(None, problem=problem))
    assert "ValueError: shapes" in finding.message


def test_a_run_that_ended_early_is_the_reason() -> None:
    ended = Observation(
        "classification", {**classification().data, "measured": {}}, Problem(ProblemKind.DIED, "it crashed")
    )
    assert "it crashed" in judge(small_accuracy, ended).message


def reported(*texts: str, **changes: Any) -> Finding:
    """Return what is said of accuracies that are printed so."""
    return judge(accuracies_reported, classification(cells=[code("print()", 1, *texts, **changes)]))


def test_a_test_accuracy_that_is_missing_is_named() -> None:
    finding = reported("train 0.923", "train 0.951")
    assert finding.diagnosis == "no_test_accuracy"


def test_a_number_that_is_not_true_is_quoted_beside_the_true_one() -> None:
    finding = reported("train 0.923, test 0.99", "train 0.951, test 0.99")
    assert finding.diagnosis == "reported_accuracy_is_wrong"
    assert "0.99 is printed" in finding.message
    assert "91.00 %" in finding.message


def test_the_accuracy_on_the_wrong_set_is_noticed() -> None:
    finding = reported("train 0.9230, test 0.9230", "train 0.9510, test 0.9510")
    assert finding.diagnosis == "accuracy_on_the_wrong_set"


def test_a_curve_alone_is_no_report() -> None:
    assert "print the numbers" in reported("", figures=1).message


def test_printed_accuracies_of_one_network_only_are_not_enough() -> None:
    one = classification().data["measured"]["small"]
    finding = judge(accuracies_reported, classification(measured={"small": one}))
    assert "one network only" in finding.message


def only_one(**numbers: Any) -> Observation:
    """Return an observation of a notebook whose only network comes nearest to both that are asked for."""
    measured = {"train_right": 923, "test_right": 91, **numbers}
    chosen, cells = {"small": 0, "large": 0}, [code("print()", 1, "train 0.923, test 0.91")]
    return classification(
        networks=[small()], chosen=chosen, measured={"small": measured, "large": measured}, cells=cells
    )


def test_true_accuracies_of_the_only_network_are_called_right() -> None:
    finding = judge(accuracies_reported, only_one())
    assert finding.verdict is PASSED
    assert finding.message.startswith("only one network is there; its accuracies are right")
    assert "large" not in finding.message


def test_an_accuracy_of_the_only_network_that_is_not_true_is_told_of_that_network() -> None:
    finding = judge(accuracies_reported, only_one(test_right=80))
    assert finding.diagnosis == "reported_accuracy_is_wrong"
    assert "large" not in finding.message


def test_the_hint_for_the_second_network_names_both_kinds_of_layers() -> None:
    hint = judge(large_architecture, only_one()).hint
    assert "40 ReLUs, then 20 leaky ReLUs" in hint


def test_without_a_network_there_is_nothing_to_compare_with() -> None:
    assert judge(accuracies_reported, classification(measured={})).verdict is BLOCKED


def test_true_numbers_beside_others_are_enough() -> None:
    assert reported("epoch 1: train 0.5, test 0.4", *PRINTED).verdict is PASSED


def test_a_written_comparison_waits_for_a_person() -> None:
    finding = judge(comparison_written, classification())
    assert finding.verdict is PENDING


def test_staff_get_to_read_what_was_written() -> None:
    (quote,) = judge(comparison_written, classification()).for_staff
    assert isinstance(quote, Quote)
    assert quote.text.startswith("The second network")


def test_no_comparison_is_no_points() -> None:
    observed = classification(cells=[code("train()", 1, seconds=9.0), markdown("*Write your answer here.*")])
    assert judge(comparison_written, observed).verdict is FAILED
