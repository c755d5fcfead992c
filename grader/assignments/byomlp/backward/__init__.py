"""Gradients, and what is done with them: they accumulate, are cleared, and are stepped along."""

from __future__ import annotations

from grader.assignments.byomlp.backward import accumulation_checks, checks, step_checks
from grader.assignments.byomlp.backward.probes import backward
from grader.assignments.byomlp.backward.updates_probe import updates
from grader.checks import checks_in
from grader.sandbox import Probe

PROBES = (
    Probe("backward", "gradients", backward),
    Probe("updates", "accumulating, clearing and stepping", updates),
)
CHECKS = checks_in(checks, accumulation_checks, step_checks)
