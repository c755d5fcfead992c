"""The class page: one file that needs nothing else, or the content of a page that the review serves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup, escape

from grader import __version__
from grader.insight import charts
from grader.insight.behind import written
from grader.insight.model import Overview, Places, Who
from grader.report import templating
from grader.text import points, printable

# so many names stand beside a number, where no more are behind it
NAMED = 6
# so many of the rest are shown at first
SHOWN = 12
# check, diagnosis and pattern -> what all who have made that mistake read
Remarks = Mapping[tuple[str, str, str], str]
Links = Callable[[Who], str]


def html(overview: Overview, *, links: Links) -> str:
    """Return the class as a file: nothing is fetched, and it can be read without its one script. `links` leads to each report."""
    script = _text("grader.insight", "class.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    template = _environment().get_template("file.html")
    return template.render(
        overview=overview,
        main=main(overview, links=links),
        policy=policy,
        page_style=Markup(_text("grader.report", "page.css")),  # noqa: S704
        style=Markup(_text("grader.insight", "class.css")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        version=__version__,
    )


def main(overview: Overview, *, links: Links, live: bool = False, remarks: Remarks | None = None) -> Markup:
    """Return the content of the page. `live` adds what writes to the gradebook; `remarks` are the comments that are there."""
    template = _environment().get_template("main.html")
    rendered = template.render(
        o=overview,
        charts=charts,
        num=lambda places, text="": _number(overview.rows, places, text),
        names=lambda places: _names(overview.rows, places),
        link=lambda place: _name(overview.rows[place], links),
        rows=_rows(overview, links),
        live=live,
        remarks=remarks or {},
        shown=SHOWN,
    )
    return Markup(rendered)  # noqa: S704


def _text(package: str, name: str) -> str:
    return files(package).joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = templating.environment("grader.insight")
    made.filters.update(
        percent=lambda share: f"{100 * share:.0f}\u202f%", signed=lambda r: f"{r:.2f}".replace("-", "\u2212")
    )
    return made


def _number(rows: Sequence[Who], places: Places, text: str) -> Markup:
    """Return how many there are, as a link that shows them alone in the table."""
    count = len(set(places))
    said = text or f"{count:,}"
    if not places:
        return Markup("{}").format(said)
    who = f' title="{escape(", ".join(_called(rows, places)))}"' if count <= NAMED else ""
    # what is put together is ours, or escaped
    return Markup(f'<a class="n" href="#everybody" data-who="{written(places)}"{who}>{escape(said)}</a>')  # noqa: S704


def _names(rows: Sequence[Who], places: Places) -> str:
    """Return the names of a few, nothing for more."""
    return ", ".join(_called(rows, places)) if len(set(places)) <= NAMED else ""


def _called(rows: Sequence[Who], places: Places) -> list[str]:
    return [printable(rows[place].name) for place in dict.fromkeys(places)]


def _name(who: Who, links: Links) -> Markup:
    return Markup('<a href="{}">{}</a>').format(links(who), printable(who.name))


def _rows(overview: Overview, links: Links) -> Markup:
    """Return the rows of the table of all; written here, as a template would take seconds for thousands."""
    return Markup("\n".join(_row(who, links) for who in overview.rows))  # noqa: S704


def _row(who: Who, links: Links) -> str:
    key = f" <small>{escape(printable(who.student))}</small>" if who.student != who.name else ""
    late = " <small>late</small>" if who.late else ""
    cells = [
        f'<th scope="row"><a href="{escape(links(who))}">{escape(printable(who.name))}</a>{key}{late}</th>',
        f"<td>{'' if who.points is None else points(round(who.points, 2))}</td>",
        *(f"<td>{'' if each is None else points(round(each, 2))}</td>" for each in who.items),
        f"<td>{points(round(who.open, 2)) if who.open else ''}</td>",
        f"<td>{who.attempt}</td>",
        f"<td>{escape(who.waits)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"
