"""Finding the notebook that was asked for among the files of a submission, whatever a student called it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SUFFIX = ".ipynb"


def notebook_file(paths: Iterable[str], name: str, *more: str) -> tuple[str, str]:
    """Return the path of the notebook `name` (``Classification.ipynb``) and what is to be said of the choice.

    Both are empty when there is none. The one that has exactly this name is taken first; then one in a folder, then one
    whose name holds the word in whatever letters: ``classification (1).ipynb``, ``alice_auto-encoder.ipynb``. Where there is
    no such one, the words of `more` names are looked for in the same way.
    """
    notebooks = [path for path in paths if path.casefold().endswith(SUFFIX)]
    for each in (name, *more):
        word = _letters(each.removesuffix(SUFFIX))
        alike = sorted(
            (path for path in notebooks if word in _letters(_base(path))), key=lambda path: _rank(path, name)
        )
        if alike:
            break
    else:
        return "", ""
    if len(alike) > 1:
        others = ", ".join(alike[1:4])
        return alike[0], f"of {len(alike)} notebooks that could be {name}, {alike[0]} was run, not {others}"
    return alike[0], "" if alike[0] == name else f"{alike[0]} was taken for {name}"


def why_not_read(left_out: Mapping[str, str], name: str) -> str:
    """Return which file could be the notebook `name` and why it was left out, in a phrase; empty when there is none."""
    path, _ = notebook_file(left_out, name)
    return f"{path} {left_out[path]}" if path else ""


def _rank(path: str, name: str) -> tuple[bool, bool, bool, int, str]:
    base = _base(path)
    return path != name, base != name, base.casefold() != name.casefold(), path.count("/"), path


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())
