"""Training with the student's own class: many steps, one by one, and a disc that a network learns to tell apart."""

from __future__ import annotations

from grader.assignments.byomlp.training import disc_checks, trajectory_checks
from grader.assignments.byomlp.training.disc_probe import disc
from grader.assignments.byomlp.training.trajectory_probe import trajectory
from grader.checks import checks_in
from grader.sandbox import Probe

PROBES = (
    Probe("trajectory", "following many training steps", trajectory),
    Probe("disc", "training on the disc", disc, lane=1, seconds=120.0),
)
CHECKS = checks_in(trajectory_checks, disc_checks)
