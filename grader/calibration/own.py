"""An instructor's own folder of broken submissions, with what is said of them in its ``mutants.toml``.

Every ``.py`` and ``.ipynb`` file in it, and every folder or archive, is one submission with one bug; what begins with a dot
or an underscore is passed over. ``mutants.toml`` may say of each, in a table ``[NAME]``, which checks it ``fails`` and which
it ``may_fail``, the ``diagnosis`` that a hint must name, its ``story``, and the ``items`` in which it must lose points. A
table with ``replace = [["old text", "new text"]]`` makes one from the reference, from its ``file``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.assignments import Assignment
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.model import Rubric
from grader.suggestions import did_you_mean

TABLE = "mutants.toml"
ARCHIVES = (".zip", ".tar.gz", ".tgz")
SOURCES = (".py", ".ipynb")
KEYS = ("fails", "may_fail", "diagnosis", "story", "items", "replace", "file")
LISTS = ("fails", "may_fail", "items")
TEXTS = ("diagnosis", "story", "file")


def own_bugs(folder: Path, reference: Path, assignment: Assignment, rubric: Rubric) -> tuple[Trial, ...]:
    """Return the bugs of a folder, by name. AuthorError says everything that is wrong with it, a line each."""
    if not folder.is_dir():
        raise AuthorError(f"{folder}: there is no such folder; give one that holds broken submissions")
    found = dict(_submissions(folder))
    entries = _entries(folder / TABLE)
    problems = [
        problem
        for name, entry in entries.items()
        for problem in _problems(name, entry, found, assignment, rubric, reference)
    ]
    if problems:
        raise AuthorError("\n".join(f"{folder / TABLE}: {problem}" for problem in problems))
    sources: dict[str, Path | dict[str, bytes]] = {
        name: path if path.is_dir() or path.suffix not in SOURCES else _as_file(path, assignment)
        for name, path in found.items()
    }
    sources |= {
        name: _made(entry, reference, assignment)
        for name, entry in entries.items()
        if isinstance(entry, dict) and "replace" in entry
    }
    if not sources:
        kinds = "a .py or .ipynb file, a folder or an archive for each"
        raise AuthorError(f"{folder}: holds no broken submission; put {kinds} into it, or a {TABLE} that makes some")
    return tuple(_trial(name, source, entries.get(name, {})) for name, source in sorted(sources.items()))


def _trial(name: str, source: Path | Mapping[str, bytes], entry: Mapping[str, Any]) -> Trial:
    return Trial(
        name=name,
        group=Group.PLANTED,
        source=source,
        story=entry.get("story", ""),
        fails=frozenset(entry["fails"]) if "fails" in entry else None,
        may_fail=frozenset(entry.get("may_fail", ())),
        diagnosis=entry.get("diagnosis", ""),
        items=tuple(entry.get("items", ())),
    )


def _submissions(folder: Path) -> Iterator[tuple[str, Path]]:
    seen: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")) or path.name == TABLE:
            continue
        ending = next((each for each in (*SOURCES, *ARCHIVES) if path.name.endswith(each)), "")
        if not path.is_dir() and not ending:
            continue
        name = path.name.removesuffix(ending) if not path.is_dir() else path.name
        if name in seen:
            raise AuthorError(f"{folder}: {seen[name].name} and {path.name} are both called '{name}'; rename one")
        seen[name] = path
        yield name, path


def _as_file(path: Path, assignment: Assignment) -> dict[str, bytes]:
    """Return what is handed in: under the name that the assignment requires, where it requires a file of that kind."""
    required = [name for name in assignment.required if name.endswith(path.suffix)]
    if assignment.required and not required:
        wanted = ", ".join(assignment.required)
        raise AuthorError(f"{path}: a submission has {wanted}; put this file into a folder together with it")
    try:
        return {required[0] if required else path.name: path.read_bytes()}
    except OSError as error:
        raise AuthorError(f"{path}: cannot be read ({error.strerror or error})") from error


def _entries(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AuthorError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise AuthorError(f"{path}: is not valid TOML: {error}") from error


def _problems(
    name: str,
    entry: object,
    found: Mapping[str, Path],
    assignment: Assignment,
    rubric: Rubric,
    reference: Path,
) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"'{name}' is {entry!r}; begin what is said of a bug with a line [name_of_the_bug]"
        return
    where = f"[{name}]"
    for key in entry:
        if key not in KEYS:
            yield f"{where} has the unknown key '{key}'{did_you_mean(key, KEYS) or '; remove it'}"
    for key in TEXTS:
        if not isinstance(entry.get(key, ""), str):
            yield f"{where}: '{key}' is {entry[key]!r}; write a text in quotes"
    for key in LISTS:
        yield from _names(where, key, entry.get(key, []), _known(key, rubric))
    if "replace" in entry:
        if name in found:
            yield f"{where} has 'replace', and {found[name].name} is there too; keep one of them"
        yield from _replacements(where, entry, reference, assignment)
    elif name not in found:
        yield f"{where}: there is no such submission{did_you_mean(name, found) or '; add it, or say what to replace'}"


def _known(key: str, rubric: Rubric) -> list[str]:
    if key == "items":
        return [item.id for item in rubric.items]
    return [check for item in rubric.items for check in item.checks]


def _names(where: str, key: str, value: object, known: Iterable[str]) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        yield f"{where}: '{key}' is {value!r}; write names in brackets, as in {key} = [\"{next(iter(known), 'name')}\"]"
        return
    what = "item" if key == "items" else "check"
    for name in value:
        if name not in known:
            yield f"{where}: there is no {what} '{name}'{did_you_mean(name, known) or '; remove it'}"


def _replacements(where: str, entry: Mapping[str, Any], reference: Path, assignment: Assignment) -> Iterator[str]:
    pairs = entry["replace"]
    shaped = isinstance(pairs, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in pairs
    )
    if not shaped or not pairs:
        yield f'{where}: \'replace\' is {pairs!r}; write pairs of texts, as in replace = [["old", "new"]]'
        return
    file = _file(entry, assignment)
    there = sorted(path.name for path in reference.iterdir() if path.suffix in SOURCES)
    if file not in there:
        say = did_you_mean(file, there) or f"; say file = one of {', '.join(there)}"
        yield f"{where}: the reference has no file '{file}'{say}"
        return
    texts = _texts((reference / file).read_bytes(), file)
    for old, new in pairs:
        times = sum(text.count(old) for text in texts)
        if times != 1:
            yield f"{where}: {old!r} occurs {times} times in {file} of the reference; write a text that is there once"
        texts = [text.replace(old, new) for text in texts]


def _file(entry: Mapping[str, Any], assignment: Assignment) -> str:
    return str(entry.get("file") or (assignment.required[0] if assignment.required else ""))


def _texts(content: bytes, file: str) -> list[str]:
    if not file.endswith(".ipynb"):
        return [content.decode()]
    return ["".join(cell["source"]) for cell in json.loads(content)["cells"]]


def _made(entry: Mapping[str, Any], reference: Path, assignment: Assignment) -> dict[str, bytes]:
    file = _file(entry, assignment)
    content = (reference / file).read_bytes()
    texts = _texts(content, file)
    for old, new in entry["replace"]:
        texts = [text.replace(old, new) for text in texts]
    if not file.endswith(".ipynb"):
        return {file: texts[0].encode()}
    notebook = json.loads(content)
    cells = [{**cell, "source": text} for cell, text in zip(notebook["cells"], texts, strict=True)]
    return {file: json.dumps({**notebook, "cells": cells}).encode()}
