"""The main notebook: a toy problem, a comparison of activations, an opinion, and a model that classifies digits."""

from __future__ import annotations

from grader.assignments.modules import layers
from grader.assignments.modules.main import (
    accuracy_checks,
    comparison_checks,
    digit_checks,
    opinion_checks,
    run_checks,
    toy_checks,
)
from grader.assignments.modules.main.probe import main, main_own
from grader.checks import checks_in
from grader.datasets.digits import DIGITS
from grader.sandbox import Probe

# the number of a size that limits the run of the notebook
SECONDS = "notebook_seconds"
SIZE_NUMBERS = ("main_train", "main_test", "cell_seconds", SECONDS)
PLUGIN = "grader.assignments.modules.inside.main_watch"
PARAMETERS = ("data_keys", "allowed_imports", "main_notebook")
PROBES = (
    Probe(
        "main",
        "running the main notebook",
        main,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        # on wrong classes the notebook is not run
        after=tuple(probe.name for probe in layers.PROBES),
        verdicts=layers.SPOILING,
        coarse=layers.COARSE,
    ),
    Probe(
        "main_own",
        "running it on the own classes",
        main_own,
        seconds=SECONDS,
        data=DIGITS.name,
        parameters=PARAMETERS,
        kernel=True,
        after=("modules", "main"),
    ),
)
CHECKS = checks_in(run_checks, toy_checks, comparison_checks, opinion_checks, digit_checks, accuracy_checks)
