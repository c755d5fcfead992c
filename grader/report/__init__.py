"""What people read: one report as data, in the terminal, and as a page for the student or for staff.

Every function loads what it needs when it is called: drawing takes half a second to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from grader.model import Evidence, Finding, Report, Result, Score, Submission

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "as_json",
    "compose",
    "executed",
    "html",
    "needs_matplotlib",
    "pages",
    "summary_table",
    "terminal",
    "warm_up",
]


def compose(
    submission: Submission,
    score: Score,
    evidence: Evidence,
    *,
    assignment: str,
    assignment_title: str,
    rubric_digest: str,
    unwritten: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> Report:
    """Put together what people read: the score, whose it is, and how it came about."""
    return Report(
        assignment=assignment,
        assignment_title=assignment_title,
        submission=submission,
        rubric_digest=rubric_digest,
        score=score,
        evidence=evidence,
        unwritten=tuple(unwritten),
        notices=tuple(notices),
    )


def as_json(result: Result) -> dict[str, Any]:
    """Return `result` as plain data, schema `mlpgrader.report/2`; only `seconds` depends on the clock."""
    from grader.report import document

    return document.as_json(result)


def terminal(result: Result) -> RenderableType:
    """Return `result` as something that a rich console prints: what failed and what to do, without inner workings."""
    from grader.report import console

    return console.Single(result)


def summary_table(results: Iterable[Result], failures: Mapping[str, str] | None = None) -> RenderableType:
    """Return a class as a table for a rich console; `failures` says why some submissions could not be read."""
    from grader.report import console

    return console.Summary(tuple(results), dict(failures or {}))


def html(report: Report, *, audience: Literal["student", "staff"] = "student") -> str:
    """Return `report` as one self-contained page for `audience`."""
    from grader.report import page

    return page.html(report, audience=audience)


def pages(report: Report) -> dict[Literal["student", "staff"], str]:
    """Return the pages for students and for staff, for less than the price of both: pictures are drawn once."""
    from grader.report import page

    return page.pages(report)


def executed(report: Report) -> dict[str, bytes]:
    """Return what lies in the folder ``executed``, name -> content: notebooks as Jupyter saves them, and as pages."""
    from grader.report import executed_notebooks

    return executed_notebooks.files(report)


def warm_up(*, pictures: bool = True) -> None:
    """Load what pages need, and what draws pictures, so that a thread can do it while the sandbox works."""
    from grader.report import page, plots

    page.load()
    if pictures:
        plots.warm_up()


def needs_matplotlib(finding: Finding) -> bool:
    """Tell whether a finding has pictures that are drawn by what takes long to load."""
    from grader.report import plots

    return any(plots.needs_matplotlib(picture) for picture in finding.pictures)
