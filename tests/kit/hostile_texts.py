"""Texts that keep a parser busy, each parser of ours by what it is given, and how long one takes in a process of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader import intake, parsing, template
from grader.errors import AuthorError
from grader.intake import naming
from grader.notebooks import reading, sources, writing
from grader.repairing import signs
from grader.report import formulas, markup

# no file may take longer than this on this side, in seconds of processor time
GOAL = 2.0
# when it is ended
LATEST = 8.0

Parser = Callable[[str], object]
# what is repeated, for each with what may stand before and behind it
PIECES = (
    "{x}", "a=", "1+", "(", "[", "{", "{1:", "-", "not ", "lambda:", ".a", "()", "[0]", "a,", "*a,", "f()\n", "@a\n",
    "if a:pass\n", "elif a:pass\n", "a if b else ", "'a' ", "f\"", "f'{x}'", "'''", "\"\"\"", "\\", "\\\n", "#\n", "# %%\n",
    "%%a\n", "!a\n", "a?\n", "9", "0x", " ", "\t", "\n", "\r", "\0", "\u00e9", "\u202e", "<!--", "<", "`", "``` ", "*",
    "**a", "_", "_a_", "![", "[a](", "](", "[a]: b\n", "> ", "- ", "1. ", "|a", "|-|\n", "# ", "~", "&#x41;", "$", "$$",
    "$x$", "\\(", "\\begin{a}", "\\frac", "\\left(", "{a}", "^", "_{", "\\sqrt{", "\\\\", "&", "\\text{", "x^", "a. ", "a: ",
    "your text", "\n\n", "import a\n", "from a import b\n", "__import__('a')\n", "x = 1\n", "print 'a'\n", "class A: pass\n",
    "a.iteritems()\n", "reversed(zip(a))\n", "\u017f", "\u001b[", "\u001b]",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "/", "../", "a(1)", "copy of ", " (1)", "_1_", "assignsubmission_",
)  # fmt: skip
BEFORE = ("", 's = f"', "x = ", "x = '", "# ", "$", "$$", "\\begin{a}", "def f():\n  ", "%%time\n")
BEHIND = ("", '"', "'", "1", ")", " 1 1", "\n```", "$", "}")


def of_python(text: str) -> object:
    """Do all that is done to a text of Python without running it."""
    return [signs.shows_any(text), list(sources.imported(text)), template.unwritten({"mlp.py": text.encode()})]


def of_a_cell(text: str) -> object:
    """Do all that is done to what is written in a code cell."""
    cell: Any = {"kind": "code", "source": text, "number": 1}
    return [own for each in writing.texts_of(cell) for own in writing.own_sentences(each)], signs.without_jupyter(text)


def of_a_notebook(text: str) -> object:
    """Read a text as the bytes of a notebook, and as its only cell."""
    book = {"cells": [{"cell_type": "code", "source": text}], "nbformat": 4}
    raw = text.encode(errors="replace")
    return reading.read(raw), reading.read_script(raw), reading.read(json.dumps(book).encode())


def of_names(text: str) -> object:
    """Do what is done to the name of a file."""
    with suppress(AuthorError):
        naming.inside(text, "a.zip")
    shown = naming.shown(text), naming.folder_name(text), naming.without_marks(text), naming.unusable(text)
    return shown, intake.student_of(text), naming.composed(text)


def of_an_archive(text: str) -> object:
    """Read archives with a text in the place of a name and in that of a file."""
    packed, taped = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(text[:60_000].replace("\0", "") or "a", text)
    with tarfile.open(fileobj=taped, mode="w") as archive:
        about = tarfile.TarInfo(text[:60_000].replace("\0", "") or "a")
        archive.addfile(about)
    for ending, raw in ((".zip", packed.getvalue()), (".tar", taped.getvalue())):
        path = Path(f"/tmp/hostile-{os.getpid()}{ending}")
        path.write_bytes(raw)
        with suppress(AuthorError):
            intake.receive(path, required=("mlp.py",), provided={})
        path.unlink()
    return None


def _parse(text: str) -> object:
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return parsing.parse(text)
    return None


PARSERS: Mapping[str, Parser] = {
    "Python": _parse,
    "Python, in all ways": of_python,
    "code cell": of_a_cell,
    "notebook": of_a_notebook,
    "written answer": lambda text: writing.own_sentences(text, ["What did you see in the plot, and why is it so?"]),
    "Markdown": markup.markdown,
    "coloured Python": markup.python,
    "LaTeX": lambda text: formulas.mathml(text, display=True),
    "file name": of_names,
    "archive": of_an_archive,
}


def texts(length: int) -> Iterator[tuple[str, str]]:
    """Yield texts of about so many characters, each with what it is made of."""
    for number, piece in enumerate(PIECES):
        pairs = {("", ""), ('s = f"', '"')} | {
            (BEFORE[(number + turn) % len(BEFORE)], BEHIND[(number * 3 + turn) % len(BEHIND)]) for turn in range(3)
        }
        for before, behind in sorted(pairs):
            yield f"{before!r} {piece!r} {behind!r}", made(before, piece, behind, length)


def made(before: str, piece: str, behind: str, length: int) -> str:
    """Return a text with something repeated in its middle."""
    return f"{before}{piece * (length // len(piece))}{behind}"


def seconds(parser: Parser, asked: Sequence[str]) -> list[float]:
    """Return the seconds of processor time that a parser takes over each text, in processes of their own; `LATEST` at most.

    What the parser raises is a failure.
    """
    took: list[float] = []
    while len(took) < len(asked):
        found, code = _in_a_child(parser, asked[len(took) :])
        took += found
        if code == 1:
            text = asked[len(took)]
            raise AssertionError(f"{len(text)} characters, {text[:60]!r}...: an error")
        if len(took) < len(asked):
            took.append(LATEST)
    return took


def _in_a_child(parser: Parser, asked: Sequence[str]) -> tuple[list[float], int]:
    """Return what texts took until one was too much, and how the process has ended."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            for text in asked:
                signal.setitimer(signal.ITIMER_PROF, LATEST)
                before = time.process_time()
                parser(text)
                os.write(theirs, f"{time.process_time() - before}\n".encode())
            code = 0
        finally:
            os._exit(code)
    os.close(theirs)
    with os.fdopen(ours) as told:
        found = [float(line) for line in told]
    return found, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
