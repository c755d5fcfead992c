"""Course material -> what students receive: solution blocks taken out, outputs cleared, all the rest as it is.

A block begins with a line ``### BEGIN SOLUTION`` and ends with a line ``### END SOLUTION`` (in Markdown cells also
``<!-- BEGIN SOLUTION -->``). In code it becomes a comment and a `raise NotImplementedError`, in Markdown an invitation.
"""

from __future__ import annotations

# nbformat is not typed
# mypy: disable-error-code="no-untyped-call"
import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from grader import atomic
from grader.errors import AuthorError
from grader.parsing import parse

MENTION = re.compile(r"\b(BEGIN|END)\s+SOLUTION\b", re.IGNORECASE)
MARKER = re.compile(r"\s*(?:#+\s*(BEGIN|END) SOLUTION|<!--\s*(BEGIN|END) SOLUTION\s*-->)\s*", re.IGNORECASE)
DEFINITION = re.compile(r"(\s*)(?:async\s+def|def|class)\s+(\w+)")
PROMPT = "# your code here"
INVITATION = "*Write your answer here.*"
# a line that takes the place of a solution, in a .py file and as JSON writes it
UNWRITTEN = re.compile(rb'^[^#\n]*raise NotImplementedError\(\\?"write ([\w.]+)\\?"\)', re.MULTILINE)
# of nbformat 4: since then each cell has an id
MINOR_WITH_IDS = 5


def build(reference: Path, target: Path, *, masters: Mapping[str, Path] | None = None) -> list[Path]:
    """Make `target` what students receive of the course material in `reference`; return the files written or removed.

    Nothing is written before all of the material has been read and found right, and each file is replaced in one go.
    Files that the reference lacks are removed, but only below a folder named ``student_template``; caches and hidden
    files are left alone. `masters` are files of the material that are kept elsewhere, by their name in it: they are copied
    into `reference` first. AuthorError when markers do not pair up, stripped code would not load, or the disk refuses.
    """
    wanted, copies = _strip_all(reference, target, masters or {}), _copies(reference, masters or {})
    changed = [path for path, content in copies.items() if _read(path) != content]
    for path in changed:
        atomic.write(path, copies[path])
    for path in _extra(wanted, target) if "student_template" in target.resolve().parts else []:
        _remove(path, target)
        changed.append(path)
    for name, content in wanted.items():
        if _read(target / name) != content:
            atomic.write(target / name, content)
            changed.append(target / name)
    return changed


def stale(reference: Path, target: Path, *, masters: Mapping[str, Path] | None = None) -> list[str]:
    """Say in words what `build` would change: a line for each file that is missing, different or extra."""
    wanted, copies = _strip_all(reference, target, masters or {}), _copies(reference, masters or {})
    found = {name: _read(target / name) for name in wanted}
    missing = [f"{target / name} is missing" for name in wanted if found[name] is None]
    different = [
        f"{target / name} differs from what {reference / name} gives, first in line {_first_difference(content, got)}"
        for name, content in wanted.items()
        if (got := found[name]) is not None and got != content
    ]
    copied = [
        f"{path} differs from its master {(masters or {})[path.relative_to(reference).as_posix()]}"
        for path, content in copies.items()
        if _read(path) != content
    ]
    return (
        copied + missing + different + [f"{path} has no counterpart in {reference}" for path in _extra(wanted, target)]
    )


