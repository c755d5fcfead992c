"""What old notebooks import, and what they import from, where no library has it any more: laid before student code loads.

A stand-in is either a whole module that no longer exists, or names that a module which exists has lost. None of it holds
anything that the homework asks for.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.worker import absent, hosts, jupyter, old_drawing, old_learning, old_numbers

Fill = Callable[[types.ModuleType], None]
# modules that are gone, and names that those which are still there have lost, by the module
GONE: Mapping[str, Fill] = {**hosts.GONE, **old_numbers.GONE, **old_learning.GONE, **old_drawing.GONE}
LOST: Mapping[str, Fill] = {**old_numbers.LOST, **old_learning.LOST, **old_drawing.LOST, **jupyter.LOST}


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules that are gone, and completes others when they are imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in GONE and fullname not in LOST:
            return None
        spec = _real(fullname, path)
        if spec is None and fullname in GONE:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if spec is not None and spec.loader is not None and fullname in LOST:
            spec.loader = Completing(spec.loader, LOST[fullname])
        return spec if fullname in LOST else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        GONE[module.__name__](module)


class Completing(importlib.abc.Loader):
    """Loads a module as its own loader does, then gives back what it has lost."""

    def __init__(self, loader: Any, fill: Fill) -> None:
        self._loader, self._fill = loader, fill

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        made: types.ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: types.ModuleType) -> None:
        self._loader.exec_module(module)
        complete(module, self._fill)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _real(name: str, path: Sequence[str] | None) -> importlib.machinery.ModuleSpec | None:
    for find in (importlib.machinery.BuiltinImporter.find_spec, importlib.machinery.PathFinder.find_spec):
        if spec := find(name, path):
            return spec
    return None


def complete(module: types.ModuleType, fill: Fill) -> None:
    """Give a module names that it has lost; where it is not as it was, it stays as it is."""
    with warnings.catch_warnings(), contextlib.suppress(AttributeError, ImportError, KeyError, TypeError, ValueError):
        warnings.simplefilter("ignore")
        fill(module)


def stand_in(folder: Path) -> None:
    """Let old imports find something from now on, and let the folders of other hosts do nothing; `folder` is the submission's."""
    # right after what was handed in
    sys.meta_path.insert(1, Finder())
    for name, fill in LOST.items():
        if name in sys.modules:
            complete(sys.modules[name], fill)
    old_numbers.divide_as_before()
    absent.offer()
    hosts.stay_in(folder)
