"""What the class page costs: read from a gradebook, worked out, written.

    python benchmarks/insight.py [--students 1000 10000]      at most 1 s and 2 MB for 1,000, at most 3 s for 10,000

Time is that of the processor, and the goals are for all of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlalchemy import delete, insert, select  # noqa: E402  ours are found by the line above

from grader.gradebook.engine import writing  # noqa: E402
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS  # noqa: E402
from grader.insight import About, of_run, overview, page  # noqa: E402
from kit import glancing  # noqa: E402
from kit.books import book_in, noted, result  # noqa: E402

SECONDS, MEGABYTES = {1000: 1.0, 10_000: 3.0}, {1000: 2.0}
TOGETHER = 500


def fill(folder: Path, students: int) -> None:
    """Make a gradebook of a class of that size, with what was found of everybody."""
    standings = [each for each in glancing.class_of(students) if each.findings]
    of_folder = {each.folder: each for each in standings}
    with book_in(folder) as book:
        for k in range(0, len(standings), TOGETHER):
            some = standings[k : k + TOGETHER]
            book.note(
                *(noted(each.student, each.attempt, of=result(digest=each.digest), folder=each.folder) for each in some)
            )
        with writing(book.engine) as connection:
            graded = connection.execute(select(GRADINGS.c.id, ATTEMPTS.c.folder).join(ATTEMPTS)).all()
            connection.execute(delete(FINDINGS))
            for row in graded:
                found = of_folder[row.folder].findings
                told = [{"grading": row.id, **vars(each), "verdict": str(each.verdict)} for each in found]
                connection.execute(insert(FINDINGS), told)


def timed(students: int) -> bool:
    """Print what a class of that size costs, and return whether it is within its bounds."""
    with tempfile.TemporaryDirectory() as temporary:
        fill(Path(temporary), students)
        with book_in(Path(temporary)) as book:
            begin = time.process_time()
            made = of_run(book)
            worked = time.process_time()
            text = page.html(made, links=lambda who: f"{who.folder}/staff.html")
            written = time.process_time()
    size, spent = len(text.encode()) / 1e6, written - begin
    print(
        f"{students:,} students: read and worked out {worked - begin:.2f} s, written {written - worked:.2f} s, {size:.2f} MB"
    )
    return spent <= SECONDS.get(students, spent) and size <= MEGABYTES.get(students, size)


def main() -> int:
    """Time classes of the sizes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[1000, 10_000])
    # templates are read and compiled once in a process
    page.html(overview([], About()), links=lambda who: "")
    in_bounds = [timed(students) for students in parser.parse_args().students]
    return 0 if all(in_bounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
