"""More time for one student, written into the rules of a class; all else in that file stays as it is, comments included."""

from __future__ import annotations

import json
import re
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

from grader import atomic
from grader.classes import policy
from grader.classes.policy_problems import problems_of
from grader.errors import AuthorError
from grader.text import printable

# only these are ends of lines in TOML, whatever else Python takes for one
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TABLE = re.compile(r"\s*\[")
_OURS = re.compile(r"""\s*\[\s*(?:extensions|"extensions"|'extensions')\s*\]\s*(?:#.*)?$""")
# what is read has to be there still when it is written
_TURN = threading.Lock()
_FORM = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")


def extend(path: Path, student: str, until: str) -> str:
    """Give a student, known by any name, until a time by the clock of the course, and return what stood there before, or nothing.

    AuthorError when it is no such time, when there are no rules with a due date, or when they cannot be changed by this; then
    nothing is written. Several threads may do so at once.
    """
    with _TURN:
        return _extend(path, student, until)


def _extend(path: Path, student: str, until: str) -> str:
    if not _FORM.fullmatch(until):
        raise AuthorError(f"'{until}' is no time; write it as 2026-11-30 23:59")
    if not path.is_file() or policy.load(path).due is None:
        raise AuthorError(f"{path}: there is no due date to extend; write one into this file first")
    text = path.read_bytes().decode("utf-8-sig")
    table = tomllib.loads(text).get("extensions", {})
    known = next((name for name in table if name.casefold().strip() == student.casefold().strip()), student)
    if problems := list(problems_of(tomllib.loads(text) | {"extensions": {known: until}})):
        raise AuthorError("\n".join(map(printable, problems)))
    lines = list(_extended(_LINE.findall(text), known, f"{_quoted(known)} = {_quoted(until)}"))
    wanted = tomllib.loads(text) | {"extensions": {**table, known: until}}
    try:
        fits = tomllib.loads("".join(lines)) == wanted
    except tomllib.TOMLDecodeError:
        fits = False
    if not fits:
        raise AuthorError(
            f"{path}: is written in a way that is not changed by machine; add the line {_quoted(known)} = {_quoted(until)} to "
            "[extensions] yourself"
        )
    atomic.write(path, "".join(lines))
    return str(table.get(known, ""))


def _extended(lines: list[str], name: str, line: str) -> Iterator[str]:
    """Yield the lines of a file with one more, which stands in the place of an earlier one for the same name."""
    end = "\r\n" if any(each.endswith("\r\n") for each in lines) else "\n"
    inside = done = False
    for each in lines:
        if inside and not done and _name_of(each) == name:
            yield line + end
            done = True
            continue
        if _TABLE.match(each):
            inside = bool(_OURS.match(each.rstrip("\r\n")))
        yield each if each.endswith(("\n", "\r")) else each + end
        if inside and not done and _TABLE.match(each) and not any(_name_of(other) == name for other in lines):
            yield line + end
            done = True
    if not done:
        yield f"{end}[extensions]{end}{line}{end}"


def _name_of(line: str) -> str | None:
    """Return the key of a line that stands for itself in TOML, None for any other."""
    try:
        found = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    return next(iter(found)) if len(found) == 1 else None


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
