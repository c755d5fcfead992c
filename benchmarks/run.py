"""How long grading takes, how much of that is ours, how much memory it needs, and whether it repeats itself exactly.

    python benchmarks/run.py [--rounds N]

Every round runs each command once, one after another, so that a busy moment of the machine meets all of them alike; what is
printed is the median and, in brackets, the fastest and the slowest round. Docker is left out, and that is said, when no
engine answers. Nothing else should run meanwhile.

"Student" is the time that operations on student code took as the worker inside the sandbox measured it, summed over one
lane of probes; lanes run side by side, so the longest one counts. "Ours" is the rest of the whole command: starting Python,
imports, sandbox, wire, judging, plots and reports.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SUBMISSION = ROOT / "reference" / "byomlp"
SEED = 20260101
# what mlp.py is judged by; notebooks have a script of their own, notebooks.py
ITEMS = "forward,backprop"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
GRADER = (sys.executable, "-m", "grader")
# the command itself, with a clock at the one place where answers come in
MEASURED = (sys.executable, __file__, "--measured")


def main() -> None:
    """Run the rounds and print what they took."""
    if sys.argv[1:2] == ["--measured"]:
        sys.exit(measured(Path(sys.argv[2]), sys.argv[3:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how many rounds (default: 5)")
    rounds = parser.parse_args().rounds
    kinds = sandboxes()
    cases: dict[str, Callable[[], dict[str, float]]] = {kind: lambda kind=kind: grade(kind) for kind in kinds}
    cases |= {"check": check, "help": lambda: {"wall": seconds([*GRADER, "--help"])}}
    cases |= {"numpy": lambda: {"wall": seconds([sys.executable, "-c", "import numpy"])}}
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(rounds + 1):
        for name, case in cases.items():
            figures = case()
            # the first time around fills the caches of the disk and does not count
            if number:
                found[name].append(figures)
        print(f"round {number} of {rounds}", file=sys.stderr)
    show(kinds, found)
    print(identical(kinds))


def sandboxes() -> list[str]:
    """Return the sandboxes that this machine has."""
    answer = subprocess.run(
        [sys.executable, "-c", "from grader.sandbox import open_launcher; open_launcher('docker').close()"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        print(f"Docker is left out: {answer.stderr.strip().splitlines()[-1]}")
    return ["process"] if answer.returncode else ["process", "docker"]


def grade(kind: str) -> dict[str, float]:
    """Grade the reference and return what it took, in seconds and megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes.json"
        wall = seconds([*MEASURED, str(notes), *grading(kind, Path(folder) / "out")])
        seen = json.loads(notes.read_bytes())
    student = max(seen["lanes"])
    return {"wall": wall, "student": student, "ours": wall - student, "memory": seen["kilobytes"] / 1024}


def measured(notes: Path, line: Sequence[str]) -> int:
    """Carry out one command line of the grader, and note what student code took in each lane and the peak of memory."""
    from grader.cli import main as command
    from grader.sandbox.session import Session

    lanes: dict[int, float] = defaultdict(float)
    original = Session.run

    def run(session: Session, *operations: Any, **options: Any) -> Any:
        answers = original(session, *operations, **options)
        lanes[threading.get_ident()] += sum(answer.seconds for answer in answers)
        return answers

    Session.run = run  # type: ignore[method-assign]
    status = command(line)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    notes.write_text(json.dumps({"lanes": list(lanes.values()), "kilobytes": peak}), encoding="utf-8")
    return status


def check() -> dict[str, float]:
    """Check the reference and return when the first verdict, all but the disc's, and the end came."""
    started = time.perf_counter()
    verdicts: list[float] = []
    command = [*GRADER, "check", str(SUBMISSION), "--items", ITEMS]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as running:
        assert running.stdout
        for raw in running.stdout:
            line = raw.decode()
            if not line.strip():
                # the table follows
                break
            if line.startswith("✓") and "disc" not in line:
                verdicts.append(time.perf_counter() - started)
        running.stdout.read()
    return {"first": verdicts[0], "most": verdicts[-1], "wall": time.perf_counter() - started}


def seconds(line: Sequence[str]) -> float:
    """Run a program and return how long it took; a status other than 0 ends the benchmark."""
    started = time.perf_counter()
    subprocess.run(line, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return time.perf_counter() - started


def grading(kind: str, out: Path) -> list[str]:
    """Return the command line that grades the reference."""
    return [
        "grade",
        str(SUBMISSION),
        "--assignment",
        "byomlp",
        "--items",
        ITEMS,
        "--sandbox",
        kind,
        "--seed",
        str(SEED),
        "--out",
        str(out),
    ]


def identical(kinds: Sequence[str]) -> str:
    """Grade with one seed in every sandbox and say whether the reports are the same to the byte."""
    texts = []
    for kind in ["process", *kinds]:
        with tempfile.TemporaryDirectory() as folder:
            seconds([*GRADER, *grading(kind, Path(folder))])
            lines = (Path(folder) / SUBMISSION.name / "report.json").read_bytes().splitlines(keepends=True)
        texts.append(b"".join(line for line in lines if not line.startswith((b'  "seconds":', b'  "sandbox":'))))
    verdict = "byte-identical" if len(set(texts)) == 1 else "DIFFERENT"
    return f"report.json of one seed ({', '.join(['process', *kinds])}), but for seconds and sandbox: {verdict}"


def show(kinds: Sequence[str], found: dict[str, list[dict[str, float]]]) -> None:
    """Print a row for each figure: the median, the range, and the goal."""
    rows = [
        row
        for kind, most in (("process", 4.0), ("docker", 6.0))
        if kind in kinds
        for row in (
            (f"grade reference, {kind}", kind, "wall", "s", most),
            ("  of which the student's", kind, "student", "s", None),
            ("  of which ours", kind, "ours", "s", 1.5),
            ("  peak memory of the grader", kind, "memory", "MB", 300.0),
        )
    ]
    rows += [
        ("check to the first verdict", "check", "first", "s", None),
        ("check to all but the disc's", "check", "most", "s", 1.5),
        ("check to the end", "check", "wall", "s", None),
        ("--help", "help", "wall", "s", 0.3),
        ("python -c 'import numpy'", "numpy", "wall", "s", None),
    ]
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    for label, name, figure, unit, goal in rows:
        values = [each[figure] for each in found[name]]
        aim = f"goal {goal:g}" if goal else ""
        print(
            f"{label:30}{statistics.median(values):8.2f} {unit:3} ({min(values):.2f} to {max(values):.2f})  {aim}".rstrip()
        )


if __name__ == "__main__":
    main()
