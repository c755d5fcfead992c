"""The files of a submission that a table describes: right texts in which something is replaced, or with something added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.assignments import Assignment
from grader.calibration.planted import cells
from grader.suggestions import did_you_mean

SOURCES = (".py", ".ipynb")
NOTEBOOK = ".ipynb"


@dataclass(frozen=True)
class Materials:
    """What submissions are made of: the files of `folder`, from where a ``base`` is looked for, and of the reference."""

    folder: Path
    reference: Path
    assignment: Assignment

    @property
    def file(self) -> str:
        """The name of the file that is handed in where nobody says another: the first that is required."""
        return next(iter(self.assignment.required_files(self.assignment.parameters)), "")


def made(entry: Mapping[str, Any], materials: Materials) -> dict[str, bytes]:
    """Return what is handed in, name -> content. ValueError says what cannot be made, and what to write instead."""
    file = entry.get("file") or materials.file
    files = {file: _made(file, entry, materials)}
    for name, said in entry.get("beside", {}).items():
        files[name] = _made(name, {"base": said} if isinstance(said, str) else said, materials)
    return files


def _made(file: str, said: Mapping[str, Any], materials: Materials) -> bytes:
    path, where = _base(file, said, materials)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{where} cannot be read ({error.strerror or error})") from error
    pairs, more = said.get("replace", ()), str(said.get("append", ""))
    if path.suffix == NOTEBOOK:
        if more or not file.endswith(NOTEBOOK):
            raise ValueError(f"{where} is a notebook: it stays one, and nothing can be appended to it")
        return _in_cells(content, pairs, where) if pairs else content
    if not pairs and not more and not file.endswith(NOTEBOOK):
        return content
    (text,) = replaced([content.decode()], pairs, where)
    if not file.endswith(NOTEBOOK):
        return (text + more).encode()
    return cells.notebook(text + more, kernel=said.get("kernel", cells.KERNEL))


def _base(file: str, said: Mapping[str, Any], materials: Materials) -> tuple[Path, str]:
    """Return the file that this one is made from, and what messages call it."""
    if base := said.get("base", ""):
        path = materials.folder / base
        if not path.is_file():
            there = [
                each.relative_to(materials.folder).as_posix() for each in materials.folder.rglob(f"*{path.suffix}")
            ]
            raise ValueError(f"there is no file '{base}'{did_you_mean(base, there)}")
        return path, base
    there = sorted(path.name for path in materials.reference.iterdir() if path.suffix in SOURCES)
    if file not in there:
        say = did_you_mean(file, there) or f"; say file = one of {', '.join(there)}"
        raise ValueError(f"the reference has no file '{file}'{say}")
    return materials.reference / file, f"{file} of the reference"


def _in_cells(content: bytes, pairs: Sequence[Sequence[str]], where: str) -> bytes:
    notebook = json.loads(content)
    try:
        texts = ["".join(cell["source"]) for cell in notebook["cells"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{where} is no notebook with cells: save it in Jupyter once more") from error
    texts = replaced(texts, pairs, where)
    kept = [{**cell, "source": text} for cell, text in zip(notebook["cells"], texts, strict=True)]
    return json.dumps({**notebook, "cells": kept}).encode()


def replaced(texts: Sequence[str], pairs: Sequence[Sequence[str]], where: str) -> list[str]:
    """Return the texts, in all of which together each old text is there once. ValueError where one is not."""
    found = list(texts)
    for old, new in pairs:
        times = sum(text.count(old) for text in found)
        if times != 1:
            raise ValueError(f"{old!r} occurs {times} times in {where}; write a text that is there once")
        found = [text.replace(old, new) for text in found]
    return found
