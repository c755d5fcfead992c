"""The two notebooks: digits are classified and reconstructed, by networks that are watched while they train."""

from __future__ import annotations

from grader.assignments.byomlp.notebook import (
    autoencoder_checks,
    classification_checks,
    reporting_checks,
    run_checks,
)
from grader.assignments.byomlp.notebook.autoencoder_probe import autoencoder, autoencoder_own, had_bad_luck
from grader.assignments.byomlp.notebook.classification_probe import classification, classification_own
from grader.checks import checks_in
from grader.datasets.digits import DIGITS
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
# where one notebook has both parts, each needs the names of both
PARAMETERS = ("allowed_imports", "classification_notebook", "autoencoder_notebook")
PLUGIN = "grader.assignments.byomlp.inside.watch"
PROBES = (
    Probe(
        "classification",
        "running the classification notebook",
        classification,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        lane=2,
    ),
    Probe(
        "classification_own",
        "running it on the own class",
        classification_own,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        lane=2,
        after=("classification",),
    ),
    Probe(
        "autoencoder",
        "running the autoencoder notebook",
        autoencoder,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        lane=3,
        again=had_bad_luck,
        tries=6,
    ),
    Probe(
        "autoencoder_own",
        "running it on the own class",
        autoencoder_own,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        lane=3,
        after=("autoencoder",),
    ),
)
CHECKS = checks_in(run_checks, classification_checks, reporting_checks, autoencoder_checks)
