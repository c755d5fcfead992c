"""Importing the student's modules from what was handed in, never in place of the standard library or numpy."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType, ModuleType, TracebackType
from typing import Any

from grader.worker import absent, jupyter
from grader.worker.problems import MISSING, Refused
from grader.worker.taps import Taps

NOT_REPLACED = frozenset({"numpy", "matplotlib"}) | sys.stdlib_module_names
METHOD_LIMIT = 200
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# longer names are left out
NAME_LIMIT = 120
SHOWN = 5


class SourceLoader(importlib.abc.InspectLoader):
    """Runs a module from bytes in memory; its file name in tracebacks is relative, so no path of ours shows."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        # lines that only Jupyter understands
        self.passed_over: list[int] = []

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self.source)

    def get_code(self, fullname: str) -> Any:
        tree, self.passed_over = _parsed(self.source, self.file)
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


def _parsed(source: bytes, file: str) -> tuple[ast.Module, list[int]]:
    """Return the tree of a file, and the lines of it that are passed over."""
    try:
        # bytes may say themselves how they are to be read
        return ast.parse(source, file), []
    except SyntaxError:
        try:
            text = importlib.util.decode_source(source)
        except (SyntaxError, UnicodeDecodeError):
            text = ""
        if not text:
            raise
        return jupyter.parsed(text, file)


def preload(names: Iterable[str], tapped: Iterable[str], taps: Taps) -> None:
    """Import modules that are ours, each with its `tapped` functions switchable before anyone else has them."""
    wanted = [path.rpartition(".") for path in tapped]
    for name in names:
        module = importlib.import_module(name)
        for _, _, function in (path for path in wanted if path[0] == name):
            setattr(module, function, taps.tapped(getattr(module, function)))


def load(
    finder: SubmissionFinder, file: str, name: str, fits: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """Import the student's `file` as module `name`, and return its classes and functions with their parameters.

    What is tried out below its classes may end in an error: they stay, with all that is only defined further down, and the
    error is returned as ``stumbled``. `fits` gives the methods of classes that are asked for: where a class is not there, the
    only one that fits goes by its name, too, and is returned as ``called``. Lines that were passed over since only Jupyter
    understands them are returned as ``jupyter``.
    """
    jupyter.offer()
    stumbled: dict[str, BaseException] = {}
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
        except BaseException as error:
            if not issubclass(type(error), Exception) or not _defines_classes(module):
                sys.modules.pop(name, None)
                raise
            stumbled = {"stumbled": error}
            _define_the_rest(module, finder.files[file], file, error)
    own = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in finder.files} | {name}
    names = list(vars(sys.modules[name]).items())
    mine = [(key, value) for key, value in names if type(key) is str and _module_of(value) in own]
    called = _called({key: value for key, value in mine if issubclass(type(value), type)}, fits or {})
    mine += [(wanted, vars(sys.modules[name])[other]) for wanted, other in called.items()]
    vars(sys.modules[name]).update(mine[len(mine) - len(called) :])
    classes = {key: _methods(value) for key, value in mine if issubclass(type(value), type)}
    functions = {key: _parameters(value) for key, value in mine if type(value) is FunctionType}
    loader = getattr(getattr(sys.modules[name], "__spec__", None), "loader", None)
    passed_over = loader.passed_over[:SHOWN] if type(loader) is SourceLoader else []
    found = {"classes": _bounded(classes), "functions": _bounded(functions), "called": called, "jupyter": passed_over}
    return {**found, **stumbled}


def _called(kinds: Mapping[str, type], fits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return under which other name a module has a class that it should have: in other capitals, or the only one that fits."""
    called = {}
    for wanted, methods in fits.items():
        if wanted in kinds:
            continue
        able = {name: kind for name, kind in kinds.items() if name.casefold() == wanted.casefold()}
        able = able or {
            n: kind for n, kind in kinds.items() if len(set(_methods(kind)) & set(methods)) >= len(methods) - 1
        }
        # one that others derive from is only a part of these
        bases = {base for kind in able.values() for base in type.__getattribute__(kind, "__mro__")[1:]}
        whole = [name for name, kind in able.items() if kind not in bases and _travels(name)]
        if len({id(able[name]) for name in whole}) == 1:
            called[wanted] = whole[0]
    return called


def _defines_classes(module: ModuleType) -> bool:
    return any(issubclass(type(each), type) and _module_of(each) == module.__name__ for each in vars(module).values())


def _define_the_rest(module: ModuleType, source: bytes, file: str, error: BaseException) -> None:
    """Run what is only defined below the statement in which a module stumbled."""
    lines = [frame.tb_lineno for frame in _frames(error) if frame.tb_frame.f_globals is vars(module)]
    tree = absent.Changed().visit(_parsed(source, file)[0])
    for statement in tree.body:
        if lines and statement.lineno > lines[0] and isinstance(statement, DEFINITIONS):
            code = compile(ast.Module([statement], []), file, "exec", dont_inherit=True)
            with contextlib.suppress(Exception):
                exec(code, vars(module))  # noqa: S102 - what the sandbox is for


def _frames(error: BaseException) -> Iterator[TracebackType]:
    frame = error.__traceback__
    while frame is not None:
        yield frame
        frame = frame.tb_next


def _module_of(value: Any) -> str:
    """Return the module that a class or a function says it is from; objects are not asked, they may answer anything."""
    if type(value) is not FunctionType and not issubclass(type(value), type):
        return ""
    try:
        said = value.__module__
    except BaseException:  # noqa: BLE001 - a metaclass of the student's may do anything
        return ""
    return said if type(said) is str else ""


def resolve(path: str) -> Any:
    """Return what a dotted path names in a loaded module; Refused when it is not there."""
    module, _, name = path.rpartition(".")
    if module not in sys.modules:
        raise Refused(MISSING, f"`{module}.py` has not been imported")
    try:
        return getattr(sys.modules[module], name)
    except AttributeError:
        alike = [each for each in vars(sys.modules[module]) if type(each) is str and each.casefold() == name.casefold()]
        if len(alike) == 1:
            # a class in other capitals
            return vars(sys.modules[module])[alike[0]]
        raise Refused(MISSING, f"{module}.py has no `{name}`") from None


def _methods(kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ancestor in reversed(type.__getattribute__(kind, "__mro__")[:-1]):
        for name, member in type.__getattribute__(ancestor, "__dict__").items():
            function = member.__func__ if type(member) in (staticmethod, classmethod) else member
            if type(function) is FunctionType:
                parameters = _parameters(function)
                found[name] = parameters if type(member) is staticmethod else parameters[1:]
    return _bounded(found)


def _parameters(function: Any) -> list[str]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
        named = [_parameter(each) for each in parameters[:METHOD_LIMIT]]
    except BaseException:  # noqa: BLE001 - a signature may be an object of the student's
        return []
    return named if all(each.strip("*!=").isidentifier() for each in named) else []


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    if parameter.kind in stars:
        return stars[parameter.kind] + parameter.name
    only = "!" if parameter.kind is parameter.KEYWORD_ONLY else ""
    return parameter.name + only + ("" if parameter.default is parameter.empty else "=")


def _bounded(found: dict[Any, Any]) -> dict[str, Any]:
    return dict([(key, value) for key, value in found.items() if _travels(key)][:METHOD_LIMIT])


def _travels(name: Any) -> bool:
    """Tell whether a name is one that an answer may hold: nobody asks for any other one."""
    return type(name) is str and len(name) <= NAME_LIMIT and name.isidentifier()
