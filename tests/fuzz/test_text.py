"""Texts and Markdown made up by a fuzzer: what is shown to people steers nothing and runs nothing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import strategies as st

from grader.report.markup import markdown, python
from grader.text import INVISIBLE, JOINERS, printable
from kit import fuzzing

PIECES = st.sampled_from(
    ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](http://x/y.png)",
     "<!--", "-->", "```", "`", "$", "$$", "\\begin{align}", "\\end{align}", "\\frac{1}{", "{", "}",
     "\\href{javascript:a}{b}", "&#x202e;", "&lt;", "&#60;script&#62;", "\x1b[2J", "\u202e", "\0", "\r", "\t", "\n",
     "\n\n", "    ", "> ", "- ", "|", "|---|", "\n# ", "**", "_", "~~", "http://example.org", "<a href='x'>", "</pre>",
     "</span>", "'''", '"""', "def f(:", "\\", "\ud800")
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=14).map("".join)
# all that a page of ours may hold of what somebody else has written; attributes are ours alone
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>")
HARMFUL = frozenset(
    ("script", "img", "iframe", "a", "object", "embed", "svg", "style", "link", "meta", "form", "input")
)


def what_is_shown_steers_nothing(text: str) -> None:
    for newlines in (False, True):
        shown = printable(text, newlines=newlines)
        kept = JOINERS + ("\n" if newlines else "")
        assert not [letter for letter in shown if unicodedata.category(letter) in INVISIBLE and letter not in kept]
        assert printable(shown, newlines=newlines) == shown
        shown.encode()


def markup_runs_nothing(text: str) -> None:
    for page in (str(markdown(text)), str(python(text))):
        tags = TAG.findall(page)
        assert not HARMFUL & {name.lower() for _, name, _ in tags}
        assert not [
            attributes for _, _, attributes in tags if re.search(r"\bon\w+\s*=|javascript:|href|src", attributes)
        ]
        # whatever else looks like the beginning of a tag has been made text
        assert page.count("<") == len(tags)


PROPERTIES: dict[str, fuzzing.Property] = {
    "texts": (TEXTS | st.text(), what_is_shown_steers_nothing),
    "markup": (TEXTS, markup_runs_nothing),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_somebody_has_written_is_shown_and_not_obeyed(name: str) -> None:
    fuzzing.briefly(PROPERTIES[name])


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_texts_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length(PROPERTIES)
    with capsys.disabled():
        print(f"\ntexts: {counts}")
