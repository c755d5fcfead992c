"""`mlp.py` is loaded, networks are built, and vectors are fed through them."""

from __future__ import annotations

from grader.assignments.byomlp.forward.checks import forward_values, output_shapes
from grader.assignments.byomlp.forward.initialisation_checks import initialisation, layer_shapes
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.forward.probes import forward, layers, module
from grader.assignments.byomlp.forward.start_end_checks import start_and_end
from grader.sandbox import Probe

PROBES = (
    Probe("module", "loading mlp.py", module),
    Probe("layers", "building networks", layers),
    Probe("forward", "the forward pass", forward),
)
CHECKS = (mlp_loads, layer_shapes, initialisation, output_shapes, forward_values, start_and_end)
