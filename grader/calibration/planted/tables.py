"""What is said of submissions in the ``.toml`` files of their folder, and everything that is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import AuthorError
from grader.model import Rubric
from grader.suggestions import did_you_mean

TABLE = "mutants.toml"
# the table that holds for all others of its file
ALL = "all"
MAKING = ("base", "replace", "append", "beside", "kernel")
TEXTS = ("diagnosis", "story", "file", "base", "append", "kernel", "size")
LISTS = ("fails", "may_fail", "items", "asked")
KEYS = (*LISTS, *TEXTS, "may_name", "replace", "beside", "numbers")


@dataclass(frozen=True)
class Table:
    """What a file says of a submission, with what it says of all.

    `keys` are those of its own, `problems` what is wrong with them; it is `sound` when nothing is, of all neither.
    """

    path: Path
    name: str
    said: Mapping[str, Any]
    keys: frozenset[str]
    problems: tuple[str, ...]
    sound: bool

    @property
    def makes(self) -> bool:
        """Whether it says how the submission is made."""
        return any(key in self.said for key in MAKING)


def read(folder: Path, rubric: Rubric) -> tuple[dict[str, Table], list[str]]:
    """Return the tables of all ``.toml`` files in a folder, by name of the submission, and what is wrong with the others.

    The table named "all" is that of ``mutants.toml``. AuthorError when a file cannot be read.
    """
    found: dict[str, Table] = {}
    problems = []
    for path in sorted(folder.glob("[!._]*.toml")):
        whole = _parsed(path)
        general = whole.get(ALL, {})
        of_all = list(_problems(ALL, general, rubric))
        for name, said in whole.items():
            wrong = [f"{path}: {text}" for text in _problems(name, said, rubric)]
            if not isinstance(said, dict) or (name == ALL and path.name != TABLE):
                problems += wrong
            elif name in found:
                problems.append(f"{path}: [{name}] is in {found[name].path.name}, too; rename one")
            else:
                known = {**general, **said} if isinstance(general, dict) else said
                found[name] = Table(path, name, known, frozenset(said), tuple(wrong), sound=not wrong and not of_all)
    return found, problems


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AuthorError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise AuthorError(f"{path}: is not valid TOML: {error}") from error


def _problems(name: str, said: object, rubric: Rubric) -> Iterator[str]:
    if not isinstance(said, dict):
        yield f"'{name}' is {said!r}; begin what is said of a bug with a line [name_of_the_bug]"
        return
    where = f"[{name}]"
    for key in said:
        if key not in KEYS:
            yield f"{where} has the unknown key '{key}'{did_you_mean(key, KEYS) or '; remove it'}"
    for key in LISTS:
        yield from _names(where, key, said.get(key, []), _known(key, rubric))
    if not _are_texts(said.get("may_name", [])):
        yield f"{where}: 'may_name' is {said['may_name']!r}; write names in brackets, as in may_name = [\"bias_missing\"]"
    yield from _sizes(where, said, rubric)
    yield from _recipe(where, said, TEXTS)
    beside = said.get("beside", {})
    if not isinstance(beside, dict):
        yield f'{where}: \'beside\' is {beside!r}; write files by name, as in beside = {{ "mlp.py" = "styles/dicts.py" }}'
        return
    for file, recipe in beside.items():
        if isinstance(recipe, dict):
            yield from _recipe(f"{where} beside '{file}'", recipe, ("base", "append", "kernel"))
        elif not isinstance(recipe, str):
            yield f"{where} beside '{file}' is {recipe!r}; write the path of a file, or a table with base and replace"


def _recipe(where: str, said: Mapping[str, Any], texts: Iterable[str]) -> Iterator[str]:
    for key in texts:
        if not isinstance(said.get(key, ""), str):
            yield f"{where}: '{key}' is {said[key]!r}; write a text in quotes"
    pairs = said.get("replace", [["", ""]])
    if not isinstance(pairs, list) or not pairs or not all(_are_texts(pair) and len(pair) == 2 for pair in pairs):
        yield f'{where}: \'replace\' is {pairs!r}; write pairs of texts, as in replace = [["old", "new"]]'


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _known(key: str, rubric: Rubric) -> list[str]:
    if key in ("items", "asked"):
        return [item.id for item in rubric.items]
    return [check for item in rubric.items for check in item.checks]


def _names(where: str, key: str, value: object, known: Iterable[str]) -> Iterator[str]:
    if not isinstance(value, list) or not _are_texts(value):
        yield f"{where}: '{key}' is {value!r}; write names in brackets, as in {key} = [\"{next(iter(known), 'name')}\"]"
        return
    what = "item" if key in ("items", "asked") else "check"
    for name in value:
        if name not in known:
            yield f"{where}: there is no {what} '{name}'{did_you_mean(name, known) or '; remove it'}"


def _sizes(where: str, said: Mapping[str, Any], rubric: Rubric) -> Iterator[str]:
    size, numbers = said.get("size", "quick"), said.get("numbers", {})
    if isinstance(size, str) and "size" in said and size not in rubric.sizes:
        yield f"{where}: there is no size '{size}'{did_you_mean(size, rubric.sizes) or '; remove it'}"
    known = sorted({name for each in rubric.sizes.values() for name in each})
    if not isinstance(numbers, dict) or not all(type(value) in (int, float) for value in numbers.values()):
        yield f"{where}: 'numbers' is {numbers!r}; write numbers by name, as in numbers = {{ cell_seconds = 15 }}"
        return
    for name in numbers:
        if name not in known:
            yield f"{where}: no size of the rubric has a number '{name}'{did_you_mean(name, known) or '; remove it'}"
