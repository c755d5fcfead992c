"""A made class goes end to end in each layout, and every number has to be the same in all of them.

    python benchmarks/class_of_sixty.py [--layouts canvas,moodle] [--size 60] [--sandbox docker] [--jobs 2]

Sixty students with names of every script hand in real code for `byomlp`, without notebooks: right in many styles, with planted
bugs, hostile, missing, renamed, packed, copied, late, in groups and more than once. Each layout is graded, killed with SIGKILL
once, gone on with, marked from a file, regraded by a changed rubric, marked again, released, and written into the file that goes
back up. Prints a line for each layout, and ends with status 1 where two layouts, or the gradebook and the file, differ.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from grader.sandbox import KINDS  # noqa: E402  ours are found by the line above
from kit import made_class  # noqa: E402
from kit.evening import Evening, differences, spent, wrong  # noqa: E402

SHOWN = 20


def used() -> float:
    """Return the processor seconds of this process and all that have ended below it."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def line(evening: Evening, seconds: float) -> str:
    """Return what came of a layout in a line."""
    rows = evening.rows
    sums = (
        sum(Decimal(row[0]) for row in rows[stage].values() if row[0]) for stage in ("graded", "marked", "released")
    )
    waits = Counter(bool(row[0]) for row in rows["regraded"].values())[True]
    graded = sum(bool(row[0]) for row in rows["graded"].values())
    return (
        f"{evening.layout:17} {len(rows['graded']):4} {graded:6} {evening.begun:7} {evening.skipped:7} "
        + " ".join(f"{total:>8}" for total in sums)
        + f" {graded - waits:6} {len(rows['uploaded']):8} {evening.seconds:7.0f} {seconds:6.0f}"
    )


def main() -> int:
    """Spend an evening for each layout and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layouts", default=",".join(made_class.PACKED), help="which, with commas (default: all)")
    parser.add_argument("--size", type=int, default=made_class.SIZE, help="how many of the sixty (default: all)")
    parser.add_argument("--sandbox", choices=KINDS, default="docker")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    places = range(given.size) if given.size > len(made_class.SMALL) else made_class.SMALL[: given.size]
    print(
        f"{'layout':17} {'all':>4} {'graded':>6} {'at kill':>7} {'skipped':>7} {'points':>8} {'marked':>8} {'released':>8} "
        f"{'stale':>6} {'uploaded':>8} {'seconds':>7} {'CPU':>6}"
    )
    first: Evening | None = None
    differ = 0
    for layout in given.layouts.split(","):
        before = used()
        with tempfile.TemporaryDirectory() as folder:
            evening = spent(layout, Path(folder), places=places, sandbox=given.sandbox, jobs=given.jobs)
        first = first or evening
        found = [*wrong(evening), *differences(first, evening)]
        print("\n".join([line(evening, used() - before), *found[:SHOWN]]), flush=True)
        differ += len(found)
    print(f"{differ} differences" if differ else "every number is the same in all of them")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
