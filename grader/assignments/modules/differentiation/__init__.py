"""The differentiation notebook of assignment modules: derivatives checked by central differences, derivations read by people."""

from __future__ import annotations

from grader.assignments.modules.differentiation import checks
from grader.assignments.modules.differentiation.probe import FILE, SECONDS, differentiation
from grader.checks import checks_in
from grader.sandbox import Probe

__all__ = ["CHECKS", "FILE", "PLUGIN", "PROBES"]

# takes hold of the answer functions inside
PLUGIN = "grader.assignments.modules.inside.answer_functions"
PROBES = (
    Probe(
        "differentiation",
        "running the differentiation notebook",
        differentiation,
        lane=1,
        seconds=SECONDS,
        kernel=True,
        parameters=("differentiation_notebook",),
    ),
)
CHECKS = checks_in(checks)
