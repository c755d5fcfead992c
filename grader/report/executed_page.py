"""A notebook that was run, as a page by nbconvert: nothing on it runs, nothing is fetched, and its size is bounded."""

from __future__ import annotations

# of nbconvert and nbformat, little is typed
# mypy: disable-error-code="no-untyped-call"
import re
from copy import deepcopy
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import TemplateNotFound, pass_context
from markupsafe import Markup, escape
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.datatypefilter import DataTypeFilter
from nbconvert.preprocessors.sanitize import SanitizeHTML

from grader import __version__
from grader.errors import AuthorError
from grader.report import markup
from grader.report.notebook import ANSI, CELL_LIMIT, OUTPUTS_A_CELL, Room
from grader.report.page import POLICY
from grader.text import printable

ROOM = "room"
TAGS = [
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul", "var",
]  # fmt: skip
ATTRIBUTES = {"*": ["class", "style", "title"], "td": ["colspan", "rowspan"], "th": ["colspan", "rowspan", "scope"]}
STYLES = [
    "background-color", "border-color", "color", "font-size", "font-style", "font-weight", "text-align", "text-decoration",
]  # fmt: skip
# elements that a reader of HTML opens again wherever one was left open: each of them may come back at every other tag
REOPENED = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)
# what stands in these is no text
UNSHOWN = re.compile(r"<(style|script)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
# of one notebook: tags that are read, and tags times those that may come back
TAG_ROOM, WORK_ROOM = 8_000, 40_000
FORMS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/latex", "text/plain")


class Sanitizer(SanitizeHTML):
    """Leaves of HTML outputs what only shows: no script, link, image or form; what takes long to read is left out.

    One is made for each notebook. Cells of text are not its business: their reader lets no HTML through.
    """

    def __init__(self) -> None:
        super().__init__(
            tags=TAGS,
            attributes=ATTRIBUTES,
            styles=STYLES,
            strip=True,
            # SVG is shown as an image, in which no script runs and for which nothing is fetched
            safe_output_keys={"text/plain", "text/latex", "text/markdown", "image/png", "image/svg+xml"},
            sanitized_output_types={"text/html"},
        )
        self.tag_room, self.work_room = TAG_ROOM, WORK_ROOM

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Sanitize the outputs of a notebook."""
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = self.sanitize_code_outputs(cell.outputs)
        return nb, resources

    def sanitize_html_tags(self, html_str: str) -> str:
        """Return what of an HTML output is shown."""
        tags = html_str.count("<")
        work = tags * len(REOPENED.findall(html_str))
        if tags > self.tag_room or work > self.work_room:
            return "<p>(HTML that takes long to read is left out.)</p>"
        self.tag_room -= tags
        self.work_room -= work
        try:
            return str(super().sanitize_html_tags(UNSHOWN.sub("", printable(html_str, newlines=True))))
        except RecursionError:
            return "<p>(HTML that is nested too deeply is left out.)</p>"


class Exporter(HTMLExporter):
    """The exporter, without reading the finished page once more to mend what ours has: that takes long."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **more: Any) -> Any:
        """Return the page of a notebook."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **more)


def html(notebook: Any, *, name: str, submission: str) -> str:
    """Return the page of a notebook, whose file is called `name`."""
    shown = deepcopy(notebook)
    shown.cells = shown.cells[:CELL_LIMIT]
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = cell.outputs[:OUTPUTS_A_CELL]
    about = {
        ROOM: Room(),
        "name": name,
        "submission": printable(submission),
        "left_out": len(notebook.cells) - len(shown.cells),
        "version": __version__,
        "policy": POLICY,
        "style": _file("executed.css"),
    }
    try:
        page, _ = _exporter().from_notebook_node(*Sanitizer().preprocess(shown, about))
    except TemplateNotFound as error:
        # they lie beside the environment's libraries, not among them, and get lost where only the latter were copied
        raise AuthorError(
            f"nbconvert lacks its template {error}: install nbconvert again in this environment"
        ) from error
    return str(page)


@cache
def _exporter() -> Exporter:
    best = DataTypeFilter(display_data_priority=list(FORMS))
    filters = {"markdown2html": _written, "highlight_code": _code, "typed": _typed, "filter_data_type": best}
    # its own preprocessors would each validate the notebook once more
    return Exporter(raw_template=_file("executed.html.j2"), filters=filters, default_preprocessors=[])


def _file(name: str) -> str:
    return resources.files("grader.report").joinpath("templates", name).read_text(encoding="utf-8")


@pass_context
def _written(context: Any, text: str) -> Markup:
    """Return Markdown as staff read it everywhere: formulas without script, no HTML, no link, no image."""
    room: Room = context["resources"][ROOM]
    return room.parse(text, markup.markdown, markup.MARKDOWN_LIMIT)


@pass_context
def _code(context: Any, source: str) -> Markup:
    room: Room = context["resources"][ROOM]
    return room.parse(source, markup.python, markup.CODE_LIMIT)


@pass_context
def _typed(context: Any, text: str) -> Markup:
    """Return text as it was put out."""
    room: Room = context["resources"][ROOM]
    return escape(printable(ANSI.sub("", room.cut(text, markup.CODE_LIMIT)), newlines=True))
