"""Training with the student's own class: many steps, one by one, and a disc that a network learns to tell apart."""

from __future__ import annotations

from grader.assignments.byomlp.training.disc_checks import disc_separates
from grader.assignments.byomlp.training.disc_probe import disc
from grader.assignments.byomlp.training.trajectory_checks import trajectory_matches
from grader.assignments.byomlp.training.trajectory_probe import trajectory
from grader.sandbox import Probe

PROBES = (
    Probe("trajectory", "following many training steps", trajectory),
    Probe("disc", "training on the disc", disc, lane=1, seconds=120.0),
)
CHECKS = (trajectory_matches, disc_separates)
