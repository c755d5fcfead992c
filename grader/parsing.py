"""Parsing Python text that strangers have written: bounded in size, one text at a time.

Python counts the depth of the tree that it builds once for all threads, so that two at a time can end in a
``SystemError`` (Python up to 3.12.2). While it parses, no thread can do anything else and no signal is heard; so what would
take long is refused before, and a process that is there for one submission is told what is being parsed.
"""

from __future__ import annotations

import ast
import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext

# characters in all, and besides those in texts and comments: a tree takes a thousand times the memory
LENGTH, CODE = 1_000_000, 200_000
# Python up to 3.11 goes through an f-string from its beginning for every field in it
FIELDS_TIMES_LENGTH = 2_500_000_000
# what is shorter is never told: it is done before anybody could hear of it
SHORT = 2000
# what each text and comment counts besides, as characters of code
_EACH = 4
_PIECE = re.compile(
    r"(?P<note>\#[^\n]*)"
    r"|(?P<kind>(?<!\w)[a-zA-Z]{1,2}|)(?:"
    r'"""(?P<a>[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*)(?:"""|\Z)'
    r"|'''(?P<b>[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*)(?:'''|\Z)"
    r'|"(?P<c>[^"\\\n]*(?:\\.[^"\\\n]*)*)"?'
    r"|'(?P<d>[^'\\\n]*(?:\\.[^'\\\n]*)*)'?)",
    re.DOTALL,
)
_ONE_AT_A_TIME = threading.Lock()


class TooMuch(ValueError):
    """A text is more than is parsed; the words say in what way, as the end of a sentence about it."""


class _Watched:
    """Who is told what this process parses, and which texts it refuses, by their digests."""

    around: Callable[[str], AbstractContextManager[object]] | None = None
    refused: Collection[str] = ()


def watch(around: Callable[[str], AbstractContextManager[object]] | None, refused: Collection[str] = ()) -> None:
    """From now on enter what ``around(digest)`` returns while a text is parsed, and refuse texts by their digests.

    Short texts are parsed as they are.
    """
    _Watched.around, _Watched.refused = around, refused


def parse(source: str | bytes, name: str = "<unknown>") -> ast.Module:
    """Return the syntax tree of a Python text; SyntaxError, ValueError, RecursionError or MemoryError as ``ast.parse`` does.

    TooMuch, a ValueError, for what is too large or would take too long.
    """
    if len(source) <= SHORT:
        with _ONE_AT_A_TIME:
            return ast.parse(source, name)
    text = source.decode(errors="replace") if isinstance(source, bytes) else source
    if why := too_much(text):
        raise TooMuch(why)
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    if digest in _Watched.refused:
        raise TooMuch("Python takes too long to read it")
    around = _Watched.around
    with _ONE_AT_A_TIME, around(digest) if around else nullcontext():
        return ast.parse(source, name)


def parses(source: str) -> bool:
    """Tell whether this Python can read a text."""
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def comments(source: str) -> Iterator[str]:
    """Yield the comments of a Python text from their ``#`` on, also where it is none that Python can read."""
    return (piece["note"] for piece in _PIECE.finditer(source) if piece["note"])


def too_much(source: str) -> str:
    """Say in what way a text is more than is parsed, as the end of a sentence about it; nothing of one that is not."""
    if len(source) > LENGTH:
        return f"it has more than {LENGTH} characters"
    code, at = 0, 0
    for piece in _PIECE.finditer(source):
        code += piece.start() - at + _EACH
        at = piece.end()
        if code > CODE:
            break
        kind = piece["kind"]
        if kind and "f" in kind.lower():
            text = next(part for part in (piece["a"], piece["b"], piece["c"], piece["d"]) if part is not None)
            code += len(text)
            if text.count("{") * len(text) > FIELDS_TIMES_LENGTH:
                return "it has an f-string with too many fields"
    code += len(source) - at
    return f"it has more than {CODE} characters of code" if code > CODE else ""
