"""What a gradebook holds and bears: writers at once, large classes, kills, and a regrade.

    python benchmarks/gradebook.py writers [--processes 8] [--each 1000]    writing marks and a guide at once: none lost
    python benchmarks/gradebook.py class [--students 10000]                 a stub for the sandbox: at most 3 minutes, 500 MB
    python benchmarks/gradebook.py kills [--kills 30] [--students 1000]     killed at random, continued: row for row the same
    python benchmarks/gradebook.py regrade RUN [--submissions 1000]         a run, copied so often: at most 20 s on two cores

Writers write into SQLite, and into PostgreSQL where there is a server.
Each prints a line of figures, and ends with status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlalchemy import select  # noqa: E402  ours are found by the line above

from grader import atomic, gradebook  # noqa: E402
from grader.exports.final import Final  # noqa: E402
from grader.gradebook.engine import reading  # noqa: E402
from grader.gradebook.tables import ATTEMPTS, AUDIT, FINDINGS, GRADINGS, SUBMITTERS  # noqa: E402
from grader.report import as_json  # noqa: E402
from grader.runs import RunFolder  # noqa: E402
from grader.runs.finals import finals_of  # noqa: E402
from grader.text import as_json_text  # noqa: E402
from kit import postgres, report_samples  # noqa: E402
from kit.books import given, noted  # noqa: E402

PLACE = "code", "says"
# every so many marks tick an entry, and every so many change it
TICKED, CHANGED = 4, 20
MINUTES, MEGABYTES, REGRADE_SECONDS = 3, 500, 20


@contextlib.contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Give the URL of each kind of database that there is; an empty one is for a file in the run's folder."""
    with contextlib.ExitStack() as stack:
        found = {"SQLite": ""}
        if postgres.problem():
            print(f"PostgreSQL is left out: {postgres.problem()}")
        else:
            found["PostgreSQL"] = stack.enter_context(postgres.server())
        yield found


def again(*words: object) -> subprocess.Popen[str]:
    """Start this program as one of its own parts."""
    command = [sys.executable, __file__, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def marking(folder: Path, name: str, each: int) -> None:
    """Write so many marks, every other one to an attempt that all others mark as well, and change the guide now and then."""
    with gradebook.opened(folder) as book:
        (entry,) = book.guide(*PLACE)
        for k in range(each):
            student = "all" if k % 2 else name
            how = {"entries": (entry.id,)} if k % TICKED == 0 else {"entries": ()}
            points = None if k % TICKED == 0 else str(k % 3)
            (step,) = book.mark(given(points, f"{name} {k}", student=student, **how), author=name)
            assert step.after
            assert not step.wrong
            while k % CHANGED == 0:
                (entry,) = book.guide(*PLACE)
                points = entry.points % -3 - Decimal("0.01")
                if not book.change_entry(entry.id, version=entry.version, points=points, author=name).conflict:
                    break


def writers(arguments: argparse.Namespace, folder: Path) -> bool:
    """Let processes write marks, and change an entry of the guide that they tick, at once in each database."""
    well = True
    names = [f"w{n}" for n in range(arguments.processes)]
    wanted = arguments.processes * arguments.each
    changes = arguments.processes * len(range(0, arguments.each, CHANGED))
    with databases() as found:
        for kind, url in found.items():
            run = folder / kind
            with gradebook.opened(run, url) as book:
                book.note(noted("all"), *map(noted, names))
                book.add_entry(*PLACE, "Nothing compared", Decimal(-1), author="prof")
            started, before = time.perf_counter(), os.times()
            parts = [again("marking", run, name, arguments.each) for name in names]
            errors = [error for part in parts if (error := part.communicate()[1])]
            seconds, after = time.perf_counter() - started, os.times()
            cores = after.children_user + after.children_system - before.children_user - before.children_system
            with gradebook.opened(run) as book:
                audited = [each.change for each in book.audit() if each.change.what == "mark"]
                told = {change.after.partition('"')[2] for change in audited}
                marks = [each.mark for each in book.answers(*PLACE) if each.mark]
                (entry,) = book.guide(*PLACE)
            kept = sum(mark.version for mark in marks)
            follow = all(mark.points == 3 + entry.points for mark in marks if mark.entries)
            print(
                f"{kind}: {arguments.processes} processes wrote {wanted} marks and changed an entry {changes} times in "
                f"{seconds:.1f} s, {cores:.1f} core seconds; in the audit {len(told)} marks, {len(audited)} with those that "
                f"followed, in the versions {kept}; the entry was changed {entry.version - 1} times, its marks "
                f"{'follow' if follow else 'do NOT follow'}; processes with an error {len(errors)}"
            )
            for error in errors[:1]:
                print(error)
            lost = len(told) < wanted or len(audited) != kept or entry.version - 1 != changes or not follow
            well = well and not lost and not errors
    return well


def of_a_class(arguments: argparse.Namespace, folder: Path) -> bool:
    """Note a class as it would be graded, and write summary and finals."""
    made = report_samples.wrong().result
    run = RunFolder(folder, gradebook="")
    started = time.perf_counter()
    with run.taken():
        for k in range(arguments.students):
            result = replace(made, id=f"s{k}", digest=f"sha256:{k}")
            run.of(result.id).path.mkdir(parents=True)
            run.of(result.id).report.write_text(as_json_text(as_json(result)))
            run.add(result.id, result, key=f"{k}")
        noting = time.perf_counter() - started
        run.summarise()
    finals: tuple[Final, ...] = finals_of(folder)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in folder.glob("gradebook.sqlite*")) / 1e6
    print(
        f"{len(finals)} students, {len(made.findings)} findings each: {seconds:.1f} s, {time.process_time():.1f} core seconds "
        f"({noting:.1f} s of it noting, reports and journal; the rest summary and finals), at most {peak:.0f} MB of memory, "
        f"{size:.0f} MB on disk"
    )
    return seconds < 60 * MINUTES and peak < MEGABYTES and len(finals) == arguments.students


