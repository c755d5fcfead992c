"""The report as one HTML file: no script, nothing fetched, every word of a student escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from jinja2 import Environment
from markupsafe import Markup

from grader import __version__
from grader.causes import causes
from grader.filenames import EXECUTED
from grader.model import Picture, Quote, Report, Transcript
from grader.report import plots, templating
from grader.report.facts import facts, files
from grader.report.layout import followers, headline, outline, remarks, setting, spared

Audience = Literal["student", "staff"]
Drawings = tuple[tuple[str, str, Markup], ...]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def html(report: Report, *, audience: Audience) -> str:
    """Return the page for `audience`: what a student learns from, or that and everything staff need to defend it."""
    return _page(report, audience, _drawings(report))


def pages(report: Report) -> dict[Audience, str]:
    """Return the pages for all audiences, with each picture drawn once."""
    drawings = _drawings(report)
    return {audience: _page(report, audience, drawings) for audience in ("student", "staff")}


def _page(report: Report, audience: Audience, drawings: Mapping[str, Drawings]) -> str:
    staff, result = audience == "staff", report.result
    template = environment().get_template("page.html")
    return template.render(
        report=report,
        staff=staff,
        version=__version__,
        policy=POLICY,
        headline=headline(result),
        cards=causes(result),
        followers=followers,
        spared=spared,
        remarks=remarks(result),
        setting=setting(result),
        outline=outline(report.score.items, everything=staff, faults=staff),
        drawings=drawings,
        readings=_readings(report) if staff else {},
        facts=facts,
        files=files(report.submission.files) if staff else (),
    )


def load() -> None:
    """Read and compile the templates, so that the first page does not wait for them."""
    templates = environment()
    for name in templates.list_templates(extensions=("html",)):
        templates.get_template(name)


@cache
def environment() -> Environment:
    """Return what makes pages of the templates of reports."""
    return templating.environment("grader.report")


def _readings(report: Report) -> dict[str, list[tuple[str, Any]]]:
    """Return what a person reads of each check, with ids; what stands on the page already is only referred to."""
    # here, because a student's page needs neither parser nor highlighter
    from grader.report.executed_names import names
    from grader.report.notebook import reading

    beside: dict[Quote | Transcript, str] = {each: f"{EXECUTED}/{name}" for each, name in names(report).items()}
    shown: dict[Quote | Transcript, str] = {}
    found: dict[str, list[tuple[str, Any]]] = {}
    for item in report.score.items:
        for scored in item.findings:
            for each in scored.finding.for_staff:
                known = each in shown
                name = shown.setdefault(each, f"reading-{len(shown) + 1}")
                whole = each.title if known else reading(each, address=beside.get(each, ""))
                found.setdefault(scored.finding.check, []).append((name, whole))
    return found


def _drawings(report: Report) -> dict[str, Drawings]:
    """Return title, caption and drawing of every picture, by the check that shows it."""
    findings = [scored.finding for item in report.score.items for scored in item.findings]
    return {
        finding.check: tuple(
            _drawn(picture, f"picture-{place}-{k}") for k, picture in enumerate(finding.pictures, start=1)
        )
        for place, finding in enumerate(findings, start=1)
    }


def _drawn(picture: Picture, name: str) -> tuple[str, str, Markup]:
    try:
        # the one text that is not escaped here: plots escape all that they are given
        return picture.title, plots.caption(picture), Markup(plots.svg(picture, name=name))  # noqa: S704
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # a picture that cannot be drawn must not cost the report
        return picture.title, f"This picture could not be drawn ({type(error).__name__}).", Markup("")
