"""Gradescope's ``results.json``: one submission as tests with points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader import __version__
from grader.causes import causes
from grader.model import Result, ScoredFinding, ScoredItem, Verdict
from grader.text import as_json_text, counted, number, points, printable

WITHHELD = "The grader had a fault here, not your code: these points are withheld until staff have graded it again."
PENDING = "A person reads this part of your work; its points come later."
WAITS = "Waits for a person"
UNLOOKED = "Not looked at yet, because something it depends on did not pass:"


def as_data(result: Result) -> dict[str, Any]:
    """Return `result` as the data of a Gradescope ``results.json``: one test a finding, numbered ``item.check``.

    Withheld points count 0 there until they are decided, and the texts say so. What waits for a person is neither passed nor
    failed: it has a text but no score, so that pending points are missing from what the tests add up to.
    """
    told = _told_elsewhere(result)
    return {
        "score": number(result.marks.earned),
        "execution_time": round(float(result.seconds), 3),
        "output": _overview(result),
        "output_format": "text",
        "visibility": "visible",
        "tests": [
            _test(place, item.title, scored, told.get(scored.finding.check, ""))
            for place, item, scored in _placed(result)
        ],
        "extra_data": {
            "grader_version": __version__,
            "assignment": result.assignment,
            "digest": result.digest,
            "rubric_digest": result.rubric_digest,
            "seed": result.seed,
        },
    }


def as_json(result: Result) -> str:
    """Return `result` as the text of that document."""
    return as_json_text(as_data(result))


def _placed(result: Result) -> Iterator[tuple[str, ScoredItem, ScoredFinding]]:
    """Yield every finding with its number on Gradescope and its item."""
    for k, item in enumerate(result.items, start=1):
        for n, scored in enumerate(item.findings, start=1):
            yield f"{k}.{n}", item, scored


def _told_elsewhere(result: Result) -> dict[str, str]:
    """Return, by check, which other one tells its cause, where it does not do that itself."""
    places = {scored.finding.check: place for place, _, scored in _placed(result)}
    return {
        other.finding.check: f"The cause is told in {places[cause.lead.finding.check]}: {cause.title}"
        for cause in causes(result)
        for other in cause.others
    }


def things_to_put_right(result: Result) -> list[str]:
    """Return the lines of the overview that name the causes of what is wrong; none where nothing is."""
    found = causes(result)
    if not found:
        return []
    costs = (f"- {cause.title}{f' (−{points(cause.lost)})' if cause.lost else ''}" for cause in found)
    return [f"{counted(len(found), 'thing')} to put right:", *costs]


def _overview(result: Result) -> str:
    marks = result.marks
    lines = [f"{points(marks.earned)} of {points(marks.possible)} points."]
    if marks.withheld:
        lines.append(f"{counted(marks.withheld, 'point')} withheld. {WITHHELD}")
    if marks.pending:
        lines.append(f"{counted(marks.pending, 'point')} pending. {PENDING}")
    return printable("\n".join([*lines, *things_to_put_right(result)]), newlines=True)


def _test(place: str, item_title: str, scored: ScoredFinding, elsewhere: str) -> dict[str, Any]:
    finding, marks = scored.finding, scored.marks
    judged = {
        "score": number(marks.earned),
        "max_score": number(marks.possible),
        "status": "passed" if finding.verdict is Verdict.PASSED else "failed",
    }
    return {
        # where there is no score, Gradescope shows neither a tick nor a cross
        **({} if finding.verdict is Verdict.PENDING else judged),
        "name": f"{printable(item_title)}: {printable(finding.title)}",
        "name_format": "text",
        "number": place,
        "output": printable(elsewhere or _words(scored), newlines=True),
        "output_format": "text",
        "tags": [finding.check, str(finding.verdict)],
        "visibility": "visible",
    }


def _words(scored: ScoredFinding) -> str:
    finding = scored.finding
    if finding.verdict is Verdict.PENDING:
        head = f"{WAITS}: {counted(scored.marks.pending, 'point')} pending. {PENDING}"
        return "\n\n".join(part for part in (head, finding.message, finding.hint) if part)
    if finding.verdict is Verdict.UNDECIDED:
        return WITHHELD
    message = f"{UNLOOKED} {finding.message}" if finding.verdict is Verdict.BLOCKED else finding.message
    hint = f"What to try: {finding.hint}" if finding.hint and finding.verdict is not Verdict.PASSED else finding.hint
    return "\n\n".join(part for part in (message, hint) if part)
