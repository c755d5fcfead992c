"""Calibrate the thresholds of `disc_separates`: train correct code from many seeds and see how far it gets.

    python benchmarks/calibrate_disc.py [--seeds 200] [--jobs 2]

Trains the reference (biases of standard deviation 0.1) and the example in another style (standard deviation 1), each from
`--seeds` seeds, as a grading does it, and prints the distribution of what the check looks at and the share of gradings that
would fail with the thresholds of the rubric.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from grader import pipeline, sandbox
from grader.assignments import find
from grader.assignments.byomlp.training.disc_checks import hidden_outputs
from grader.assignments.byomlp.training.disc_probe import INITIALISATIONS
from grader.model import Limits
from grader.numerics import best_line

ROOT = Path(__file__).parent.parent
SUBMISSIONS = ("reference/byomlp", "examples/byomlp/alice-other-style")
ASSIGNMENT = find("byomlp")


@dataclass(frozen=True)
class Trained:
    """What one grading saw: accuracy, the best line's share, initialisations tried and missed, epochs in all, seconds."""

    accuracy: float
    separability: float
    trials: int
    missed: int
    epochs: int
    seconds: float


def train(path: Path, seed: int, *, launcher: sandbox.Launcher, limits: Limits, accuracy: float) -> Trained:
    """Observe the disc with one seed."""
    submission = pipeline.receive(path, ASSIGNMENT, pipeline.load_rubric(ASSIGNMENT))
    probes = [probe for probe in ASSIGNMENT.probes if probe.name == "disc"]
    evidence = sandbox.observe(submission, probes, ASSIGNMENT.inside, launcher=launcher, seed=seed, limits=limits)
    seen = evidence.observations["disc"]
    best = max(seen.data["trials"], key=lambda trial: trial["accuracies"][-1])
    line = best_line(hidden_outputs(best), seen.data["classes"])
    epochs = sum(len(trial["accuracies"]) for trial in seen.data["trials"])
    missed = sum(trial["accuracies"][-1] < accuracy for trial in seen.data["trials"])
    return Trained(best["accuracies"][-1], line.right, len(seen.data["trials"]), missed, epochs, seen.seconds)


def main() -> None:
    """Run the calibration and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    marks = pipeline.load_rubric(ASSIGNMENT)
    wanted = marks.thresholds["disc_separates"]
    for name in SUBMISSIONS:
        with sandbox.open_launcher("process") as launcher, ThreadPoolExecutor(chosen.jobs) as pool:
            once = partial(train, ROOT / name, launcher=launcher, limits=marks.limits, accuracy=wanted["accuracy"])
            runs = list(pool.map(once, range(chosen.seeds)))
        print(f"{name}: {len(runs)} seeds")
        for key in ("accuracy", "separability", "trials", "missed", "epochs", "seconds"):
            values = [getattr(run, key) for run in runs]
            low, first, middle, high = np.quantile(values, [0, 0.01, 0.5, 1])
            print(f"  {key:13} min {low:.3f}   1 % {first:.3f}   median {middle:.3f}   max {high:.3f}")
        lost = sum(run.accuracy < wanted["accuracy"] or run.separability < wanted["separability"] for run in runs)
        share = sum(run.missed for run in runs) / sum(run.trials for run in runs)
        rate = share**INITIALISATIONS
        print(
            f"  an initialisation misses {wanted['accuracy']}: {share:.3f}; all {INITIALISATIONS} of a grading: {rate:.1e}"
        )
        print(f"  would fail: {lost} of {len(runs)} (thresholds: {dict(wanted)})", flush=True)


if __name__ == "__main__":
    main()
