"""Writes docs/api.md from the docstrings of the public face; with --check, says whether it is up to date."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

PAGE = Path(__file__).with_name("api.md")
FACES = ("mlpgrader", "mlpgrader.authoring")
WIDTH = 110
PLAIN = (str, int, float, bool, tuple, type(None))
HEAD = """# The Python interface

Made of the docstrings by `make docs`; every example on this page is run by the tests, in the folder of a checkout.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(line for face in FACES for line in chapter(face))]).rstrip() + "\n"


def chapter(face: str) -> Iterator[str]:
    """Yield the lines on one of the modules: what it is, then everything that it offers."""
    module = importlib.import_module(face)
    yield from (f"## `{face}`", "", *prose(module), "")
    offered = {name: getattr(module, name) for name in module.__all__ if not name.startswith("__")}
    for name, value in sorted(offered.items(), key=lambda each: (kind(each[1]), each[0])):
        yield from (entry(face, name, value) if not isinstance(value, ModuleType) else library(name, value))


def kind(value: Any) -> int:
    """Tell what comes first on the page: functions, then classes, then modules."""
    return 2 if isinstance(value, ModuleType) else int(inspect.isclass(value))


def entry(face: str, name: str, value: Any) -> Iterator[str]:
    """Yield the lines on a function or a class."""
    yield from (f"### `{name}`", "", "```python", signature(f"{face}.{name}", value), "```", "", *prose(value), "")


def library(name: str, module: ModuleType) -> Iterator[str]:
    """Yield the lines on a module that comes along: a line for each of its functions and classes."""
    yield from (f"### `{name}`", "", *prose(module), "")
    for own, value in vars(module).items():
        public = not own.startswith("_") and getattr(value, "__module__", "") == module.__name__
        if public and (inspect.isclass(value) or inspect.isfunction(value)):
            yield f"- `{signature(own, value, narrow=True)}`: {(inspect.getdoc(value) or '').splitlines()[0]}"
    yield ""


def signature(name: str, value: Any, *, narrow: bool = False) -> str:
    """Return how it is called: on one line where it is `narrow` or short, else a parameter a line."""
    if inspect.isclass(value):
        name = name if narrow else f"class {name}"
        if hasattr(value, "__members__"):
            return f"{name}  # {', '.join(each.name for each in value)}"
        if issubclass(value, Exception):
            return f"{name}(Exception)"
    called = inspect.signature(value)
    returned = "" if called.return_annotation in (called.empty, None, "None") else f" -> {called.return_annotation}"
    words = list(parameters(called))
    whole = f"{name}({', '.join(words)}){returned}"
    if narrow or len(whole) <= WIDTH:
        return whole
    return "\n".join([f"{name}(", *(f"    {word}," for word in words), f"){returned}"])


def parameters(called: inspect.Signature) -> Iterator[str]:
    """Yield the parameters as they are written; a default that is no plain value is an ellipsis."""
    before = None
    for each in called.parameters.values():
        if each.kind is each.KEYWORD_ONLY and before not in (each.KEYWORD_ONLY, each.VAR_POSITIONAL):
            yield "*"
        before = each.kind
        stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        default = each.default if isinstance(each.default, PLAIN) or each.default is each.empty else ...
        shown = "" if default is each.empty else f" = {'...' if default is ... else repr(default)}"
        yield f"{stars}{each.name}: {each.annotation}{shown}"


def prose(value: Any) -> list[str]:
    """Return a docstring as Markdown: its examples become blocks of code."""
    lines: list[str] = []
    within = False
    for line in (inspect.getdoc(value) or "").splitlines():
        if line.startswith(">>>") and not within:
            lines += ["```pycon"]
            within = True
        lines.append(line.replace("  # doctest: +ELLIPSIS", "") if within else line.replace("``", "`"))
    return [*lines, "```"] if within else lines


def main() -> int:
    """Write the page, or compare it."""
    made = page()
    if "--check" not in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/api.md is not what the docstrings give: run `make docs` and commit the result", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
