"""The differentiation notebook of assignment modules: derivatives checked by central differences, derivations read by people."""

from __future__ import annotations

from grader.assignments.modules.differentiation.checks import (
    bilinear_gradients,
    derivations_written,
    factorisation_gradient,
    inner_product_gradient,
    trace_gradient,
)
from grader.assignments.modules.differentiation.probe import FILE, SECONDS, differentiation
from grader.sandbox import Probe

__all__ = ["CHECKS", "FILE", "PLUGIN", "PROBES"]

# takes hold of the answer functions inside
PLUGIN = "grader.assignments.modules.inside.answer_functions"
PROBES = (Probe("differentiation", f"running {FILE}", differentiation, lane=1, seconds=SECONDS, kernel=True),)
CHECKS = (inner_product_gradient, trace_gradient, bilinear_gradients, factorisation_gradient, derivations_written)
