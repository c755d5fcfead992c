"""How large kept evidence is and how fast it is loaded and written, beside what it was in format 1.

    python benchmarks/evidence.py [FOLDER ...] [--assignment byomlp] [--size quick|full] [--sandbox docker|process] [--rounds 9]

FOLDER is the report folder of a submission; without one, the reference with its notebooks is graded first. The same
evidence is written in both formats and loaded in turns, so that a busy moment of the machine meets both alike; the
median is printed, and in brackets the fastest and the slowest. Goals: at most 2 MB on disk, loaded in 20 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grader import evidence
from grader.evidence import first_format, folder, packing

ROOT = Path(__file__).resolve().parents[1]


def reference(arguments: argparse.Namespace, out: Path) -> Path:
    """Grade the reference and return its report folder."""
    command = [sys.executable, "-m", "grader", "grade", str(ROOT / "reference" / arguments.assignment), "--seed", "1"]
    command += ["--assignment", arguments.assignment, "--size", arguments.size, "--sandbox", arguments.sandbox]
    subprocess.run([*command, "--out", str(out)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return out / arguments.assignment


def write_first(raw: bytes, target: Path) -> None:
    """Write packed evidence as format 1 had it: a file a frame, and a manifest with their digests."""
    about, frames = packing.unpack(raw)
    target.mkdir()
    for name, frame in frames.items():
        (target / f"{name}.frame").write_bytes(frame)
    manifest = {**about, "schema": first_format.SCHEMA}
    manifest["frames"] = {name: hashlib.sha256(frame).hexdigest() for name, frame in frames.items()}
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    (target / first_format.MANIFEST).write_text(json.dumps({**manifest, "digest": digest}, indent=1))


def size(of: Path) -> str:
    """Return the bytes of the files in a folder."""
    return f"{sum(path.stat().st_size for path in of.iterdir()) / 1e6:.2f} MB"


def milliseconds(do: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - started)


def in_words(times: list[float]) -> str:
    """Return the median, and the fastest and the slowest."""
    return f"{statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f})"


def compare(report: Path, rounds: int) -> None:
    """Print sizes and times of one submission."""
    kept, submission, assignment = evidence.load(report / "evidence")
    raw = folder.as_bytes(kept, submission, assignment=assignment)
    with tempfile.TemporaryDirectory() as made:
        old, new = Path(made, "old"), Path(made, "new")
        write_first(raw, old)
        evidence.save(kept, submission, new, assignment=assignment)
        loads: dict[Path, list[float]] = {old: [], new: []}
        for _ in range(rounds):
            for each, times in loads.items():
                times.append(milliseconds(lambda each=each: evidence.load(each)))
        packed = [milliseconds(lambda: folder.as_bytes(kept, submission, assignment=assignment)) for _ in range(rounds)]
        print(f"{report.name} ({assignment})")
        print(f"  format 1: {size(old)}, loaded in {in_words(loads[old])}")
        print(f"  format 2: {size(new)}, loaded in {in_words(loads[new])}; made in {in_words(packed)}")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--assignment", default="byomlp")
    parser.add_argument("--size", choices=("quick", "full"), default="quick")
    parser.add_argument("--sandbox", choices=("docker", "process"), default="process")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        for report in arguments.folders or [reference(arguments, Path(out))]:
            compare(report, arguments.rounds)


if __name__ == "__main__":
    main()
