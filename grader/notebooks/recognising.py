"""Telling by its text what a file of another name is: by patterns, so that nothing a student wrote is parsed or run for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from grader.notebooks.naming import SUFFIX
from grader.notebooks.reading import Cell, read

# endings under which Python is handed in, after a mail program or a platform had its say
TEXTS = (".py", ".txt")
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_METHOD = re.compile(r"^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)


def module_with(name: str, methods: Collection[str], *, least: int = 2) -> Callable[[str, bytes], bytes | None]:
    """Return what tells whether a file defines the class `name` with at least so many of these methods.

    Where it has no class of this name, one with all of the methods but one will do. It returns the file's Python, None for
    another file. Of a notebook these are the cells up to the last one with the class.
    """

    def taken_from(path: str, content: bytes) -> bytes | None:
        lower = path.casefold()
        if lower.endswith(SUFFIX):
            source = _of_cells(read(content).cells, name)
        elif lower.endswith(TEXTS) or "." not in lower.rpartition("/")[2]:
            source = content.decode("utf-8-sig", errors="replace")
        else:
            return None
        found = set(_METHOD.findall(source)) & set(methods)
        if len(found) < (least if name in _CLASS.findall(source) else max(least, len(methods) - 1)):
            return None
        # what was handed in as Python stays as it is, to the byte
        return source.encode() if lower.endswith(SUFFIX) else content

    return taken_from


def notebook_with(*patterns: str, least: int) -> Callable[[str, bytes], bytes | None]:
    """Return what tells whether a notebook, or a file of Python, has code in which at least so many of the patterns are found."""
    compiled = [re.compile(pattern, re.MULTILINE) for pattern in patterns]

    def taken_from(path: str, content: bytes) -> bytes | None:
        lower = path.casefold()
        if lower.endswith(SUFFIX):
            source = "\n".join(cell.source for cell in read(content).cells if cell.runs)
        elif lower.endswith(TEXTS):
            source = content.decode("utf-8-sig", errors="replace")
        else:
            return None
        return content if sum(pattern.search(source) is not None for pattern in compiled) >= least else None

    return taken_from


def _of_cells(cells: Collection[Cell], name: str) -> str:
    sources = [cell.source for cell in cells if cell.runs and not cell.source.lstrip().startswith("%%")]
    classes = [_CLASS.findall(source) for source in sources]
    named = [place for place, found in enumerate(classes) if name in found]
    last = max(named or [place for place, found in enumerate(classes) if found], default=-1)
    return "\n\n".join(_MAGIC.sub(r"\1pass", source) for source in sources[: last + 1])
