"""The two notebooks: digits are classified and reconstructed, by networks that are watched while they train."""

from __future__ import annotations

from grader.assignments.byomlp.notebook.autoencoder_checks import (
    autoencoder_activations,
    autoencoder_layers,
    latent_codes,
    mini_batches,
    rate_halved,
    reconstruction_beats_pca,
    reconstructions_shown,
)
from grader.assignments.byomlp.notebook.autoencoder_probe import autoencoder, autoencoder_own, had_bad_luck
from grader.assignments.byomlp.notebook.classification_checks import (
    each_image_once,
    hundred_epochs,
    large_accuracy,
    large_architecture,
    small_accuracy,
    small_architecture,
)
from grader.assignments.byomlp.notebook.classification_probe import classification, classification_own
from grader.assignments.byomlp.notebook.reporting_checks import accuracies_reported, comparison_written
from grader.assignments.byomlp.notebook.run_checks import autoencoder_runs, classification_runs, imports_allowed
from grader.sandbox import Probe

# the number of a size that limits the run of a notebook
SECONDS = "notebook_seconds"
SIZE_NUMBERS = (
    "classification_train",
    "classification_test",
    "autoencoder_train",
    "autoencoder_test",
    "cell_seconds",
    SECONDS,
)
PLUGIN = "grader.assignments.byomlp.inside.watch"
PROBES = (
    Probe(
        "classification",
        "running Classification.ipynb",
        classification,
        seconds=SECONDS,
        digits=True,
        kernel=True,
        lane=2,
    ),
    Probe(
        "classification_own",
        "running it on the own class",
        classification_own,
        seconds=SECONDS,
        digits=True,
        kernel=True,
        lane=2,
    ),
    Probe(
        "autoencoder",
        "running Autoencoder.ipynb",
        autoencoder,
        seconds=SECONDS,
        digits=True,
        kernel=True,
        lane=3,
        again=had_bad_luck,
        tries=5,
    ),
    Probe(
        "autoencoder_own",
        "running it on the own class",
        autoencoder_own,
        seconds=SECONDS,
        digits=True,
        kernel=True,
        lane=3,
    ),
)
CHECKS = (
    classification_runs,
    imports_allowed,
    small_architecture,
    large_architecture,
    each_image_once,
    hundred_epochs,
    small_accuracy,
    large_accuracy,
    accuracies_reported,
    comparison_written,
    autoencoder_runs,
    autoencoder_layers,
    autoencoder_activations,
    mini_batches,
    rate_halved,
    reconstruction_beats_pca,
    latent_codes,
    reconstructions_shown,
)
