from __future__ import annotations

import pytest

from grader.report.formulas import mathml
from grader.report.markup import CODE_LIMIT, EACH, FORMULAS_LIMIT, MARKDOWN_LIMIT, markdown, plain, python


def test_markdown_becomes_paragraphs_lists_and_tables() -> None:
    shown = markdown("A *good* **network**\n\n- one\n\n| a |\n|---|\n| 1 |")
    assert "<p>A <em>good</em> <strong>network</strong></p>" in shown
    assert "<li>one</li>" in shown
    assert "<td>1</td>" in shown


def test_headings_are_small_so_that_the_page_keeps_its_outline() -> None:
    assert markdown("# Answer") == '<p class="title"><strong>Answer</strong></p>\n'


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=alert(1)>b</b>",
        "<!-- --><iframe src=x>",
        "```\n</pre><script>x</script>\n```",
        "    </pre><script>",
        "`</code><script>`",
        "$</code><script>$",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_html_is_shown_and_not_obeyed(text: str) -> None:
    shown = markdown(text)
    assert not any(tag in shown for tag in ("<script", "<img", "<b ", "<iframe", "<!--"))
    assert "&lt;" in shown


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://example.org/x)",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&#58;alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a][b]\n\n[b]: https://example.org 'title'",
        "<https://example.org>",
        "![a](https://example.org/x.png)",
        "[![a](https://example.org/x.png)](https://example.org)",
        "https://example.org",
    ],
)
def test_links_and_images_become_words(text: str) -> None:
    shown = markdown(text)
    assert not any(word in shown for word in ("<a", "<img", "href", "src=", "title="))


def test_a_link_says_where_it_would_lead() -> None:
    assert markdown('[here](https://example.org/?a=1&b="2")') == (
        '<p>here <span class="soft">(https://example.org/?a=1&amp;b=%222%22)</span></p>\n'
    )


def test_two_links_keep_their_own_addresses() -> None:
    shown = markdown("[one](https://a.example) [two](https://a.example) [three](https://b.example)")
    assert shown.count("(https://a.example)") == 2
    assert "three <span class=" in shown


def test_an_image_is_replaced_by_its_description() -> None:
    assert markdown("![the loss](loss.png)") == "<p>[image: the loss]</p>\n"


def test_a_formula_within_a_line_is_mathml_and_no_emphasis() -> None:
    assert markdown("with $W_{1} h_{2} < b$ and *more*") == (
        f"<p>with {mathml('W_{1} h_{2} < b', display=False)} and <em>more</em></p>\n"
    )


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("$$\na\n- b\n= c\n$$", "\na\n- b\n= c\n"),
        ("so $$a_1 * b_1 * c$$ holds", "a_1 * b_1 * c"),
        ("\\begin{align}\na &= b\n\\end{align}", "\\begin{align}\na &= b\n\\end{align}"),
    ],
    ids=["with lines that begin like lists and headings", "within a sentence", "an environment without dollars"],
)
def test_a_displayed_formula_stands_by_itself(text: str, latex: str) -> None:
    assert f'<span class="formula" tabindex="0">{mathml(latex, display=True)}</span>' in markdown(text)


def test_what_stands_in_code_is_no_formula() -> None:
    assert markdown("`$x$`") == "<p><code>$x$</code></p>\n"


@pytest.mark.parametrize("formula", ["$x$ ", "$" + "x+" * 1400 + "$ "], ids=["short", "long"])
def test_only_so_many_formulas_of_a_text_are_converted(formula: str) -> None:
    shown = markdown(formula * (MARKDOWN_LIMIT // len(formula)))
    assert 0 < shown.count("<math>") <= FORMULAS_LIMIT // EACH
    assert shown.count("<code>") > 0


def test_a_text_in_which_environments_open_without_end_is_not_parsed() -> None:
    text = "\\begin{align}\n" * 1000
    assert markdown(text) == plain(text)


def test_a_lone_dollar_is_a_dollar() -> None:
    assert markdown("5 $ and *more*") == "<p>5 $ and <em>more</em></p>\n"


@pytest.mark.parametrize("text", ["a\u202eb", "a&#x202e;b", "a\x1b[31mb", "a&#27;b", "a\u2066b"])
def test_characters_that_reorder_or_steer_become_visible(text: str) -> None:
    for shown in (markdown(text), python(text), plain(text)):
        assert {character for character in shown if not character.isprintable()} <= {"\n"}


@pytest.mark.parametrize("text", ["x" * (MARKDOWN_LIMIT + 1), "[" * (MARKDOWN_LIMIT + 1)])
def test_a_text_as_long_as_a_book_is_not_parsed(text: str) -> None:
    assert markdown(text) == plain(text)


def test_words_of_python_have_classes() -> None:
    shown = python("for k in range(3):  # three\n    print('a')")
    assert '<span class="k">for</span>' in shown
    assert '<span class="c1"># three</span>' in shown
    assert shown.startswith('<pre class="python" tabindex="0">')


@pytest.mark.parametrize("source", ["'</pre><script>'", "# <script>", "<script>", "%%html\n<script>alert(1)</script>"])
def test_python_is_escaped(source: str) -> None:
    assert "<script" not in python(source)
    assert "&lt;script" in python(source) or "&lt;</span>" in python(source)


def test_python_as_long_as_a_book_is_not_coloured() -> None:
    assert "<span" not in python("a = 1\n" * CODE_LIMIT)


def test_blank_lines_at_the_ends_of_python_stay() -> None:
    assert python("\n\na\n\n").endswith('>\n\n\n<span class="n">a</span>\n\n</pre>')
