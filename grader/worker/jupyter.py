"""What was written in a notebook and handed in as Python: lines that only Jupyter understands do nothing."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable
from typing import Any

# no part of it can begin where another one may go on: a long line takes time by its length alone
_ONLY_JUPYTER = re.compile(r"^([ \t]*)(?:(\w[\w, ]*=)[ \t]*[%!].*|[%!?].*|\S+(?<=\?))$")


class Jupyter:
    """Stands for what ``get_ipython()`` returns: any method can be called and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing


def nothing(*_given: Any, **_named: Any) -> None:
    """Do nothing."""


def offer() -> None:
    """Let ``get_ipython()`` and ``display()`` be there for what asks for them; a kernel has its own."""
    for name, stands in {"get_ipython": Jupyter, "display": nothing}.items():
        vars(builtins).setdefault(name, stands)


def _package(package: Any) -> None:
    asked = package.get_ipython

    def get_ipython() -> Any:
        return asked() or Jupyter()

    package.get_ipython = get_ipython


# what is there, and answers None where no notebook runs
LOST = {"IPython": _package}


def parsed(source: str, file: str) -> tuple[ast.Module, list[int]]:
    """Return the tree of a file, and the numbers of the lines that were passed over since only Jupyter understands them.

    Lines stay where they are. SyntaxError where it cannot be read without them either.
    """
    try:
        return ast.parse(source, file), []
    except SyntaxError:
        lines = source.splitlines()
        changed = [_ONLY_JUPYTER.sub(_does_nothing, line) for line in lines]
        different = [number for number, (old, new) in enumerate(zip(lines, changed, strict=True), 1) if old != new]
        if not different:
            raise
        return ast.parse("\n".join(changed), file), different


def _does_nothing(match: re.Match[str]) -> str:
    indent, assigned = match.groups()
    return f"{indent}{assigned} None" if assigned else f"{indent}pass"
