"""Write every export of a large class: seconds, size of the file, and the most memory.

    python benchmarks/exports.py [--students 10000]

The class is made up: each student has a page of 60 kB and a report as real gradings write it. Each format has a process of its
own; seconds are those of the processor, and of the clock.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from grader.exports import archive  # noqa: E402  the makers of files lie with the tests
from grader.exports.platforms import FOR_STAFF, MERGED, WRITTEN, Packed, merged, written  # noqa: E402
from grader.runs import SubmissionFolder  # noqa: E402
from kit import class_folder, platform_files, report_samples  # noqa: E402

PAGE = 60_000
DOWNLOADS = {
    "canvas": platform_files.canvas,
    "moodle": platform_files.moodle,
    "blackboard": platform_files.blackboard,
    "brightspace": platform_files.brightspace,
}


def main() -> None:
    """Print a line for each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(*arguments.one, arguments.students)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = class_folder.submission(Path(folder), report_samples.wrong())
        page = made / "report.html"
        page.write_bytes(os.urandom(PAGE // 2).hex().encode())
        for k in range(arguments.students):
            student = Path(folder, f"student{k}")
            student.mkdir()
            for name in ("report.html", "report.json", "results.json"):
                os.link(made / name, student / name)
        print(f"{arguments.students} students")
        print(f"{'format':22} {'seconds':>8} {'clock':>8} {'MB written':>10} {'MB memory':>10}")
        for name in (*(f"{each} --into" for each in MERGED), *WRITTEN, *FOR_STAFF):
            again = [sys.executable, __file__, "--students", str(arguments.students), "--one", name, folder]
            print(subprocess.check_output(again, text=True), end="", flush=True)


def one(name: str, folder: str, students: int) -> None:
    """Write one format and say how that went."""
    finals = [
        replace(each, folder=Path(folder, f"student{k}"), submission=f"Ann Student_{each.who.id}_assignsubmission_file")
        for k, each in enumerate(platform_files.finals(count=students))
    ]
    platform, _, into = name.partition(" ")
    download = DOWNLOADS[platform](platform_files.people(students)) if into else b""
    out = Path(folder, f"{platform}.out")
    began, clock = time.process_time(), time.perf_counter()
    if into:
        title = "" if platform == "moodle" else platform_files.TITLE
        made: object = merged(platform, download, finals, title=title, file="the download")
    else:
        made = written(platform, finals, results=lambda path: SubmissionFolder(path).result())
    if isinstance(made, Packed):
        archive.write(out, made.files)
    else:
        out.write_bytes(made.content)  # type: ignore[attr-defined]
    seconds, clock = time.process_time() - began, time.perf_counter() - clock
    assert len(made.changes) == students  # type: ignore[attr-defined]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:22} {seconds:8.2f} {clock:8.2f} {out.stat().st_size / 1e6:10.1f} {memory:10.0f}")
    out.unlink()


if __name__ == "__main__":
    main()
