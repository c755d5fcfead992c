"""How long notebooks take before and after a change, in two checkouts, interleaved.

    python benchmarks/engine_outside.py BEFORE AFTER [--size quick] [--rounds 3] [--sandbox process] [--items ID,ID]

In each round the reference of byomlp is graded by both checkouts, one after the other, each by the interpreter of its own
environment where it has one. Printed are the seconds of each grading and the median of the ratios. `--items forward,backprop`
times one `mlp.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def interpreter(checkout: Path) -> str:
    """Return the interpreter of a checkout's environment, or the one that runs this."""
    own = checkout / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def seconds(checkout: Path, options: list[str]) -> tuple[float, float]:
    """Grade the reference of a checkout; return the seconds that its report tells, and the points earned."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(
            [
                *(interpreter(checkout), "-m", "grader", "grade", "reference/byomlp", "--assignment", "byomlp"),
                *("--seed", "7", "--out", out, *options),
            ],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        report = json.loads(next(Path(out).glob("*/report.json")).read_text(encoding="utf-8"))
    return float(report["seconds"]), float(report["score"]["earned"])


def main() -> None:
    """Run the rounds and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs=2, type=Path, metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", default="quick")
    parser.add_argument("--sandbox", default="process")
    parser.add_argument("--items", default="")
    chosen = parser.parse_args()
    options = ["--size", chosen.size, "--sandbox", chosen.sandbox]
    options += ["--items", chosen.items] if chosen.items else []
    ratios = []
    for number in range(chosen.rounds):
        (before, points_before), (after, points_after) = (seconds(each.resolve(), options) for each in chosen.checkouts)
        ratios.append(after / before)
        told = f"before {before:.1f} s ({points_before:g} points), after {after:.1f} s ({points_after:g} points)"
        print(f"round {number + 1}: {told}, ratio {after / before:.3f}", flush=True)
    print(f"median of the ratios: {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
