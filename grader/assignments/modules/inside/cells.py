"""Loading a notebook of classes without a kernel: statement by statement, so that what is slow or broken costs only itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import re
import sys
import time
import types
from typing import Any

from grader.assignments.modules.inside.needs import BODIES, FUNCTIONS, IMPORTS, needed_places
from grader.worker.alarm import Overtime
from grader.worker.jupyter import Jupyter, nothing

# bound before student code can replace them
now, busy = time.perf_counter, time.process_time
SPACE = "__main__"
DEFINITIONS = (*IMPORTS, *FUNCTIONS, ast.ClassDef)
LOOPS = (ast.For, ast.While)
# a statement that takes this long and that no class needs is left out the next time
SLOW = 0.05
# a machine with much to do is so many times slower: what a statement takes is what it computes, or its time divided by this
PATIENCE = 4
NAMES = 300
SPEAKS_OF = {
    "matplotlib.pyplot": rb"(?:import|from)\s+(?:matplotlib|pylab)",
    "IPython.display": rb"(?:import|from)\s+IPython",
    "ipywidgets": rb"(?:import|from)\s+ipywidgets",
    "pandas": rb"(?:import|from)\s+pandas",
    "scipy.special": rb"(?:import|from)\s+scipy",
    "sklearn.datasets": rb"(?:import|from)\s+sklearn",
    "tqdm.auto": rb"(?:import|from)\s+tqdm",
}


class Interrupted(BaseException):
    """Raised in a statement that is only an experiment and takes too long."""


def prepare(bench: Any) -> None:
    """Import, once for all sessions, the libraries that a file with layer classes speaks of: each takes a while."""
    sources = [data for data in bench.finder.files.values() if re.search(rb"class\s+Linear\b", data)]
    for name, pattern in SPEAKS_OF.items():
        if any(re.search(pattern, data) for data in sources):
            try:
                importlib.import_module(name)
            except ImportError:  # the student's own import says so where it belongs
                continue


class Loading:
    """What was loaded in one session: the namespace, and how every cell ended."""

    def __init__(self) -> None:
        # what stays alive is still needed by our own functions
        self.before = sys.modules.get(SPACE)
        self.module = types.ModuleType(SPACE)
        sys.modules[SPACE] = self.module
        self.space: dict[str, Any] = vars(self.module)
        self.space |= {"get_ipython": Jupyter, "display": nothing}
        self.cells: list[dict[str, Any]] = []
        self.needed: set[tuple[str, int]] = set()
        # by which other name a class of the course was written down
        self.called: dict[str, str] = {}
        # the attributes that methods of each class give a value to
        self.attributes: dict[str, list[str]] = {}
        # the modules that names are imported from; "*" stands for whatever name
        self.imports: dict[str, str] = {}
        self.homes: dict[str, str] = {}
        self.left = 0.0

    def fresh(self, cell: str) -> None:
        """Note which classes a cell has just made, or made again."""
        for name, value in list(self.space.items()):
            if isinstance(value, type) and getattr(value, "__module__", None) == SPACE:
                key = f"{name} {id(value)}"
                self.homes.setdefault(key, cell)


def loading_of(bench: Any) -> Loading:
    """Return what this session has loaded."""
    if "modules" not in bench.session:
        bench.session["modules"] = Loading()
    loading: Loading = bench.session["modules"]
    return loading


def _plan(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Find out, before anything is run, which statements of all cells the classes need, and which attributes they set."""
    loading = loading_of(bench)
    cells = []
    for source in operation["sources"]:
        try:
            cells.append((source["name"], ast.parse(source["text"]).body))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # the cell itself says so when it is run
            continue
    loading.needed = needed_places(cells, operation["classes"])
    loading.called = operation["called"]
    for _, body in cells:
        for each in body:
            if isinstance(each, ast.ClassDef):
                loading.attributes[each.name] = _set_on_self(each)
            if isinstance(each, ast.ImportFrom) and each.module and not each.level:
                loading.imports.update({alias.asname or alias.name: each.module for alias in each.names})
    return {}


def _set_on_self(kind: ast.ClassDef) -> list[str]:
    found = [
        each.attr
        for each in ast.walk(kind)
        if isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id == "self"
    ]
    return list(dict.fromkeys(found))[:NAMES]


