"""What student code did instead of answering, in words that a student understands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import CodeType, FrameType, TracebackType
from typing import Any

from grader.worker.shapes import misfit

MESSAGE_LIMIT = 300
# what a traceback calls the cells of a notebook begins so
CELL = "<cell "
# what is said of exceptions that say nothing usable themselves
UNTOLD, NAMELESS = "an exception that cannot be told", "an exception without a name"
# Python's parser has a limit of its own, and calls that an error of memory
TOO_DEEP = "MemoryError: Python cannot read it: something in it is nested too deeply"
READERS = ("parse", "ast_parse", "get_code")
RAISED, MISSING, TIMEOUT, MEMORY, SKIPPED = "raised", "missing", "timeout", "memory", "skipped"

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", re.DOTALL)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


class Refused(Exception):
    """An operation that cannot be answered; `kind` is a value of `model.ProblemKind`."""

    def __init__(self, kind: str, message: str, where: str = "") -> None:
        super().__init__(message)
        self.kind, self.message, self.where = kind, message, where


def clean(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """Return `text` as one bounded line without terminal sequences, control characters and addresses in memory."""
    text = _ADDRESS.sub("0x...", _ESCAPES.sub("", text[: 8 * limit]))
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def type_name(value: Any) -> str:
    """Return the exact type of a value: ``list``, ``numpy.ndarray``, ``mlp.Layer``; nothing of the student's is called."""
    kind = type(value)
    name = type.__dict__["__qualname__"].__get__(kind)
    try:
        module = type.__dict__["__module__"].__get__(kind)
    except AttributeError:  # one that was made where there was no module
        module = ""
    return clean(name if type(module) is not str or module in ("", "builtins") else f"{module}.{name}", 100)


def problem(kind: str, message: str, where: str = "") -> dict[str, str]:
    """Return a problem as it travels."""
    return {"kind": kind, "message": clean(message), "where": clean(where, 120)}


def of_exception(error: BaseException, places: Places) -> dict[str, str]:
    """Return the problem that an exception out of student code stands for, whatever kind of exception it is."""
    try:
        found = _of_exception(error, places)
        return {**found, "message": clean(places.without_paths(found["message"]))}
    except BaseException:  # noqa: BLE001 - what it is made of is the student's, and may raise in turn
        return problem(RAISED, UNTOLD)


def _of_exception(error: BaseException, places: Places) -> dict[str, str]:
    if isinstance(error, Refused):
        return problem(error.kind, error.message, error.where)
    where = places.of_traceback(error.__traceback__)
    if isinstance(error, SyntaxError):
        return _of_syntax(error, where, places)
    if isinstance(error, MemoryError):
        if _is_reading(error.__traceback__):
            return problem(RAISED, TOO_DEEP, where)
        return problem(MEMORY, f"ran out of memory: {_text(error)}".removesuffix(": "), where)
    if isinstance(error, SystemExit):
        return problem(RAISED, "SystemExit: the code calls exit()", where)
    name = type_name(error).rpartition(".")[2] or NAMELESS
    text = _text(error)
    if isinstance(error, ValueError):
        text = misfit(text, error.__traceback__, lambda name: name in places.own or name.startswith(CELL))
    return problem(RAISED, f"{name}: {text}".removesuffix(": "), where)


def _is_reading(traceback: TracebackType | None) -> bool:
    """Tell whether it was Python's parser that raised, which code has no line of its own for."""
    name = ""
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_name
        traceback = traceback.tb_next
    return name in READERS


def _of_syntax(error: SyntaxError, where: str, places: Places) -> dict[str, str]:
    file, line = str(error.filename), error.lineno
    if file in places.known and line:
        where = f"{file} line {line}"
    return problem(RAISED, f"{type_name(error).rpartition('.')[2]}: {error.msg}", where)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # noqa: BLE001 - __str__ may be the student's
        return "(its text cannot be read)"


class Places:
    """Which files are the student's, so that a place can be named by them and never by ours.

    `own` are the student's files, `known` all of the submission, the provided ones among them; `hidden` are folders
    that no message shows.
    """

    def __init__(self, own: Iterable[str], known: Iterable[str], hidden: Iterable[str] = ()) -> None:
        self.own, self.known = frozenset(own), frozenset(known)
        roots = sorted((re.escape(folder) for folder in hidden), key=len, reverse=True)
        self._hidden = re.compile(rf"(?:{'|'.join(roots)})(?:[^\s'\"():]*[/\\])?") if roots else None

    def without_paths(self, text: str) -> str:
        """Return `text` with only the file names left of paths into `hidden` folders, which differ between machines."""
        return self._hidden.sub("", text) if self._hidden else text

    def of_traceback(self, traceback: TracebackType | None) -> str:
        """Return the deepest place in the student's files, like ``mlp.py line 12, in forward``, or nothing."""
        steps = []
        while traceback is not None:
            steps.append((traceback.tb_frame.f_code, traceback.tb_lineno))
            traceback = traceback.tb_next
        return self._first(steps[::-1])

    def of_frame(self, frame: FrameType | None) -> tuple[str, str]:
        """Return in which function student code was entered, and where exactly it is at this moment.

        The first is the same every time that a loop does not end, the second depends on when one looks.
        """
        steps = []
        while frame is not None:
            steps.append((frame.f_code, frame.f_lineno or frame.f_code.co_firstlineno))
            frame = frame.f_back
        entered = [(code, code.co_firstlineno) for code, _ in reversed(steps)]
        return self._first(entered), self._first(steps)

    def of_function(self, function: Any) -> str:
        """Return where a function is defined, or nothing when that is not in the student's files."""
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        return self._first([(code, code.co_firstlineno)]) if isinstance(code, CodeType) else ""

    def _first(self, steps: list[tuple[CodeType, int]]) -> str:
        """Return the first step that is in the student's own files, else the first in provided ones."""
        for files in (self.own, self.known):
            for code, line in steps:
                if code.co_filename in files:
                    inside = "" if code.co_name.startswith("<") else f", in {code.co_name}"
                    return f"{code.co_filename} line {line}{inside}"
        return ""
