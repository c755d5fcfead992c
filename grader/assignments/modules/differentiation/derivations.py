"""The derivations in the differentiation notebook: what a student has written beyond the template, for people to read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grader.model import Quote
from grader.notebooks.writing import own_words, word_count

# so much has to be there for a person to be asked: a formula with something behind its last "=", or this many words
WORDS = 12
QUOTES = 40
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(\\begin\{.+?\\end\{\w+\*?\})", re.S)
# where the result is still to be put
_UNFINISHED = re.compile(r"=\s*(?:\?|\\ldots|\\dots|\.{2,})?\s*(?:\\end\{\w+\*?\})?[\s.,]*$")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]+\)|<img\s", re.I)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_PLACEHOLDER = re.compile(r"^.*\byour (?:derivation|solution|proof|steps)\b.*$", re.I | re.M)


def derivations(cells: Sequence[Mapping[str, Any]], prompts: Collection[str] = ()) -> list[Quote]:
    """Return each cell of text that holds something of a derivation, in order; `prompts` are sentences of the template."""
    found = []
    for position, cell in enumerate(cells, start=1):
        if cell["kind"] != "code" and is_derivation(cell["source"], prompts):
            found.append(Quote(f"Cell {position}", _COMMENT.sub("", cell["source"]).strip()))
    return found[:QUOTES]


def is_derivation(text: str, prompts: Collection[str] = ()) -> bool:
    """Tell whether a text says more than the template: a finished formula, a picture, or sentences."""
    own = own_words(_PLACEHOLDER.sub("", text), prompts)
    formulas = [next(part for part in match.groups() if part) for match in _FORMULA.finditer(own)]
    finished = any("=" in formula and not _UNFINISHED.search(formula) for formula in formulas)
    return finished or bool(_IMAGE.search(own)) or word_count(_FORMULA.sub(" ", own)) >= WORDS


def pictured(quotes: Sequence[Quote]) -> list[str]:
    """Return the titles of the cells that hold a picture: it is not shown in a report, only in the notebook."""
    return [quote.title for quote in quotes if _IMAGE.search(quote.text)]
