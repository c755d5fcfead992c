"""The main notebook: a toy problem, a comparison of activations, an opinion, and a model that classifies digits."""

from __future__ import annotations

from grader.assignments.modules.main.accuracy_checks import accuracy_true
from grader.assignments.modules.main.comparison_checks import (
    comparison_losses_fall,
    networks_compared,
    plot_labelled,
    plot_looks,
)
from grader.assignments.modules.main.digit_checks import (
    digit_accuracy,
    dropout_off_when_evaluating,
    rate_decays,
    validation_split,
)
from grader.assignments.modules.main.opinion_checks import opinion_written
from grader.assignments.modules.main.probe import main
from grader.assignments.modules.main.run_checks import libraries_allowed, main_runs
from grader.assignments.modules.main.toy_checks import toy_loss_falls, toy_separates
from grader.sandbox import Probe

# the number of a size that limits the run of the notebook
SECONDS = "notebook_seconds"
SIZE_NUMBERS = ("main_train", "main_test", "cell_seconds", SECONDS)
PLUGIN = "grader.assignments.modules.inside.main_watch"
PROBES = (Probe("main", "running HW3_main.ipynb", main, seconds=SECONDS, digits=True, kernel=True),)
CHECKS = (
    main_runs,
    libraries_allowed,
    toy_loss_falls,
    toy_separates,
    networks_compared,
    comparison_losses_fall,
    plot_labelled,
    plot_looks,
    opinion_written,
    digit_accuracy,
    validation_split,
    dropout_off_when_evaluating,
    rate_decays,
    accuracy_true,
)
