"""Gradescope: what was handed in, each with its ``results.json`` and the final points, and a table of all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.exports import gradescope
from grader.exports.cells import harmless
from grader.exports.final import Final, rounded
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import points_of, remark_on
from grader.exports.platforms.made import Change, Packed
from grader.exports.platforms.names import Names
from grader.exports.release import LeftOut, Released, name_of
from grader.model import Marks, Result
from grader.text import as_json_text, printable

TABLE, RESULTS = "grades.csv", "results.json"
NO_REPORT = "has no report"
COLUMNS = (
    "Name",
    "SID",
    "Email",
    "Sections",
    "Total Score",
    "Max Points",
    "Status",
    "Submission ID",
    "Submission Time",
)
_ID = re.compile(r"(?:submission_)?(\d+)")


def packed(finals: Released, results: Callable[[Path], Result | None]) -> Packed:
    """Return an archive: a folder for each submission with its ``results.json``, and a table in the shape of Gradescope's own.

    `results` reads what the folder of a submission says. Who has handed in as a group has one folder in common.
    """
    left_out = list(finals.held)
    there: list[tuple[str, Final]] = []
    names = Names()
    shared: dict[str, str] = {}
    for final in finals.finals:
        if final.folder is None or not (final.folder / RESULTS).is_file():
            left_out.append(LeftOut(name_of(final), NO_REPORT))
            continue
        number = _ID.fullmatch(final.submission)
        key = final.submission or str(final.folder)
        if key not in shared:
            shared[key] = names.take(f"submission_{number.group(1)}" if number else final.submission or name_of(final))
        there.append((shared[key], final))
    changes = tuple(Change(name_of(final), "", numbers.written(points_of(final))) for _, final in there)
    told = (
        "Gradescope takes a results.json from its own autograder only; the table is for whoever enters points by hand.",
    )
    return Packed(_files(there, results), changes, tuple(left_out), told)


def as_data(final: Final, result: Result) -> dict[str, Any]:
    """Return the ``results.json`` of a submission with its final points, to which the tests add up.

    What people gave, or took, is a test of its own for each item, in the place of what waited for them; so is lateness.
    """
    data = gradescope.as_data(result)
    waited = {scored.finding.check for item in result.items for scored in item.findings if _is_open(scored.marks)}
    tests = [test for test in data["tests"] if test["tags"][0] not in waited]
    known = {item.id: item for item in result.items}
    sum_of_tests = numbers.exact(result.marks.earned)
    for name, points in final.items.items():
        item = known.get(name)
        found = numbers.exact(item.marks.earned) if item else Decimal(0)
        # parts of a point may be finer than what is handed on
        if points != rounded(found) or (item and _is_open(item.marks)):
            tests.append(_test(f"{item.title if item else name}: given by a person", points - found))
            sum_of_tests += points - found
    if points_of(final) != rounded(sum_of_tests):
        tests.append(_test(final.late or "Added or taken off at the end", points_of(final) - sum_of_tests))
    overview = [f"{numbers.written(points_of(final))} of {numbers.written(final.possible)} points.", remark_on(final)]
    output = "\n".join(filter(None, (*overview, *gradescope.things_to_put_right(result))))
    return data | {"score": float(points_of(final)), "output": printable(output, newlines=True), "tests": tests}


def _is_open(marks: Marks) -> bool:
    return bool(marks.pending or marks.withheld)


def _files(there: list[tuple[str, Final]], results: Callable[[Path], Result | None]) -> Iterator[tuple[str, bytes]]:
    yield TABLE, _table(there)
    for name, final in dict(reversed(there)).items():
        result = results(final.folder) if final.folder else None
        if result is not None:
            yield f"{name}/{RESULTS}", as_json_text(as_data(final, result)).encode(errors="backslashreplace")


def _test(name: str, points: Decimal) -> dict[str, Any]:
    return {"name": printable(name), "name_format": "text", "score": float(points), "visibility": "visible"}


def _table(there: list[tuple[str, Final]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, final in there:
        who = final.who
        number = _ID.fullmatch(name)
        writer.writerow(
            [
                *(harmless(each) for each in (who.name, who.sis, who.mail, who.section)),
                numbers.written(points_of(final)),
                numbers.written(final.possible),
                "Graded",
                number.group(1) if number else harmless(name),
                final.handed_in.strftime("%Y-%m-%d %H:%M:%S +0000") if final.handed_in else "",
            ]
        )
    return made.getvalue().encode(errors="backslashreplace")
