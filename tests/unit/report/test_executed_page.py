"""The page of a notebook: nothing runs, nothing is fetched, and no notebook takes long. Browsers try it in tests/attacks."""

from __future__ import annotations

import re
import time

import pytest
from markupsafe import escape

from grader.errors import AuthorError
from grader.model import Transcript, TranscriptCell, TranscriptOutput
from grader.report import executed, executed_page
from grader.report.executed_page import CELL_LIMIT, OUTPUTS_A_CELL, Sanitizer
from grader.report.page import POLICY
from kit import report_samples as samples

# what may stand on a page of ours: a tag or an attribute that is not named here is a hole
TAGS = {
    "a", "b", "body", "br", "code", "div", "em", "h1", "h2", "h3", "head", "html", "img", "li", "main", "math",
    "mfrac", "mi", "mn", "mo", "mrow", "ms", "msup", "mtext", "meta", "ol", "p", "pre", "s", "semantics", "span",
    "strong", "style", "sub", "sup", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "alt", "border", "charset", "class", "colspan", "content", "display", "for", "height", "href", "http-equiv", "id",
    "lang", "name", "rowspan", "scope", "src", "style", "tabindex", "title", "width", "xmlns",
}  # fmt: skip


def page(transcript: Transcript) -> str:
    """Return the page of a notebook."""
    (content,) = (content for name, content in executed(samples.showing(transcript)).items() if name.endswith(".html"))
    return content.decode()


def shown(*outputs: TranscriptOutput, source: str = "x", kind: str = "code") -> str:
    """Return the page of a notebook with one cell."""
    return page(Transcript("t", (TranscriptCell(kind, source, outputs, 1),), "a.ipynb"))


def rich(form: str, text: str) -> TranscriptOutput:
    """Return an output that has another form beside its text."""
    return TranscriptOutput("text", "plain", of="display", rich=((form, text),))


def parts(html: str) -> tuple[set[str], set[str]]:
    """Return the names of tags and of attributes on a page, its style left out."""
    body = re.sub(r"<style>.*?</style>", "<style>", html, flags=re.DOTALL)
    tags = re.findall(r"<([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?)*)\s*/?>", body)
    attributes = {name for _, rest in tags for name in re.findall(r"([\w-]+)=", re.sub(r"\"[^\"]*\"", '""', rest))}
    return {name for name, _ in tags}, attributes


def test_a_page_has_our_policy_and_leads_to_the_notebook() -> None:
    html = page(samples.transcript())
    assert f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">' in html
    assert '<a href="Classification.ipynb">' in html


def test_a_page_shows_cells_with_their_numbers_outputs_and_errors() -> None:
    html = page(samples.transcript())
    parts = [
        "In&nbsp;[2]:",
        "Out[3]:",
        "epoch 29: 0.9333",
        'class="dataframe">',
        "data:image/png;base64,iVBOR",
        "NameError",
    ]
    assert [part for part in parts if part not in html] == []


def test_no_script_of_the_library_and_no_address_is_on_a_page() -> None:
    html = page(samples.transcript())
    assert "<script" not in html
    # what a student wrote stands there as text
    assert re.findall(r"https?://(?!www\.w3\.org)[^\s\"')<]+", html) == ["https://example.org/a?b=1"]


def test_a_hostile_notebook_leaves_only_tags_and_attributes_that_show() -> None:
    (content,) = (content for name, content in executed(samples.hostile()).items() if name.endswith(".html"))
    tags, attributes = parts(content.decode())
    assert tags - TAGS == set()
    assert attributes - ATTRIBUTES == set()


@pytest.mark.parametrize(("form", "text"), samples.RICH, ids=[form for form, _ in samples.RICH])
def test_no_form_of_an_output_is_let_through_as_it_is(form: str, text: str) -> None:
    html = shown(rich(form, text))
    assert text not in html
    assert "<script>" not in html
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", html)


def test_html_without_anything_to_run_is_shown() -> None:
    table = (
        '<table class="dataframe"><tr><th scope="col">a</th><td style="text-align: right; top: 0">1</td></tr></table>'
    )
    html = shown(rich("text/html", table))
    assert '<th scope="col">a</th>' in html
    assert '<td style="text-align: right;">1</td>' in html


def test_neither_style_nor_script_is_shown_as_text() -> None:
    html = shown(rich("text/html", "<style scoped>\nth { x }</style ><p>a</p><SCRIPT>b</SCRIPT><p>c</p><style>d"))
    assert '<div class="output_html" tabindex="0"><p>a</p><p>c</p></div>' in html


def test_colours_of_a_terminal_are_left_out() -> None:
    html = shown(TranscriptOutput("error", "\x1b[0;31mNameError\x1b[0m: x", of="error"))
    assert ">NameError: x</pre>" in html


def test_an_environment_without_the_templates_of_nbconvert_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executed_page, "_file", lambda name: '{% extends "classic/gone.html.j2" %}')
    executed_page._exporter.cache_clear()
    try:
        with pytest.raises(AuthorError, match=r"lacks its template classic/gone\.html\.j2: install nbconvert again"):
            shown()
    finally:
        executed_page._exporter.cache_clear()


def test_an_svg_is_an_image_in_which_no_script_runs() -> None:
    html = shown(rich("image/svg+xml", samples.SVG))
    assert "<svg" not in html
    assert '<img alt="picture" src="data:image/svg+xml;base64,' in html


def test_formulas_are_shown_without_a_script() -> None:
    assert "<math" in shown(kind="markdown", source="$\\frac{a}{b}$")
    assert "<math" in shown(rich("text/latex", "$$\\frac{a}{b}$$"))


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b id={k}>" for k in range(200)) + "</p><p>x" * 3000,
        "".join(f"<i id={k}>" for k in range(4000)),
        "<div>" * 9_000,
    ],
    ids=["reopened", "nested", "very many"],
)
def test_html_that_takes_long_to_read_is_left_out(html: str) -> None:
    assert Sanitizer().sanitize_html_tags(html) == "<p>(HTML that takes long to read is left out.)</p>"


def test_html_that_is_nested_beyond_reading_is_left_out() -> None:
    deep = f"<p style='color: {'(' * 19_000}'>"
    assert Sanitizer().sanitize_html_tags(deep) == "<p>(HTML that is nested too deeply is left out.)</p>"


def test_a_notebook_has_room_for_so_many_tags() -> None:
    made = Sanitizer()
    rows = "<tr><td>1</td></tr>" * 900
    said = [made.sanitize_html_tags(rows) == "<p>(HTML that takes long to read is left out.)</p>" for _ in range(4)]
    assert said == [False, False, True, True]


def test_bad_cells_are_a_page_within_seconds() -> None:
    # one of each kind; as many as are kept at most: tests/fuzz/test_pages.py
    began = time.process_time()
    made = page(Transcript("t", samples.bad_cells(), "a.ipynb"))
    assert time.process_time() - began < 10
    assert len(made) < 5_000_000


def test_what_is_too_much_for_a_page_is_said_and_left_out() -> None:
    outputs = (TranscriptOutput("text", "a", of="stdout"),) * (OUTPUTS_A_CELL + 5)
    cell = TranscriptCell("code", "x")
    html = page(Transcript("t", (TranscriptCell("code", "x", outputs, 1), *[cell] * CELL_LIMIT), "a.ipynb"))
    assert "1 more cells are not shown." in html
    assert html.count('<pre class="output_text"') == OUTPUTS_A_CELL
    assert html.count('class="inner_cell"') == CELL_LIMIT
