"""The report as one HTML file: no script, nothing fetched, every word of a student escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader import __version__
from grader.causes import causes
from grader.filenames import EXECUTED
from grader.model import Picture, Quote, Report, Transcript
from grader.report import plots
from grader.report.facts import facts, files
from grader.report.layout import followers, headline, outline, remarks, setting, spared
from grader.text import number, points, printable

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
    template = _environment().get_template("page.html")
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
    environment = _environment()
    for name in environment.list_templates(extensions=("html",)):
        environment.get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(points=points, number=number, prose=_prose, share=_share)
    return environment


def _shown(value: Any) -> Any:
    """Make what a template prints harmless; escaping comes after."""
    return printable(value, newlines=True) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Return `text` with what stands between backticks as code."""
    parts = printable(text, newlines=True).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    pieces = [Markup("<code>{}</code>").format(part) if k % 2 else _unbroken(part) for k, part in enumerate(parts)]
    return Markup("").join(pieces)


def _unbroken(text: str) -> Markup:
    """Return text in which no line ends within an arrow."""
    return Markup('<span class="arrow">-&gt;</span>').join(text.split("->"))


def _share(part: float, whole: float) -> str:
    """Return `part` of `whole` as a CSS percentage."""
    return f"{100 * min(max(part / whole, 0), 1):.4g}%" if whole > 0 else "0%"


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