def unwritten(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the functions, each with its class, that are still as the template has them, file by file."""
    found = (match.decode() for path in sorted(files, key=_of_code) for match in UNWRITTEN.findall(files[path]))
    return tuple(dict.fromkeys(found))


def _of_code(path: str) -> tuple[bool, str]:
    """Return the key that sorts files by name, those with code alone before notebooks."""
    return not path.endswith(".py"), path


def strip_python(text: str, name: str) -> str:
    """Return the Python module `text` without its solutions; `name` is what errors call it."""
    stripped = "\n".join(_without_blocks(text.split("\n"), name, code=True))
    try:
        tree = parse(stripped, name)
    except (SyntaxError, ValueError) as error:
        raise AuthorError(f"{name}: not Python when its solutions are taken out: {error}") from error
    lines = stripped.split("\n")
    if any(lines[line - 2].strip() == PROMPT for line in _raises_at_import(tree)):
        raise AuthorError(
            f"{name}: a solution stands outside of any function, so the template could not be imported; "
            "put the markers inside the function, below its docstring"
        )
    return stripped


def strip_notebook(text: str, name: str) -> str:
    """Return the notebook `text` without solutions, outputs and execution counts, in the current form of nbformat 4."""
    # here, because nothing else that is loaded with this module needs it
    import nbformat

    try:
        # what it would warn of, such as two cells of one id, is an error in what students receive
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            given = json.loads(text)
            nbformat.validate(given)
            notebook = _current(given)
            for number, cell in enumerate(notebook.cells, start=1):
                _strip_cell(cell, f"{name}, cell {number}")
            notebook.metadata.pop("widgets", None)
            nbformat.validate(notebook)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        Warning,
        nbformat.ValidationError,
    ) as error:
        reason = str(error).partition("\n")[0]
        raise AuthorError(
            f"{name}: not a notebook as Jupyter writes it ({reason}); save it again in Jupyter"
        ) from error
    return f"{nbformat.writes(notebook)}\n"


def _current(given: Any) -> Any:
    """Return a notebook in the form of today. Cells that had no ids are named by their places, the same every time."""
    import nbformat

    made = nbformat.convert(nbformat.from_dict(given), nbformat.v4.nbformat)
    if (given["nbformat"], given["nbformat_minor"]) >= (nbformat.v4.nbformat, MINOR_WITH_IDS):
        return made
    made = nbformat.v4.upgrade(made)
    for number, cell in enumerate(made.cells, start=1):
        cell["id"] = f"cell-{number}"
    return made


def _strip_cell(cell: Any, place: str) -> None:
    source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    lines = source.split("\n")
    is_code = cell.cell_type == "code"
    kept = _without_blocks(lines, place, code=is_code)
    cell.source = "\n".join(kept)
    if is_code:
        cell.update(outputs=[], execution_count=None)
    elif kept != lines and "attachments" in cell:  # a picture that only the solution showed must not stay behind
        left = {key: data for key, data in cell.pop("attachments").items() if f"attachment:{key}" in cell.source}
        cell.update({"attachments": left} if left else {})
    for timing in ("execution", "ExecuteTime"):
        cell.metadata.pop(timing, None)


def _without_blocks(lines: Sequence[str], place: str, *, code: bool) -> list[str]:
    kept: list[str] = []
    begun = 0
    for number, line in enumerate(lines, start=1):
        marker = MARKER.fullmatch(line)
        if not marker:
            if MENTION.search(line):
                raise AuthorError(f"{place}, line {number}: a marker is a line of its own, like '### BEGIN SOLUTION'")
            if not begun:
                kept.append(line)
        elif (marker[1] or marker[2]).upper() == "BEGIN":
            if begun:
                raise AuthorError(f"{place}, line {number}: a solution begins within the one of line {begun}")
            begun = number
        else:
            if not begun:
                raise AuthorError(f"{place}, line {number}: a solution ends that never began; mark its beginning")
            kept += _gap(lines, begun, number) if code else [INVITATION]
            begun = 0
    if begun:
        raise AuthorError(f"{place}, line {begun}: a solution begins that never ends; mark its end")
    return kept


def _gap(lines: Sequence[str], begin: int, end: int) -> list[str]:
    """The lines that take the place of lines `begin` to `end` (counted from 1), indented as the solution is."""
    first = next((line for line in lines[begin : end - 1] if line.strip()), lines[begin - 1])
    indent = first[: len(first) - len(first.lstrip())]
    return [f"{indent}{PROMPT}", f'{indent}raise NotImplementedError("write {_owner(lines[:begin], indent)}")']


def _owner(above: Sequence[str], indent: str) -> str:
    """The function, with its class, that code with this indentation below these lines belongs to."""
    names: list[str] = []
    for line in reversed(above):
        definition = DEFINITION.match(line)
        if definition and len(definition[1]) < len(indent):
            indent = definition[1]
            names.insert(0, definition[2])
    return ".".join(names) or "this part"


def _raises_at_import(node: ast.AST) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise):
            yield child.lineno
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _raises_at_import(child)


def _copies(reference: Path, masters: Mapping[str, Path]) -> dict[Path, bytes]:
    return {reference / name: path.read_bytes() for name, path in masters.items()}


def _strip_all(reference: Path, target: Path, masters: Mapping[str, Path]) -> dict[str, bytes]:
    there, here = reference.resolve(), target.resolve()
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise AuthorError(f"{target}: the template and {reference} lie in one another; one would overwrite the other")
    material = {path.relative_to(reference).as_posix(): path for path in _files(reference)} | dict(masters)
    wanted = {name: _strip_file(path) for name, path in sorted(material.items())}
    if not wanted:
        raise AuthorError(f"{reference}: no course material there; run this in the folder that holds reference/")
    return wanted


def _strip_file(path: Path) -> bytes:
    strip = {".py": strip_python, ".ipynb": strip_notebook}.get(path.suffix)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if strip:
            raise AuthorError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
        return raw
    except OSError as error:
        raise AuthorError(f"{path}: cannot be read ({error.strerror or error})") from error
    if strip:
        return strip(text, str(path)).encode()
    for number, line in enumerate(text.split("\n"), start=1):
        if MARKER.fullmatch(line):
            raise AuthorError(f"{path}, line {number}: solutions can be taken out of .py and .ipynb files only")
    return raw


def _files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path for path in paths if not any(map(_is_by_product, path.relative_to(folder).parts)))


def _is_by_product(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__" or part.endswith((".pyc", "~"))


def _extra(wanted: dict[str, bytes], target: Path) -> list[Path]:
    return [path for path in _files(target) if path.relative_to(target).as_posix() not in wanted]


def _remove(path: Path, target: Path) -> None:
    try:
        path.unlink()
        for folder in path.parents:
            if folder == target or any(folder.iterdir()):
                break
            folder.rmdir()
    except OSError as error:
        raise AuthorError(f"{path}: cannot be removed ({error.strerror or error}); remove it by hand") from error


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _first_difference(want: bytes, got: bytes) -> int:
    pairs = zip_longest(want.split(b"\n"), got.split(b"\n"))
    return next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)
