"""Gradients, and what is done with them: they accumulate, are cleared, and are stepped along."""

from __future__ import annotations

from grader.assignments.byomlp.backward.accumulation_checks import gradients_accumulate, zero_grad_clears
from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.probes import backward
from grader.assignments.byomlp.backward.step_checks import step_descends
from grader.assignments.byomlp.backward.updates_probe import updates
from grader.sandbox import Probe

PROBES = (
    Probe("backward", "gradients", backward),
    Probe("updates", "accumulating, clearing and stepping", updates),
)
CHECKS = (gradients_match, gradients_accumulate, zero_grad_clears, step_descends)
