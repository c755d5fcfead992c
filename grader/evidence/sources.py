"""Which of our source files a function can run: found by following imports from where it is defined, listed nowhere."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.machinery
import importlib.util
import re
import secrets
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import STARTED
from grader.parsing import parse

# ours, whoever asks; what an assignment from elsewhere is made of is found by where its own functions are
OURS = frozenset({"grader", "mlpgrader"})
# the clock of a file system is a little behind the one that we read
MARGIN_NS = 50_000_000
Import = tuple[str, str | None]
# where statements hold others: an import is one, so expressions need not be walked through
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
# as our files are written: whatever is imported in another way makes the whole file worth parsing
_STATEMENT = r"(?:from [\w.]+ import (?:\([\w\s,]+\)|[\w ,]+|\*)|import [\w., ]+)"
_PLAIN = re.compile(rf"^([ \t]*)({_STATEMENT})$", re.MULTILINE)
_FOR_TYPES = re.compile(rf"^if TYPE_CHECKING:\n(?: +{_STATEMENT}\n)+(?=\n*(?:\S|\Z))", re.MULTILINE)
_EXAMPLE_OR_COMMENT = re.compile(r"^[ \t]*(?:>>> |# ).*$", re.MULTILINE)
_WORD = re.compile(r"\bimport\b|\bTYPE_CHECKING:|\'{3}")


def files_behind(modules: Iterable[str]) -> dict[str, Path]:
    """Return the source file of each of these modules and of every one of ours that they import, by module name.

    A name that a package only passes on leads to the module that it comes from, so that a package that lists checks
    does not bring them all. What is installed beside us is left out: it is known by its version.
    """
    return dict(_behind(frozenset(modules)))


@functools.cache
def _behind(modules: frozenset[str]) -> Mapping[str, Path]:
    found: dict[str, Path] = {}
    waiting = sorted(modules)
    own = OURS | {name.partition(".")[0] for name in waiting}
    while waiting:
        name = waiting.pop()
        if name not in found and (file := _file(name, own)):
            found[name] = file
            waiting.extend(_imported(name, file, own))
    return found


def digest_of(modules: Iterable[str]) -> str:
    """Return a digest of the files behind these modules: of their text, and of what they have read into constants."""
    digest = hashlib.sha256()
    for name, file in sorted(files_behind(modules).items()):
        digest.update(f"{name} {file_digest(file)}\n".encode())
        for constant, value in sorted(_constants(name)):
            digest.update(f"{name}.{constant} {value}\n".encode())
    return digest.hexdigest()


@functools.cache
def file_digest(file: Path) -> str:
    """Return the digest of a file as it was when this process started.

    One that has changed since then, and may not be what this process runs, has a digest like no other.
    """
    try:
        about, content = file.stat(), file.read_bytes()
    except OSError:
        return secrets.token_hex(32)
    if max(about.st_mtime_ns, about.st_ctime_ns) > STARTED - MARGIN_NS:
        return secrets.token_hex(32)
    return hashlib.sha256(content).hexdigest()


def _constants(module: str) -> Iterator[tuple[str, str]]:
    """Yield what a module has read, or names to be read: texts and bytes by their digest, paths of files by that of the file."""
    for name, value in vars(sys.modules.get(module, object)).items():
        if name.startswith("__"):
            continue
        if isinstance(value, str | bytes):
            yield name, hashlib.sha256(value.encode(errors="replace") if isinstance(value, str) else value).hexdigest()
        elif isinstance(value, Path) and value.is_file():
            yield name, file_digest(value)


@functools.cache
def _file(name: str, own: frozenset[str]) -> Path | None:
    """Return the source of a module of ours; None where there is none of that name."""
    top, *rest = name.split(".")
    folder = _top(top) if top in own or not _is_known_by_version(top) else None
    if folder is None:
        return None
    if not rest:
        return folder
    stem = folder.parent.joinpath(*rest) if folder.name == "__init__.py" else None
    if stem is None:
        return None
    return next((each for each in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")) if each.is_file()), None)


@functools.cache
def _top(name: str) -> Path | None:
    """Return the source file of a module that lies in no package, or of a package."""
    module = sys.modules.get(name)
    origin = getattr(module, "__file__", None)
    if origin is None and module is None:
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec and spec.has_location else None
    return Path(origin) if origin and Path(origin).suffix in importlib.machinery.SOURCE_SUFFIXES else None


@functools.cache
def _is_known_by_version(top: str) -> bool:
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return True
    file = _top(top)
    installed = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    return file is None or any(file.resolve().is_relative_to(folder) for folder in installed)


def _imported(name: str, file: Path, own: frozenset[str]) -> Iterator[str]:
    """Yield the modules whose code an import anywhere in this module brings."""
    for base, imported in _imports(name, file).everywhere:
        yield from _origin(base, imported, own)


def _origin(base: str, name: str | None, own: frozenset[str], depth: int = 0) -> Iterator[str]:
    """Yield the module that `name` comes from when it is imported from `base`; `base` itself without a name."""
    if name is None or depth > 20:
        yield base
    elif _file(f"{base}.{name}", own):
        yield f"{base}.{name}"
    else:
        file = _file(base, own)
        passed_on = _imports(base, file).passed_on if file and file.name == "__init__.py" else {}
        if name in passed_on:
            yield from _origin(*passed_on[name], own, depth + 1)
        else:
            yield base


@dataclass(frozen=True)
class _Imports:
    """Imports as what is imported from and the name, None where a module itself is: everywhere in a file, and by new name."""

    everywhere: tuple[Import, ...]
    passed_on: Mapping[str, Import]


@functools.cache
def _imports(module: str, file: Path) -> _Imports:
    content = file.read_bytes()
    tree = parse(_only_imports(content) or content)
    found: list[Import] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and _is_for_types(node.test):
            waiting.extend(node.orelse)
        else:
            found.extend(_names(node, module, file))
            waiting.extend(inner for block in _BLOCKS for inner in getattr(node, block, ()))
    passed_on = {
        alias.asname or alias.name: origin
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias, origin in zip(node.names, _names(node, module, file), strict=True)
    }
    return _Imports(tuple(found), passed_on)


def _only_imports(content: bytes) -> str:
    """Return what a text imports and nothing else; empty where that cannot be told without parsing all of it."""
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return ""
    text = _FOR_TYPES.sub("", _EXAMPLE_OR_COMMENT.sub("", text))
    found, at, quotes = [], 0, 0
    for each in _PLAIN.finditer(text):
        quotes += text.count('"""', at, each.start())
        at = each.start()
        # in the midst of a text, or of a statement that began on the line before
        if quotes % 2 or text.endswith("\\\n", 0, at):
            return ""
        found.append(f"if True: {each.group(2)}" if each.group(1) else each.group(2))
    return "\n".join(found) if found and len(found) == len(_WORD.findall(text)) else ""


def _names(node: ast.AST, module: str, file: Path) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, None) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        parts = module.split(".")
        package = parts if file.name == "__init__.py" else parts[:-1]
        above = package[: len(package) + 1 - node.level] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield from ((base, None if alias.name == "*" else alias.name) for alias in node.names)


def _is_for_types(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
