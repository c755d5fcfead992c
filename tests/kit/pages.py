"""Pages of reports as a browser would read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from typing import Literal

from grader.model import Report
from grader.report import html

# the elements that a page may have: none of them runs or fetches anything
INERT = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "article", "div", "span",
    "p", "h1", "h2", "h3", "h4", "strong", "code", "pre", "a", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "figure", "figcaption", "details", "summary", "em", "ol", "blockquote", "hr", "br", "img",
    "svg", "desc", "defs", "g", "path", "use", "text", "image", "clippath", "rect",
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "munderover", "msub", "msup", "msubsup",
    "mfrac", "mtable", "mtr", "mtd", "mstyle",
}  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would build from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open += [tag] * (tag not in {"meta", "img", "br", "hr"})

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.words.append(" " * (tag in {"td", "th"}))

    def handle_data(self, data: str) -> None:
        self.words.append("" if "style" in self.open else data)


@cache
def page_of(made: Callable[[], Report], audience: Literal["student", "staff"] = "student") -> str:
    """Return a page that several tests look at."""
    return html(made(), audience=audience)


def read(page: str) -> Reader:
    """Return what is in a page."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def text(page: str) -> str:
    """Return the words of a page, with single spaces."""
    return " ".join("".join(read(page).words).split())
