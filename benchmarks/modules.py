"""Time the grading of the classes of the assignment modules beside that of a mlp.py, in the process sandbox.

    python benchmarks/modules.py [--rounds 5]

Goal: all classes (60 points) in at most 3 s. Every round grades both references once, one after the other, so that a busy moment
of the machine meets both; what is printed is the median, the fastest and the slowest round, and the median of the ratios.
The time is that of the whole command, from start-up to the written reports.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOAL_SECONDS = 3.0
ITEMS = {
    "modules": "sequential,linear,softmax,batch_mean_subtraction,dropout,leaky_relu,elu,softplus,class_nll_criterion",
    "byomlp": "forward,backprop",
}


def seconds(assignment: str) -> float:
    """Grade the items of the reference once and return how long it took."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "grader", "grade", f"reference/{assignment}", "--assignment", assignment]
        command += ["--items", ITEMS[assignment], "--sandbox", "process", "--out", out, "--fail-under", "100"]
        started = time.monotonic()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return time.monotonic() - started


def main() -> None:
    """Run the rounds and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how many rounds (default: 5)")
    rounds = parser.parse_args().rounds
    # the first time around fills the caches of the disk and does not count
    found = [{name: seconds(name) for name in ITEMS} for _ in range(rounds + 1)][1:]
    for name in ITEMS:
        took = [each[name] for each in found]
        goal = f" (goal {GOAL_SECONDS:g} s)" if name == "modules" else ""
        print(f"{name}: {statistics.median(took):.2f} s{goal}, {min(took):.2f} to {max(took):.2f}")
    print(f"ratio: {statistics.median(each['modules'] / each['byomlp'] for each in found):.2f}")


if __name__ == "__main__":
    main()
