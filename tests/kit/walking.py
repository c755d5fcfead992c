"""A walk through all that student code can reach from inside, and what of it would be a solution.

What is found leaves as numbers: hashes of lines of text, and of the names that code objects use. So nothing that is looked for
is inside.
"""

from __future__ import annotations

import ast
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType

from kit import ROOT

LEAST = 24
# a planted line: what finds it would find a solution as well
CANARY = "planted_gradient = weights.T @ planted_gradient * slope"
# runs inside, in `WALK`, and outside, on what would be a solution
HASHES = """
import zlib

def line_hashes(text):
    lines = (line.strip() for line in text.split("\\n"))
    return {zlib.crc32(line.encode(errors="replace")) for line in lines if len(line) >= 24}

def code_hash(code):
    return zlib.crc32(repr((code.co_name, code.co_varnames[: code.co_argcount], sorted(set(code.co_names)))).encode())
"""
WALK = (
    HASHES
    + """
import gc, os, sys, types
import numpy as np

def texts_of(value):
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode(errors="replace")
    return ""

def reachable(first, most=3_000_000):
    seen, waiting = set(), list(first)
    while waiting and len(seen) < most:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        if not isinstance(value, (str, bytes, bytearray, int, float, np.ndarray)):
            waiting.extend(gc.get_referents(value))

def frames_above():
    frame = sys._getframe()
    while frame is not None:
        yield from (frame, frame.f_locals, frame.f_globals, frame.f_builtins)
        frame = frame.f_back

def files_read():
    for folder in ("/proc/self", f"/proc/{os.getppid()}", "/proc/1"):
        for name in ("environ", "cmdline", "maps"):
            yield f"{folder}/{name}"
    for start in (os.getcwd(), os.path.dirname(os.getcwd())):
        for at, _, names in os.walk(start) if start != "/tmp" else ():
            yield from (os.path.join(at, name) for name in names[:200])

FOUND = []

def walk():
    if FOUND:
        return FOUND
    lines, codes = set(), set()
    first = [*frames_above(), *gc.get_objects(), sys.modules, sys.meta_path, sys.path_importer_cache]
    for value in reachable(first):
        if isinstance(value, types.CodeType):
            codes.add(code_hash(value))
        elif len(text := texts_of(value)) >= 24:
            lines |= line_hashes(text)
    for path in files_read():
        try:
            with open(path, "rb") as file:
                lines |= line_hashes(file.read(2**22).decode(errors="replace"))
        except OSError:
            continue
    FOUND[:] = np.array(sorted(lines), dtype=np.int64), np.array(sorted(codes), dtype=np.int64)
    return FOUND
"""
)
INSIDE: dict[str, object] = {}
exec(HASHES, INSIDE)


def solutions() -> list[Path]:
    """Return the files in which the homework is solved: the engine, the closed forms, the solved material."""
    replay = sorted((ROOT / "grader" / "replay").glob("*.py"))
    engine = sorted((ROOT / "grader" / "assignments" / "byomlp" / "engine").glob("*.py"))
    return [*replay, *engine, ROOT / "grader" / "functions.py", ROOT / "reference" / "byomlp" / "mlp.py"]


def hashes_of(paths: Iterable[Path]) -> tuple[set[int], set[int]]:
    """Return the hashes of the lines and of the code objects of files."""
    lines: set[int] = set()
    codes: set[int] = set()
    for path in paths:
        source = path.read_text(encoding="utf-8")
        lines |= INSIDE["line_hashes"](_without_docstrings(source))  # type: ignore[operator]
        codes |= {INSIDE["code_hash"](each) for each in _codes(compile(source, path.name, "exec"))}  # type: ignore[operator]
    return lines, codes


def _without_docstrings(source: str) -> str:
    kept = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            kept[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    # what is imported says nothing
    return "\n".join(line for line in kept if not line.startswith(("from ", "import ")))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)
            # what is so short is what many functions are
            if len(each.co_names) >= 4 and not each.co_name.startswith("<"):
                yield each


def canary() -> int:
    """Return the hash of the planted line."""
    return zlib.crc32(CANARY.encode())
