"""Judging Autoencoder.ipynb, from observations made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.notebook.autoencoder_checks import (
    autoencoder_activations,
    autoencoder_layers,
    latent_codes,
    mini_batches,
    neighbours_agree,
    rate_halved,
    reconstruction_beats_pca,
    reconstructions_shown,
)
from grader.assignments.byomlp.notebook.run_checks import run_that_counts
from grader.checks import Check
from grader.datasets.digits import KINDS
from grader.model import Curve, Finding, ImageGrid, ImageScatter, Observation, Verdict
from grader.notebooks.judging import by_run
from kit.byomlp_notebooks import autoencoder, batch_log, code, network, own, reconstruction

PASSED, FAILED, BLOCKED = Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED
ALL = (
    autoencoder_layers,
    autoencoder_activations,
    mini_batches,
    rate_halved,
    reconstruction_beats_pca,
    latent_codes,
    reconstructions_shown,
)


def judge(check: Check, observed: Observation, limit: float | None = None) -> Finding:
    """Return what a check says of an observation."""
    usual = {"latent_codes": 0.5, "reconstruction_beats_pca": 0.9}.get(check.name, 0.0)
    numbers = {**dict.fromkeys(by_run(KINDS), usual if limit is None else limit), "spread": 0.2}
    return check.judge(run_that_counts(observed, own()), **{name: numbers[name] for name in check.thresholds})


def with_log(**changes: Any) -> Observation:
    """Return an observation of an autoencoder with changes in its log."""
    return reconstruction(networks=[autoencoder(log=batch_log(**changes))])


def with_measured(**changes: Any) -> Observation:
    """Return an observation with changes in what was measured."""
    return reconstruction(measured={**reconstruction().data["measured"], **changes})


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_very_good_work_passes(check: Check) -> None:
    assert judge(check, reconstruction()).verdict is PASSED


@pytest.mark.parametrize("check", ALL[1:], ids=lambda check: check.name)
def test_without_an_autoencoder_the_rest_is_blocked(check: Check) -> None:
    nothing = reconstruction(networks=[], chosen={"autoencoder": None}, measured={})
    assert judge(check, nothing).verdict is BLOCKED


def test_another_network_is_named() -> None:
    other = network((100, "relu"), (2, "logistic"), (784, "logistic"), log=batch_log())
    assert (
        "784 -> 100 -> 2 -> 784, expected 784 -> 512"
        in judge(autoencoder_layers, reconstruction(networks=[other])).message
    )


def test_a_layer_without_its_name_is_named() -> None:
    other = autoencoder()
    other["layers"][4]["name"] = None
    finding = judge(autoencoder_layers, reconstruction(networks=[other]))
    assert finding.message == "layer 5 is named None, expected 'up128'"


def test_missing_names_do_not_cost_the_training() -> None:
    other = autoencoder()
    other["layers"][4]["name"] = None
    assert judge(mini_batches, reconstruction(networks=[other])).verdict is PASSED


def test_another_activation_is_named() -> None:
    other = autoencoder()
    other["layers"][3] |= {"activation": "leaky_relu", "slope": "leaky_relu"}
    finding = judge(autoencoder_activations, reconstruction(networks=[other]))
    assert finding.message == "layer 4 (2 'latent') has leaky ReLU, expected logistic"


def test_another_loss_is_named() -> None:
    finding = judge(autoencoder_activations, reconstruction(networks=[autoencoder(loss="abs")]))
    assert "'abs'" in finding.message


@pytest.mark.parametrize(
    ("changes", "diagnosis"),
    [
        ({"targets_are_inputs": 0.0}, "target_not_input"),
        ({"batches": [[1, True, 1e-4, 3000]]}, "wrong_batch_size"),
        ({"batches": [[16, False, 1e-4, 189]], "zeros": 3}, "zero_grad_once_an_epoch"),
        ({"passes": [{**batch_log()["passes"][0], "same_class": 0.98}] * 3}, "unshuffled"),
        ({"examples": 0}, "not_trained"),
    ],
)
def test_a_mistake_in_the_training_is_named(changes: dict[str, Any], diagnosis: str) -> None:
    finding = judge(mini_batches, with_log(**changes))
    assert (finding.verdict, finding.diagnosis) == (FAILED, diagnosis)


def test_two_epochs_are_too_few() -> None:
    finding = judge(rate_halved, reconstruction(networks=[autoencoder(log=batch_log(2))]))
    assert finding.diagnosis == "too_few_epochs"


def test_more_epochs_are_fine() -> None:
    assert judge(rate_halved, reconstruction(networks=[autoencoder(log=batch_log(9))])).verdict is PASSED


def test_a_rate_that_stays_is_named() -> None:
    assert judge(rate_halved, with_log(rates=[[1e-4, 189]])).diagnosis == "rate_not_halved"


def test_the_loss_over_the_training_is_shown() -> None:
    assert [type(each) for each in judge(rate_halved, reconstruction()).pictures] == [Curve]


def test_principal_components_have_to_be_beaten_by_the_margin() -> None:
    assert judge(reconstruction_beats_pca, reconstruction(), limit=0.8).verdict is FAILED


def test_reconstructions_are_shown_beside_those_of_principal_components() -> None:
    (grid,) = judge(reconstruction_beats_pca, reconstruction()).pictures
    assert isinstance(grid, ImageGrid)
    assert grid.row_labels == ("unseen digit", "autoencoder", "two principal components")


def test_a_loss_that_is_not_a_number_has_diverged() -> None:
    finding = judge(reconstruction_beats_pca, with_measured(loss=np.full(200, np.nan)))
    assert (finding.verdict, finding.diagnosis) == (FAILED, "diverged_to_nan")


def test_giving_back_the_mean_is_named() -> None:
    assert judge(reconstruction_beats_pca, with_measured(loss=np.full(200, 52.9))).diagnosis == "learned_the_mean"


def test_white_ink_on_black_paper_is_hinted_at_when_only_the_mean_was_learned() -> None:
    measured = {**reconstruction().data["measured"], "loss": np.full(200, 52.9)}
    inverted = reconstruction(networks=[autoencoder(rescaling=[-1.0, 1.0])], measured=measured)
    assert "white ink on black" in judge(reconstruction_beats_pca, inverted).hint


def test_a_bad_reconstruction_is_explained_by_the_target() -> None:
    observed = reconstruction(
        networks=[autoencoder(log=batch_log(targets_are_inputs=0.0))], measured={**with_measured().data["measured"]}
    )
    assert judge(reconstruction_beats_pca, observed, limit=0.1).diagnosis == "target_not_input"


def test_a_network_that_gives_back_nothing_fails_with_the_reason() -> None:
    observed = with_measured(loss=None, problem={"kind": "raised", "message": "TypeError", "where": ""})
    assert "TypeError" in judge(reconstruction_beats_pca, observed).message


def test_codes_in_one_spot_have_collapsed() -> None:
    codes = reconstruction().data["measured"]["code"]
    finding = judge(latent_codes, with_measured(code=0.1 * codes))
    assert (finding.verdict, finding.diagnosis) == (FAILED, "codes_collapsed")


def test_codes_that_tell_nothing_of_the_digit_are_mixed() -> None:
    codes = np.random.default_rng(7).random((200, 2)).astype(np.float32)
    assert judge(latent_codes, with_measured(code=codes)).diagnosis == "codes_mixed"


def test_codes_that_are_not_numbers_have_diverged() -> None:
    assert judge(latent_codes, with_measured(code=np.full((200, 2), np.nan))).diagnosis == "diverged_to_nan"


def test_codes_that_could_not_be_asked_for_fail_with_the_reason() -> None:
    observed = with_measured(code=None, code_problem={"kind": "raised", "message": "KeyError: 'latent'", "where": ""})
    assert "KeyError" in judge(latent_codes, observed).message


def test_codes_and_digits_drawn_from_the_box_are_shown() -> None:
    assert [type(each) for each in judge(latent_codes, reconstruction()).pictures] == [ImageScatter, ImageGrid]


def test_neighbours_of_one_kind_agree_and_mixed_ones_do_not() -> None:
    labels = np.repeat([0, 1], 50)
    assert neighbours_agree(labels[:, None] * np.ones((100, 2)), labels) == 1.0


def shown(*cells: dict[str, Any], drawing: list[int]) -> Finding:
    """Return what is said of pictures in cells after the training in cell 2."""
    return judge(reconstructions_shown, reconstruction(cells=list(cells), drawing=drawing))


def test_a_picture_before_the_training_does_not_count() -> None:
    assert shown(code("plot_digits_dimreduced_examples()", 1, figures=1), drawing=[1]).verdict is FAILED


def test_a_curve_of_the_loss_is_no_picture_of_digits() -> None:
    assert "none of digits" in shown(code("plt.plot(loss)", 3, figures=1), drawing=[]).message


def test_a_cell_that_draws_but_ended_before_is_no_picture() -> None:
    assert shown(code("plot_digits_dimreduced_examples()", 3), drawing=[3]).verdict is FAILED


def test_a_training_that_never_went_through_all_images_has_something_to_show_all_the_same() -> None:
    part = {**batch_log()["passes"][0], "train": 400, "examples": 400}
    assert judge(reconstructions_shown, with_log(passes=[part])).verdict is PASSED


def test_what_was_never_trained_has_nothing_to_show() -> None:
    assert judge(reconstructions_shown, with_log(passes=[], examples=0)).verdict is FAILED
