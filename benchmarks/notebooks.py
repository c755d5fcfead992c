"""Time the grading of a whole submission, notebooks included, and say what of it was not the notebooks' own computing.

    python benchmarks/notebooks.py [SUBMISSION] [--assignment byomlp] [--size full|quick] [--sandbox docker|process] [--data DIR]
                                   [--rounds 1]

Goals: at full size at most 12 minutes on two cores and 2 GB a container; at quick size at most 4 minutes on one core; at most
10 % besides the notebooks' own computing, which is the sum over their cells. Quick size is run on one core where the system
can be told so. Prints each round, and for Docker the most memory that a container was seen to use (its limit is 2 GB).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from grader import evidence

ROOT = Path(__file__).parent.parent
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "B": 1}
GOAL_SECONDS = {"full": 720, "quick": 240}


def memory_in_use() -> float:
    """Return the most that one of our containers uses now, in bytes; 0 where there is none."""
    form = ("--no-stream", "--format", "{{.Name}} {{.MemUsage}}")
    said = subprocess.run(["docker", "stats", *form], capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^mlpgrader-\S+ ([\d.]+)([KMG]iB|B)", said, re.MULTILINE)
    return max((float(number) * UNITS[unit] for number, unit in found), default=0.0)


def graded(arguments: argparse.Namespace, out: Path) -> tuple[float, float]:
    """Grade once; return the seconds that it took, and the most memory of a container in bytes."""
    command = [sys.executable, "-m", "grader", "grade", str(arguments.submission)]
    command += ["--assignment", arguments.assignment]
    command += ["--size", arguments.size, "--sandbox", arguments.sandbox, "--out", str(out)]
    command += ["--data", str(arguments.data)] if arguments.data else []
    most, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while arguments.sandbox == "docker" and not over.wait(1.0):
            most = max(most, memory_in_use())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.monotonic()
    try:
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    finally:
        over.set()
        watcher.join()
    return time.monotonic() - started, most


def told(folder: Path) -> None:
    """Print the score, and for each notebook its own computing and what came on top."""
    score = json.loads((folder / "report.json").read_bytes())["score"]
    print(f"  score: {score['earned']:g} of {score['possible']:g}, {score['pending']:g} pending")
    kept, _, _ = evidence.load(folder / "evidence")
    for name, seen in kept.observations.items():
        cells: list[dict[str, Any]] = [cell for cell in seen.data.get("cells", []) if cell.get("run")]
        if not cells:
            continue
        own = sum(cell["seconds"] for cell in cells)
        more = seen.seconds - own
        print(
            f"  {name}: cells {own:.1f} s, besides them {more:.1f} s ({100 * more / max(own, 1e-9):.1f} %, goal 10 %)"
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("submission", type=Path, nargs="?", help="default: the reference")
    parser.add_argument("--assignment", default="byomlp")
    parser.add_argument("--size", choices=tuple(GOAL_SECONDS), default="full")
    parser.add_argument("--sandbox", choices=("docker", "process"), default="docker")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    arguments.submission = arguments.submission or ROOT / "reference" / arguments.assignment
    if arguments.size == "quick" and arguments.sandbox == "process" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for number in range(1, arguments.rounds + 1):
        with tempfile.TemporaryDirectory() as out:
            seconds, most = graded(arguments, Path(out))
            memory = f", a container used at most {most / 2**30:.2f} GiB (goal 2 GB)" if most else ""
            goal = GOAL_SECONDS[arguments.size]
            print(f"round {number}: {seconds:.0f} s on {cores} cores (goal {goal} s){memory}", flush=True)
            told(Path(out) / arguments.submission.resolve().name)


if __name__ == "__main__":
    main()
