"""Formulas become MathML of known elements; what cannot, or must not, be shown so stays as it was typed."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.formulas import SOURCE_LIMIT, mathml, typed

ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom", "menclose", "mtable", "mtr",
    "mtd", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "mover", "munder", "munderover", "code",
}  # fmt: skip
ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "stretchy", "fence", "form", "largeop", "movablelimits", "accent",
    "accentunder", "linethickness", "width", "minsize", "maxsize", "mathvariant", "class",
}  # fmt: skip
WORDS = (
    r"\frac { } ^ _ x 1 & \\ \left( \right) \begin{align} \end{align} \begin{matrix} \end{matrix} \text{<b>} \sqrt [ ]"
    r" \href{javascript:x}{y} \style{a}{b} \class{a}{b} \color{red} \unicode{202E} \unicode{3C} \over ' \| \sum \limits"
    r" \bold \mathbf{a} \verb|<| \rule{9em}{9em} \hspace{99em} \tag{1} \big( % \$ \hline \operatorname{tr} &lt; &#x3c;"
    r" \overbrace \binom \genfrac \overset \substack \not \mod \bra \mbox{$x$} \displaystyle"
)
PIECES = st.sampled_from(WORDS.split())


class Tags(HTMLParser):
    """Collects the elements and attributes of a piece of HTML, which must be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (
            r"\frac{\partial J}{\partial S}",
            "<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow><mrow><mo>∂</mo><mi>S</mi></mrow></mfrac>",
        ),
        (r"A^T", "<msup><mi>A</mi><mi>T</mi></msup>"),
        (r"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"\mathbf{AB}", "<mrow><mi>𝐀</mi><mi>𝐁</mi></mrow>"),
        (r"\boldsymbol{x}", "<mrow><mi>𝒙</mi></mrow>"),
    ],
)
def test_a_formula_is_shown_as_mathml(latex: str, shown: str) -> None:
    assert mathml(latex, display=False) == f"<math><mrow>{shown}</mrow></math>"


@pytest.mark.parametrize("name", ["align", "align*", "aligned", "eqnarray", "split", "gathered", "equation", "bmatrix"])
def test_lines_of_an_environment_stand_below_each_other(name: str) -> None:
    shown = mathml(rf"\begin{{{name}}} a &= b \\ &= c \end{{{name}}}", display=True)
    assert shown.count("<mtr>") == 2
    assert "&amp;" not in shown


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a}",
        "x^",
        "{",
        r"\begin{foo}",
        r"\nosuchcommand x",
        r"\left(",
        "x_1^" * 100,
        "{" * 1000,
        "",
        r"\sqrt " * 500,
    ],
    ids=lambda latex: latex[:12],
)
def test_what_cannot_be_shown_stays_as_it_was_typed(latex: str) -> None:
    assert mathml(latex, display=True) == typed(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\c\c}\a",
        r"\renewcommand\a{}",
        r"\let\a\b",
        r"\DeclareMathOperator{\tr}{tr}",
    ],
)
def test_macros_which_could_double_for_ever_are_not_expanded(latex: str) -> None:
    assert mathml(latex, display=True) == typed(latex)


@pytest.mark.parametrize(
    "latex",
    [
        "x+" * SOURCE_LIMIT,
        "1" * (SOURCE_LIMIT + 1),
        "x^{" * 300 + "1" + "}" * 300,
        r"\frac{1}{" * 200 + "1" + "}" * 200,
        "{" * 400 + "}" * 400,
    ],
    ids=["long", "one long number", "powers", "fractions", "braces"],
)
def test_a_formula_that_is_too_long_or_too_deep_stays_as_it_was_typed(latex: str) -> None:
    assert mathml(latex, display=True) == typed(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;&#x3c;img src=x&#x3e;}",
        r"\unicode{3C}script\unicode{3E}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(https://example.org)}{y}",
        r"\class{remark}{y}",
        r'\color{red" onload="alert(1)}{y}',
        r'\begin{array}{c" onclick="alert(1)} a \end{array}',
        r"\mbox{<iframe src=x>}",
        r"\verb|<iframe src=x>|",
        r"\operatorname{<b>}",
        "</math><script>",
    ],
)
def test_nothing_of_a_formula_becomes_markup_or_a_reference(latex: str) -> None:
    tags = Tags(mathml(latex, display=True))
    assert tags.names <= ELEMENTS
    assert tags.attributes <= ATTRIBUTES


@pytest.mark.parametrize("latex", [r"\rule{9999em}{9999em}", r"\hspace{9999em}", r"\kern-9999em", r"\Huge x"])
def test_a_formula_cannot_cover_the_page(latex: str) -> None:
    assert "9999" not in mathml(latex, display=True)
    assert "mathsize" not in mathml(latex, display=True)


def test_characters_that_reorder_become_visible() -> None:
    assert "\u202e" not in mathml(r"\unicode{202E}x", display=False)


@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map(" ".join))
def test_whatever_is_typed_something_harmless_is_shown(latex: str) -> None:
    tags = Tags(mathml(latex, display=True))
    assert tags.names <= ELEMENTS
    assert tags.attributes <= ATTRIBUTES


@pytest.mark.parametrize("latex", [r"\lVert \frac{a}{b} \rVert", r"|\frac{a}{b}|", r"\lvert \frac{a}{b} \rvert"])
def test_bars_grow_only_where_they_are_told_to(latex: str) -> None:
    assert mathml(latex, display=True).count('stretchy="false"') == 2
    assert 'stretchy="true"' in mathml(r"\left| \frac{a}{b} \right|", display=True)


def test_lines_are_aligned_where_they_have_their_sign() -> None:
    shown = mathml(r"\begin{align} a &= b \end{align}", display=True)
    assert '<mtd class="right"><mi>a</mi></mtd><mtd class="left">' in shown


def test_limits_of_a_sum_stand_above_and_below_where_a_formula_stands_by_itself() -> None:
    assert "<munderover>" in mathml(r"\sum_{i=1}^n x_i", display=True)
    assert "<msubsup>" in mathml(r"\sum_{i=1}^n x_i", display=False)
