"""Templates of pages: every word is made harmless and escaped, and what is missing is an error."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.text import number, points, printable


def environment(package: str) -> Environment:
    """Return an environment for the templates of a package; its filters are ``points``, ``number``, ``prose`` and ``share``."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(points=points, number=number, prose=prose, share=share)
    return made


def prose(text: str) -> Markup:
    """Return `text` with what stands between backticks as code."""
    parts = printable(text, newlines=True).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    pieces = [Markup("<code>{}</code>").format(part) if k % 2 else _unbroken(part) for k, part in enumerate(parts)]
    return Markup("").join(pieces)


def share(part: float, whole: float) -> str:
    """Return `part` of `whole` as a CSS percentage."""
    return f"{100 * min(max(part / whole, 0), 1):.4g}%" if whole > 0 else "0%"


def _shown(value: Any) -> Any:
    """Make what a template prints harmless; escaping comes after."""
    return printable(value, newlines=True) if isinstance(value, str) and not isinstance(value, Markup) else value


def _unbroken(text: str) -> Markup:
    """Return text in which no line ends within an arrow."""
    return Markup('<span class="arrow">-&gt;</span>').join(text.split("->"))
