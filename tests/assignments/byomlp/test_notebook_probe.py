"""Running notebooks in the process sandbox: from their cells to what checks say of them."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from grader.model import REDUCED, Evidence, Finding, Verdict
from kit.byomlp_submissions import (
    AUTOENCODER,
    CLASSIFICATION,
    PLOT,
    SGD,
    SMALL,
    START,
    TEST,
    TRAIN,
    findings,
    good,
    notebook,
    observed,
)

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ipykernel") is None, reason="there is no Jupyter kernel here"),
    # many look at the same gradings
    pytest.mark.xdist_group("notebooks that are asked"),
]
BOTH = ("classification", "classification_own")
# that many passes over few digits are enough where nothing hangs on how well a network does
FEW = "train(net, epochs=3)"


def run(*cells: str, **numbers: float) -> Evidence:
    """Return what is seen of a Classification.ipynb of these cells."""
    return observed(good(Classification_ipynb=notebook(*cells)), *BOTH, **numbers)


def said(evidence: Evidence, check: str) -> Finding:
    """Return what a check says of the classification."""
    return findings(evidence, *BOTH)[check]


def small(training: str = FEW) -> str:
    """Return the cell that makes and trains the first network."""
    return SMALL.replace("train(net)", training)


@pytest.fixture(scope="module")
def classification() -> Evidence:
    """Return what is seen of very good work."""
    return run(*CLASSIFICATION)


@pytest.fixture(scope="module")
def autoencoder() -> Evidence:
    """Return what is seen of a very good autoencoder."""
    return observed(good(), "autoencoder", "autoencoder_own", size=REDUCED)


@pytest.mark.parametrize(
    "check",
    [
        "classification_runs",
        "imports_allowed",
        "small_architecture",
        "large_architecture",
        "each_image_once",
        "hundred_epochs",
        "accuracies_reported",
    ],
)
def test_very_good_work_passes(classification: Evidence, check: str) -> None:
    finding = said(classification, check)
    assert finding.verdict is Verdict.PASSED, finding


def test_the_comparison_waits_for_a_person(classification: Evidence) -> None:
    assert said(classification, "comparison_written").verdict is Verdict.PENDING


def test_what_the_networks_make_of_unseen_digits_is_measured(classification: Evidence) -> None:
    data = classification.observations["classification"].data
    assert data["measured"]["small"]["output"].shape == (2000, 10)
    assert said(classification, "small_accuracy").message.split(" % of 2000 unseen digits right")[0] > "3"


def test_what_is_printed_is_what_is_measured(classification: Evidence) -> None:
    seen = classification.observations["classification"].data
    measured, texts = seen["measured"]["large"], [out["text"] for cell in seen["cells"] for out in cell["outputs"]]
    shown = f"train {measured['train_right'] / TRAIN:.4f} test {measured['test_right'] / TEST:.4f}\n"
    assert shown in texts


def test_a_notebook_that_keeps_to_the_methods_is_not_run_twice(classification: Evidence) -> None:
    assert classification.observations["classification_own"].data == {"needed": False}


@pytest.mark.parametrize(
    "check",
    [
        "autoencoder_runs",
        "autoencoder_layers",
        "autoencoder_activations",
        "mini_batches",
        "rate_halved",
        "reconstructions_shown",
    ],
)
def test_a_very_good_autoencoder_passes(autoencoder: Evidence, check: str) -> None:
    finding = findings(autoencoder, "autoencoder", "autoencoder_own")[check]
    assert finding.verdict is Verdict.PASSED, finding


def test_reconstructions_and_codes_of_unseen_digits_are_measured(autoencoder: Evidence) -> None:
    measured = autoencoder.observations["autoencoder"].data["measured"]
    assert [measured[name].shape for name in ("loss", "code", "grid")] == [(1000,), (1000, 2), (100, 784)]


def test_a_notebook_that_looks_into_the_network_is_run_again_on_the_own_class() -> None:
    evidence = run(START, SGD, "MLP.number = 3", small(), "print(net.layers[0]['W'].shape)")
    assert evidence.observations["classification_own"].data["mode"] == "own"
    assert "on your own class" in said(evidence, "classification_runs").message


def test_an_error_does_not_end_the_run() -> None:
    evidence = run(START, "undefined", SGD, small())
    assert "code cell 2, line 1: NameError" in said(evidence, "classification_runs").message
    assert said(evidence, "small_architecture").verdict is Verdict.PASSED


def test_a_cell_that_does_not_end_is_interrupted_and_what_it_did_counts() -> None:
    evidence = run(START, SGD, small("train(net, epochs=10**9)"), "print('later')", cell_seconds=4.0)
    assert evidence.observations["classification"].data["measured"]["small"]["output"] is not None
    assert evidence.observations["classification"].data["cells"][-1]["outputs"][0]["text"] == "later\n"
    assert said(evidence, "classification_runs").message.count("interrupted when the 4 s for a cell were over") == 1


def test_networks_of_a_notebook_that_crashes_are_known() -> None:
    wait = "import time\ntime.sleep(0.6)"
    evidence = run(START, SGD, small("train(net, epochs=5)") + wait, "import os\nos._exit(3)", "print('later')")
    assert said(evidence, "small_architecture").verdict is Verdict.PASSED
    assert "epochs of training: small network 5" in said(evidence, "hundred_epochs").message
    assert "exit status 3" in said(evidence, "small_accuracy").message


def test_a_notebook_that_is_not_there_is_said_to_be_missing() -> None:
    files = {name: content for name, content in good().items() if name == "mlp.py"}
    assert "there is no notebook" in said(observed(files, *BOTH), "classification_runs").message


def test_other_intensities_are_found_and_used_when_the_network_is_measured() -> None:
    inverted = "X, X_test = 3 - 2 * X, 3 - 2 * X_test"
    evidence = run(START, inverted, SGD, small("train(net, epochs=30, alpha=0.004)"))
    (network,) = evidence.observations["classification"].data["networks"]
    assert network["rescaling"] == pytest.approx([-2.0, 3.0], abs=1e-6)
    measured = evidence.observations["classification"].data["measured"]["small"]
    accuracy = np.mean(measured["output"].argmax(axis=1) == evidence.observations["classification"].data["labels"])
    assert accuracy > 0.25


def test_saved_outputs_are_not_looked_at() -> None:
    finding = said(run(START, SGD, small("0")), "accuracies_reported")
    assert "0.9999" not in finding.message


def test_the_picture_has_to_be_drawn_in_the_run() -> None:
    files = good(Autoencoder_ipynb=notebook(START, AUTOENCODER, "if False:\n    " + PLOT))
    evidence = observed(files, "autoencoder", "autoencoder_own", size=REDUCED)
    assert findings(evidence, "autoencoder", "autoencoder_own")["reconstructions_shown"].verdict is Verdict.FAILED
