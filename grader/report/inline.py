"""A figure as an `<svg>` element inside a page: ids of its own, the page's colours and font, a title to be read out."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

from grader.report.ink import PAGE_COLOURS
from grader.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_INCH = 96
TAG = re.compile(r"<[^<>]+>")
# matplotlib escapes < and > in text and attributes, so that what stands between them is a tag
LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", re.DOTALL)
REFERENCE = re.compile(r'(url\(#|href="#)([^)"<>]+)')
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def inline(drawn: Figure, *, name: str, title: str, description: str) -> str:
    """Return `drawn` as an SVG element without dates or foreign styles; every id in it starts with `name`."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    drawn.savefig(buffer, format="svg", facecolor="none", edgecolor="none", metadata=nothing)
    text = buffer.getvalue()
    body = LEFT_OUT.sub("", text[text.index(">", text.index("<svg")) + 1 :])
    body = TAG.sub(lambda tag: _fitted(tag[0]), _own_ids(body, name))
    body = re.sub(r"\s*\n\s*", "\n", body).strip()
    width, height = drawn.get_size_inches().tolist()
    return element(body, width, height, name=name, title=title, description=description)


def element(body: str, width: float, height: float, *, name: str, title: str, description: str) -> str:
    """Return an SVG element of `width` by `height` inches around its `body`, which ends it."""
    pixels = f'width="{PIXELS_PER_INCH * width:.0f}" height="{PIXELS_PER_INCH * height:.0f}"'
    # below that the words become too small to read, and the page lets the reader scroll
    smallest = f'style="min-width: {0.75 * PIXELS_PER_INCH * width:.0f}px"'
    spoken = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    return (
        f'<svg {NAMESPACES} viewBox="0 0 {72 * width:g} {72 * height:g}" {pixels} {smallest} {spoken}>'
        f'<title id="{name}-title">{escape(printable(title))}</title>'
        f'<desc id="{name}-desc">{escape(printable(description))}</desc>'
        f"{body}"
    )


def _own_ids(body: str, name: str) -> str:
    """Number the ids that something refers to, after `name`, and drop the others."""
    wanted = dict.fromkeys(reference[2] for reference in REFERENCE.finditer(body))
    fresh = {old: f"{name}-{k}" for k, old in enumerate(wanted, start=1)}

    def renamed(tag: re.Match[str]) -> str:
        kept = re.sub(r' id="([^"]*)"', lambda m: f' id="{fresh[m[1]]}"' if m[1] in fresh else "", tag[0])
        return REFERENCE.sub(lambda m: m[1] + fresh[m[2]], kept)

    return TAG.sub(renamed, body)


def _fitted(tag: str) -> str:
    """Give one tag the colours and the font of the page."""
    tag = re.sub(r"'DejaVu Sans',[^;\"]*", "system-ui, sans-serif", tag)
    for written, meant in PAGE_COLOURS.items():
        tag = tag.replace(written, meant)
    return tag
