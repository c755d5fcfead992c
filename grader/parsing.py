"""Parsing Python text in one thread at a time.

Python counts the depth of the tree that it builds once for all threads, so that two at a time can end in a
``SystemError`` (Python up to 3.12.2).
"""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str | bytes, name: str = "<unknown>") -> ast.Module:
    """Return the syntax tree of a Python text; SyntaxError, ValueError, RecursionError or MemoryError as ``ast.parse`` does."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, name)


def parses(source: str) -> bool:
    """Tell whether this Python can read a text."""
    try:
        parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
