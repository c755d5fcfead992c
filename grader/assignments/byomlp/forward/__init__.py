"""`mlp.py` is loaded, networks are built, and vectors are fed through them."""

from __future__ import annotations

from grader.assignments.byomlp.forward import checks, initialisation_checks, loading_checks, start_end_checks
from grader.assignments.byomlp.forward.probes import forward, layers, module
from grader.checks import checks_in
from grader.sandbox import Probe

PROBES = (
    Probe("module", "loading mlp.py", module),
    Probe("layers", "building networks", layers),
    Probe("forward", "the forward pass", forward),
)
CHECKS = checks_in(loading_checks, initialisation_checks, checks, start_end_checks)
