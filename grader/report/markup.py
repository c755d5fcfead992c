"""A student's Markdown and Python as HTML that can do nothing: no raw HTML, no link to follow, no image to fetch."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from grader.report import formulas
from grader.text import printable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# above that a text is shown as it was typed: no parser is asked to read a book
MARKDOWN_LIMIT, CODE_LIMIT = 20_000, 30_000
# of one text: characters of formulas that are converted, each counted as some more, and places where an environment opens
FORMULAS_LIMIT, EACH, ROOM, BEGIN_LIMIT = 10_000, 10, "room", 300
# signs that may open something that ends far behind: its reader looks for the ends of all of them again and again
_MARK, MARK_LIMIT = re.compile(r"[*_\[\]`~<]|\$(?=\$\$)"), 1500


def markdown(text: str) -> Markup:
    """Return Markdown as HTML; headings are small, formulas are MathML, links and images become their words."""
    shown = printable(text, newlines=True)
    if len(shown) > MARKDOWN_LIMIT or shown.count("\\begin") > BEGIN_LIMIT or len(_MARK.findall(shown)) > MARK_LIMIT:
        return plain(shown)
    # once more: an entity such as &#x202e; becomes a character only now
    return Markup(printable(_reader().render(shown, {ROOM: FORMULAS_LIMIT}), newlines=True))  # noqa: S704  the reader escapes all text


def python(source: str) -> Markup:
    """Return Python source with a class for each kind of word, which `page.css` gives colours."""
    shown = printable(source, newlines=True)
    if len(shown) > CODE_LIMIT:
        return plain(shown)
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

    formatter = HtmlFormatter(nowrap=True)
    coloured = highlight(shown, PythonLexer(stripnl=False, ensurenl=False), formatter)
    # the reader of a page drops a line end right after <pre>
    return Markup('<pre class="python" tabindex="0">\n{}</pre>').format(Markup(coloured))  # noqa: S704  it escapes all text


def plain(text: str) -> Markup:
    """Return text as it was typed."""
    return Markup('<pre class="typed" tabindex="0">\n{}</pre>').format(printable(text, newlines=True))


def warm_up() -> None:
    """Load what reads Markdown, formulas and Python, so that copies of this process need not."""
    markdown("$x$")
    python("x")


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    dollarmath_plugin(reader, allow_labels=False, double_inline=True)
    amsmath_plugin(reader)
    for kind, rule in {
        "math_inline": _formula,
        "math_inline_double": _display,
        "math_block": _display,
        "amsmath": _display,
        "image": lambda tokens, at, *_: f"[image: {escape(tokens[at].content)}]",
        "link_open": lambda *_: "",
        "link_close": _address,
        "heading_open": lambda *_: '<p class="title"><strong>',
        "heading_close": lambda *_: "</strong></p>\n",
        "fence": lambda tokens, at, *_: plain(tokens[at].content),
        "code_block": lambda tokens, at, *_: plain(tokens[at].content),
    }.items():
        reader.add_render_rule(kind, _method(rule))
    return reader


def _method(rule: Any) -> Any:
    """Return a rule as the renderer wants it: a function whose first argument is the renderer."""
    return lambda _renderer, *arguments: str(rule(*arguments))


def _formula(tokens: Any, at: int, _options: Any, room: dict[str, int], *, display: bool = False) -> Markup:
    """Return the formula in a token, as MathML while there is room for it in this text."""
    latex = tokens[at].content
    room[ROOM] -= len(latex) + EACH
    return formulas.mathml(latex, display=display) if room[ROOM] >= 0 else formulas.typed(latex)


def _display(tokens: Any, at: int, options: Any, room: dict[str, int]) -> str:
    return f'<span class="formula" tabindex="0">{_formula(tokens, at, options, room, display=True)}</span>\n'


def _address(tokens: Any, at: int, *_: Any) -> str:
    """Write after the words of a link where it would lead."""
    opened = max(place for place in range(at) if tokens[place].type == "link_open")
    target = str(tokens[opened].attrGet("href") or "")
    words = "".join(token.content for token in tokens[opened:at])
    return "" if target == words else f' <span class="soft">({escape(target)})</span>'
