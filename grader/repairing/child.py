"""The process that makes Python 3 of Python 2: it reads texts as JSON and writes a line of JSON for each as soon as it is done.

It is started for one submission and has limits of time and memory, since what it reads was written by strangers.
"""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

CPU_SECONDS, MEMORY_MB = 15, 1024
# what changes more than the language, adds lines, or reads the folder that it is started in
LEFT_OUT = frozenset(
    {
        "asserts",
        "buffer",
        "exitfunc",
        "future",
        "getcwdu",
        "idioms",
        "import",
        "input",
        "intern",
        "metaclass",
        "reduce",
        "reload",
        "set_literal",
        "ws_comma",
    }
)
QUOTIENT = "grader.repairing.fixers.fix_quotient"
_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


def main() -> None:
    """Answer on standard output what was asked on standard input."""
    _limit()
    import fissix  # noqa: F401 - that it is there is said before anything is read

    logging.disable()
    print(json.dumps({"ready": True}), flush=True)
    for answer in answers(json.load(sys.stdin)):
        print(json.dumps(answer), flush=True)


def answers(asked: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the number of each text and what it is in Python 3: None where it is no Python 2."""
    from fissix import pygram, refactor

    names = [
        name for name in refactor.get_fixers_from_package("fissix.fixes") if name.rpartition("fix_")[2] not in LEFT_OUT
    ]
    tools: dict[bool, Any] = {}
    for number, text in enumerate(asked):
        divide = bool(text["divide"])
        if divide not in tools:
            tools[divide] = refactor.RefactoringTool([*names, *([QUOTIENT] if divide else [])])
        made = None
        with contextlib.suppress(Exception):
            made = _translated(tools[divide], pygram, text["source"])
        yield {"number": number, "source": made}


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))


def _translated(tool: Any, pygram: Any, source: str) -> str | None:
    """Return a text as Python 3; None where it is no Python 2, or cannot be read by Python 3 afterwards."""
    source = untabbed(source)
    for grammar in (pygram.python_grammar, pygram.python_grammar_no_print_statement):
        tool.driver.grammar = grammar
        try:
            tree = tool.driver.parse_string(f"{source}\n")
        except Exception:  # noqa: BLE001, S112 - whatever its reader says of the text
            continue
        tree.future_features = frozenset()
        tool.refactor_tree(tree, "text")
        made = str(tree)[:-1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(_CODING.sub("#", made))
        return made
    return None


def untabbed(source: str) -> str:
    """Return a text whose lines begin with spaces only where tabs and spaces were mixed: a tab goes to the next eighth column."""
    begins = {line[:1] for line in source.split("\n")}
    mixed = any(" " in line[: len(line) - len(line.lstrip())] and "\t" in line[:80] for line in source.split("\n"))
    if "\t" not in begins and not mixed:
        return source
    within = set(_within_texts(source))
    lines = source.split("\n")
    return "\n".join(
        line if number in within else _begun_with_spaces(line) for number, line in enumerate(lines, start=1)
    )


def _begun_with_spaces(line: str) -> str:
    rest = line.lstrip(" \t")
    return line[: len(line) - len(rest)].expandtabs(8) + rest


def _within_texts(source: str) -> Iterator[int]:
    """Yield the numbers of the lines that begin within a text of several lines."""
    from fissix.pgen2 import tokenize

    with contextlib.suppress(Exception):
        for kind, _, begin, end, _ in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
            if kind == tokenize.STRING:
                yield from range(begin[0] + 1, end[0] + 1)


if __name__ == "__main__":
    main()
