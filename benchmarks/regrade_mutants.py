"""How long it takes until all planted bugs have been judged again after a hint was changed, and how long with an empty store.

    python benchmarks/regrade_mutants.py [--assignment ID ...] [--only planted] [--jobs 2]

Everything happens in a copy of the tree, with a store of its own: the bugs are run and their evidence is kept; then the hints
of a file of checks of each assignment are really changed, and the bugs are judged again; then once more with nothing
changed. Verdicts must be the same each time, and it is said how many were judged from kept evidence.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("grader", "mlpgrader", "rubrics", "reference", "student_template", "mutants", "tests")
CHECKS = {"byomlp": "byomlp/forward/checks.py", "modules": "modules/layers/linear_checks.py"}


def calibrated(tree: Path, store: Path, arguments: argparse.Namespace) -> tuple[float, list[dict[str, Any]]]:
    """Calibrate in the copy; return the seconds of the whole command, and the gradings."""
    command = [sys.executable, "-m", "grader", "calibrate", "--json", "--only", arguments.only]
    command += ["--jobs", str(arguments.jobs), *(f"--assignment={name}" for name in arguments.assignment)]
    environment = {**os.environ, "PYTHONPATH": str(tree), "MLPGRADER_STORE": str(store)}
    started = time.monotonic()
    said = subprocess.run(command, cwd=tree, env=environment, check=False, stdout=subprocess.PIPE)
    seconds = time.monotonic() - started
    return seconds, [each for part in json.loads(said.stdout)["assignments"] for each in part["gradings"]]


def change_hints(tree: Path, assignment: str) -> int:
    """Change every hint in a file of checks, and return how many there were."""
    path = tree / "grader" / "assignments" / CHECKS[assignment]
    text, count = re.subn(r'hint="', 'hint="Changed: ', path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    return count


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", action="append", choices=tuple(CHECKS))
    parser.add_argument("--only", default="planted")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    arguments.assignment = arguments.assignment or list(CHECKS)
    with tempfile.TemporaryDirectory() as made:
        tree, store = Path(made, "tree"), Path(made, "store")
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        verdicts = None
        for what in ("with an empty store", "after changed hints", "with nothing changed"):
            if what == "after changed hints":
                print(f"changing {sum(change_hints(tree, each) for each in arguments.assignment)} hints")
            seconds, gradings = calibrated(tree, store, arguments)
            kept = sum(each["kept"] for each in gradings)
            print(
                f"{what}: {seconds:.1f} s for {len(gradings)}; kept evidence {kept}, run {len(gradings) - kept}",
                flush=True,
            )
            found = [(each["name"], each["verdicts"], each["diagnoses"]) for each in gradings]
            if verdicts not in (None, found):
                sys.exit("the verdicts are others than before")
            verdicts = found
        size = sum(path.stat().st_size for path in store.rglob("*.zst"))
        print(f"the store: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