def stub(folder: Path, students: int) -> None:
    """Grade a class without a sandbox, going on where an earlier one was killed."""
    made = report_samples.wrong().result
    run = RunFolder(folder, gradebook="")
    with run.taken():
        for k in range(students):
            name = f"s{k}"
            before = run.entries.get(name)
            # as a run does: what has a report and is not noted with its key is graded again
            if before and (before.key or before.row.error):
                continue
            if k % 9 == 0:
                run.fail(name, f"{name}: is empty")
                continue
            run.of(name).path.mkdir(parents=True, exist_ok=True)
            result = replace(made, id=name, digest=f"sha256:{k}", seed=k)
            atomic.write(run.of(name).report, as_json_text(as_json(result)), durable=False)
            run.add(name, result, key=f"{k}")
            print(k, flush=True)
        run.summarise()


def rows(folder: Path) -> list[tuple[str, ...]]:
    """Return everything that is noted, times and ids apart."""
    apart = {"id", "run", "grading", "submitter", "attempt", "noted", "stamp", "made", "secret"}
    around = SUBMITTERS.join(ATTEMPTS).outerjoin(GRADINGS).outerjoin(FINDINGS)
    names = [each for table in (SUBMITTERS, ATTEMPTS, GRADINGS, FINDINGS) for each in table.c if each.name not in apart]
    with gradebook.opened(folder) as book, reading(book.engine) as connection:
        found = [tuple(map(str, row)) for row in connection.execute(select(*names).select_from(around))]
        changes = [each for each in AUDIT.c if each.name not in apart]
        found += [tuple(map(str, row)) for row in connection.execute(select(*changes))]
    return sorted(found)


def kills(arguments: argparse.Namespace, folder: Path) -> bool:
    """Kill a run at random moments, let it go on, and compare its gradebook with that of an undisturbed one."""
    killed, whole = folder / "killed", folder / "whole"
    done = 0
    for _ in range(arguments.kills):
        part = again("stub", killed, arguments.students)
        assert part.stdout
        for _ in range(secrets.randbelow(arguments.students // arguments.kills + 1)):
            part.stdout.readline()
        time.sleep(secrets.randbelow(20) / 1000)
        done += part.poll() is None
        part.kill()
        part.communicate()
    for each in (killed, whole):
        part = again("stub", each, arguments.students)
        if error := part.communicate()[1]:
            print(error)
    first, second = rows(killed), rows(whole)
    same = first == second and (killed / "summary.csv").read_bytes() == (whole / "summary.csv").read_bytes()
    print(
        f"killed {done} times while it ran, and continued: {len(first)} rows, {'the same' if same else 'NOT the same'}"
    )
    return same


def regrade(arguments: argparse.Namespace, folder: Path) -> bool:
    """Judge a run's submissions again, copied until there are enough, and print what that takes; nothing is written."""
    found = [path.parent for path in sorted(arguments.run.glob("*/report.json"))]
    for k in range(arguments.submissions):
        # links cost no room
        shutil.copytree(found[k % len(found)], folder / f"s{k}", copy_function=os.link)
    words = [sys.executable, "-m", "grader", "regrade", str(folder), "--json", "--jobs", "2", *arguments.more]
    started, before = time.perf_counter(), os.times()
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - started, os.times()
    cores = after.children_user + after.children_system - before.children_user - before.children_system
    told = json.loads(answer.stdout)["submissions"]
    changed = sum(each["changed"] for each in told)
    print(f"{len(told)} submissions judged again, {changed} change: {seconds:.1f} s, {cores:.1f} core seconds")
    return seconds < REGRADE_SECONDS and len(told) == arguments.submissions


def main() -> int:
    """Measure what the arguments name and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    part = parts.add_parser("writers")
    part.add_argument("--processes", type=int, default=8)
    part.add_argument("--each", type=int, default=1000)
    parts.add_parser("class").add_argument("--students", type=int, default=10_000)
    part = parts.add_parser("kills")
    part.add_argument("--kills", type=int, default=30)
    part.add_argument("--students", type=int, default=1000)
    part = parts.add_parser("regrade")
    part.add_argument("run", type=Path)
    part.add_argument("--submissions", type=int, default=1000)
    part.add_argument("more", nargs=argparse.REMAINDER, help="passed on to `mlpgrader regrade`")
    for name, more in (("marking", ("name", "each")), ("stub", ("students",))):
        part = parts.add_parser(name)
        part.add_argument("folder", type=Path)
        for each in more:
            part.add_argument(each, type=str if each == "name" else int)
    arguments = parser.parse_args()
    if arguments.part == "marking":
        marking(arguments.folder, arguments.name, arguments.each)
        return 0
    if arguments.part == "stub":
        stub(arguments.folder, arguments.students)
        return 0
    measure = {"writers": writers, "class": of_a_class, "kills": kills, "regrade": regrade}[arguments.part]
    with tempfile.TemporaryDirectory() as folder:
        return 0 if measure(arguments, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
