"""Importing the student's modules from what was handed in, never in place of the standard library or numpy."""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.worker import absent
from grader.worker.problems import MISSING, Refused
from grader.worker.taps import Taps

NOT_REPLACED = frozenset({"numpy", "matplotlib"}) | sys.stdlib_module_names
METHOD_LIMIT = 200
SHOWN = 5


class SourceLoader(importlib.abc.InspectLoader):
    """Runs a module from bytes in memory; its file name in tracebacks is relative, so no path of ours shows."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self.source)

    def get_code(self, fullname: str) -> Any:
        tree = ast.parse(self.source, self.file)
        return compile(absent.Changed().visit(tree), self.file, "exec", dont_inherit=True)


class SubmissionFinder(importlib.abc.MetaPathFinder):
    """Finds modules among the files of a submission."""

    def __init__(self, files: Mapping[str, bytes], folder: str) -> None:
        self.files, self.folder = files, folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        stem = fullname.replace(".", "/")
        if fullname.partition(".")[0] in NOT_REPLACED:
            return None
        for file in (f"{stem}/__init__.py", f"{stem}.py"):
            if file in self.files:
                return self.spec(fullname, file)
        if any(file.startswith(f"{stem}/") and file.endswith(".py") for file in self.files):
            folder = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            folder.submodule_search_locations = [str(Path(self.folder, stem))]
            return folder
        return None

    def spec(self, fullname: str, file: str) -> importlib.machinery.ModuleSpec:
        """Return the spec that makes module `fullname` from `file` of the submission."""
        where = Path(self.folder, file)
        inside = [str(where.parent)] if file.endswith("__init__.py") else None
        loader = SourceLoader(file, self.files[file])
        spec = importlib.util.spec_from_file_location(fullname, where, loader=loader, submodule_search_locations=inside)
        assert spec is not None
        return spec


def preload(names: Iterable[str], tapped: Iterable[str], taps: Taps) -> None:
    """Import modules that are ours, each with its `tapped` functions switchable before anyone else has them."""
    wanted = [path.rpartition(".") for path in tapped]
    for name in names:
        module = importlib.import_module(name)
        for _, _, function in (path for path in wanted if path[0] == name):
            setattr(module, function, taps.tapped(getattr(module, function)))


def load(finder: SubmissionFinder, file: str, name: str) -> dict[str, Any]:
    """Import the student's `file` as module `name`, and return its classes and functions with their parameters."""
    if file not in finder.files:
        # what was loaded before is ours
        others = sorted(other for other in finder.files if other.removesuffix(".py") not in sys.modules)[:SHOWN]
        raise Refused(
            MISSING, f"there is no file `{file}`, only {', '.join(others)}" if others else f"there is no file `{file}`"
        )
    if name not in sys.modules:
        spec = finder.spec(name, file)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)  # type: ignore[union-attr]
        except BaseException:
            sys.modules.pop(name, None)
            raise
    own = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in finder.files} | {name}
    names = dict(vars(sys.modules[name]))
    mine = {key: value for key, value in names.items() if getattr(value, "__module__", None) in own}
    classes = {key: _methods(value) for key, value in mine.items() if isinstance(value, type)}
    functions = {key: _parameters(value) for key, value in mine.items() if inspect.isfunction(value)}
    return {"classes": _bounded(classes), "functions": _bounded(functions)}


def resolve(path: str) -> Any:
    """Return what a dotted path names in a loaded module; Refused when it is not there."""
    module, _, name = path.rpartition(".")
    if module not in sys.modules:
        raise Refused(MISSING, f"`{module}.py` has not been imported")
    try:
        return getattr(sys.modules[module], name)
    except AttributeError:
        raise Refused(MISSING, f"{module}.py has no `{name}`") from None


def _methods(kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ancestor in reversed(kind.__mro__[:-1]):
        for name, member in vars(ancestor).items():
            function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
            if inspect.isfunction(function):
                parameters = _parameters(function)
                found[name] = parameters if isinstance(member, staticmethod) else parameters[1:]
    return _bounded(found)


def _parameters(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return []
    return [_parameter(each) for each in list(parameters)[:METHOD_LIMIT]]


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    if parameter.kind in stars:
        return stars[parameter.kind] + parameter.name
    only = "!" if parameter.kind is parameter.KEYWORD_ONLY else ""
    return parameter.name + only + ("" if parameter.default is parameter.empty else "=")


def _bounded(found: dict[Any, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in list(found.items())[:METHOD_LIMIT] if isinstance(key, str) and key.isidentifier()
    }
