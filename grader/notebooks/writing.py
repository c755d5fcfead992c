"""What a student has written for people to read: found in a notebook's Markdown, or where else students put words."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Collection, Iterator, Sequence

from grader.notebooks.record import CellRecord
from grader.notebooks.sources import without_magics
from grader.parsing import comments, parse

# of the words of a sentence of the template, those that stay in one that was edited a little; of so many words at least
ALIKE, FEW, MANY = 0.8, 6, 100
_FORMULA = re.compile(r"[$=\\]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACEHOLDER = re.compile(
    r"<!--(?:(?!<!--|-->).)*-->|^.*(?:your (?:answer|text|words|comparison)|write here|double[- ]?click).*$",
    re.I | re.M,
)


def own_words(text: str, prompts: Collection[str]) -> str:
    """Return the text without headings, placeholders, and sentences that the template holds already."""
    return " ".join(own_sentences(text, prompts))


def own_sentences(text: str, prompts: Collection[str] = ()) -> list[str]:
    """Return the sentences of `own_words`, one by one."""
    text = re.sub(r"^[^\S\n]*#.*$", "", _PLACEHOLDER.sub("", text), flags=re.MULTILINE)
    known = {_bare(prompt) for prompt in prompts}
    return [sentence for sentence in sentences(text) if not _is_prompt(sentence, known)]


def _is_prompt(sentence: str, known: Collection[str]) -> bool:
    """Tell whether a sentence is one of the template's, or one in which a few words were changed.

    A formula is a prompt only where it is the same one: a result that was added to a question is an answer.
    """
    bare = _bare(sentence)
    if bare in known or _FORMULA.search(sentence):
        return bare in known
    words = bare.split()
    return len(words) >= FEW and any(_alike(words, prompt.split()) for prompt in known)


def _alike(words: Sequence[str], prompt: Sequence[str]) -> bool:
    if not ALIKE * len(prompt) <= len(words) <= len(prompt) / ALIKE or len(words) > MANY:
        return False
    matcher = difflib.SequenceMatcher(None, words, prompt, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def sentences(text: str) -> list[str]:
    """Return the sentences of a Markdown text, roughly."""
    parts = re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n\s*(?=[-*+] |\d+\. )", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def word_count(text: str) -> int:
    """Return how many words a text has; numbers and single letters are none."""
    return len(_WORD.findall(text))


def _bare(sentence: str) -> str:
    return re.sub(r"\W+", " ", sentence).strip().casefold()


def passages(
    cells: Sequence[CellRecord], prompts: Collection[str], is_answer: Callable[[str, int], bool]
) -> list[tuple[str, str]]:
    """Return (where, text) of what a student wrote that is an answer, in order.

    `is_answer(words, position)` is told the student's own words of a text, without the `prompts` of the template, and at
    which position among the cells it stands, from 0.
    """
    found = []
    for position, cell in enumerate(cells):
        for text in texts_of(cell):
            if is_answer(own_words(text, prompts), position):
                where = f"code cell {cell['number']}" if cell["kind"] == "code" else f"cell {position + 1}"
                found.append((where, text.strip()))
    return found


def texts_of(cell: CellRecord) -> Iterator[str]:
    """Yield what a cell says to people: Markdown, or the comments and the texts of code."""
    if cell["kind"] != "code":
        yield cell["source"]
        return
    source = without_magics(cell["source"])
    yield "\n".join(note.lstrip("# ") for note in comments(source))
    yield from _strings(source)


def _strings(source: str) -> Iterator[str]:
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