def _cell(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Run one cell; what a statement of it raises is the answer's problem, and the rest of the cell is left out."""
    loading, name = loading_of(bench), operation["name"]
    if loading.left == 0.0:
        loading.left = operation["all_experiments"]
    for places in ("own", "known"):
        setattr(bench.places, places, frozenset({*getattr(bench.places, places), name}))
    entry: dict[str, Any] = {"name": name, "skip": [], "interrupted": 0}
    loading.cells.append(entry)
    tree = ast.parse(operation["source"], filename=name)
    # so that an error can be told with the expression in which it came up
    linecache.cache[name] = (len(operation["source"]), None, operation["source"].splitlines(keepends=True), name)
    missing: BaseException | None = None
    try:
        for index, statement in enumerate(tree.body):
            needed = (name, index) in loading.needed
            defines = needed or is_definition(statement)
            if not needed and (index in operation["skip"] or (operation["definitions_only"] and not defines)):
                entry["skip"].append(index)
                continue
            try:
                _statement(bench, loading, entry, index, statement, operation)
            except ImportError as error:
                missing = missing or error
                entry["skip"].append(index)
            except Overtime:
                raise
            except BaseException as error:
                # a file is read on: it has one cell only
                if not operation["go_on"]:
                    raise
                missing = missing or error
    finally:
        loading.fresh(name)
    if missing is not None:
        raise missing
    return {}


def _statement(
    bench: Any, loading: Loading, entry: dict[str, Any], index: int, statement: ast.stmt, operation: dict[str, Any]
) -> None:
    code = compile(ast.Module([statement], []), entry["name"], "exec", dont_inherit=True)
    needed = (entry["name"], index) in loading.needed
    in_full = needed or is_definition(statement)
    if loading.left <= 0.0 and not in_full:
        entry["interrupted"] += 1
        entry["skip"].append(index)
        return
    limit = operation["definition"] if in_full else max(min(operation["experiment"], loading.left), 0.01)
    started, computed = now(), busy()

    def taken() -> float:
        return max(busy() - computed, (now() - started) / PATIENCE)

    def ring(_frame: Any) -> None:
        if taken() >= limit:
            raise Interrupted

    try:
        bench.alarm.run_within(limit, ring, lambda: exec(code, loading.space))  # noqa: S102 - what the sandbox is for
    except Interrupted:
        entry["interrupted"] += 1
        entry["skip"].append(index)
        return
    finally:
        loading.left -= taken() if taken() > SLOW and not in_full else 0.0
    if taken() > SLOW and not needed and not _is_class_or_function(statement):
        entry["skip"].append(index)


def is_definition(statement: ast.stmt) -> bool:
    """Tell whether a statement belongs to the classes rather than to experiments: it gets its time, and is not left out."""
    if isinstance(statement, DEFINITIONS):
        return True
    inner = list(ast.walk(statement))
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not any(isinstance(each, ast.Call | ast.Await | ast.comprehension) for each in inner)
    return not isinstance(statement, LOOPS) and any(isinstance(each, DEFINITIONS) for each in inner)


def _is_class_or_function(statement: ast.stmt) -> bool:
    return any(isinstance(each, BODIES) and not isinstance(each, ast.Lambda) for each in ast.walk(statement))


def _classes(bench: Any, _operation: dict[str, Any]) -> dict[str, Any]:
    """Say how every cell ended, and which classes there are: their cells, their methods, what they are made of."""
    loading = loading_of(bench)
    found = {}
    for wanted, written_as in loading.called.items():
        if wanted not in loading.space and isinstance(loading.space.get(written_as), type):
            loading.space[wanted] = loading.space[written_as]
    defined = [name for name, value in loading.space.items() if getattr(value, "__module__", None) == SPACE]
    for name in defined[:NAMES]:
        value = loading.space[name]
        if isinstance(value, type):
            methods = [method for kind in value.__mro__[:-1] for method in vars(kind)]
            own = [method for method, held in vars(value).items() if inspect.isfunction(held)]
            home = loading.homes.get(f"{name} {id(value)}", "")
            found[name] = {"cell": home, "methods": methods[:NAMES], "own": own[:NAMES]}
    libraries = {
        name: value.__name__
        for name, value in loading.space.items()
        if type(value) is types.ModuleType and name[0] != "_"
    }
    names = [*defined, *libraries, *loading.space][: 2 * NAMES]
    # what could be imported has its names
    imports = {name: module for name, module in loading.imports.items() if module not in sys.modules}
    written = {"names": names, "libraries": libraries, "attributes": loading.attributes, "imports": imports}
    return {"value": {"cells": loading.cells, "classes": found, "written": written}}


OPERATIONS = {"module_plan": _plan, "module_cell": _cell, "module_classes": _classes}
