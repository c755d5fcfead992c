"""What old notebooks import and no library has any more: `fetch_mldata`, reading the digits that lie beside the notebook.

It is needed for notebooks that were written from the first version of this assignment: their first cell imports it, and
without it that cell stops.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy import float64, load, rint, uint8

FILE = "mnist.npz"
PACKAGE, DATASETS = "sklearn", "sklearn.datasets"
MISSING = (
    "of scikit-learn only sklearn.datasets.fetch_mldata is there, which reads the digits that lie beside the notebook"
)


class Found(dict[str, Any]):
    """What was fetched: a dict whose entries are attributes, too."""

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(name)
        return self[name]


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `sklearn.datasets` have the function, in the installed library or, where there is none, in place of it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._real: dict[str, importlib.machinery.ModuleSpec] = {}

    def stand_in(self) -> None:
        """Be asked from now on, right after the first finder, which finds what was handed in."""
        sys.meta_path.insert(1, self)
        if DATASETS in sys.modules:
            self._complete(sys.modules[DATASETS])

    def _complete(self, datasets: ModuleType) -> None:
        vars(datasets).update(fetch_mldata=self.fetch, fetch_openml=self.fetch_by_openml)

    def fetch(self, *_args: Any, **_kwargs: Any) -> Found:
        """Return the digits that lie beside the notebook: data uint8 (N, 784) with ink 255, target float64 (N,)."""
        with load(Path(self._folder, FILE), allow_pickle=False) as found:
            data, target = rint(found["X"] * 255).astype(uint8), found["y"].astype(float64)
        return Found(data=data, target=target, DESCR="handwritten digits", COL_NAMES=["label", "data"])

    def fetch_by_openml(self, *args: Any, **kwargs: Any) -> Any:
        """Return the digits as `fetch_openml("mnist_784")` does: data float64, target texts."""
        found = self.fetch()
        found = Found(
            found, data=found.data.astype(float64), target=found.target.astype(int).astype(str).astype(object)
        )
        return (found.data, found.target) if kwargs.get("return_X_y") else found

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        real = importlib.machinery.PathFinder.find_spec(fullname, path)
        if real is None and fullname not in (PACKAGE, DATASETS) and _is_ours(sys.modules.get(PACKAGE)):
            raise ModuleNotFoundError(f"No module named '{fullname}': {MISSING}", name=fullname)
        if real is None and fullname in (PACKAGE, DATASETS):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if real is not None and fullname == DATASETS and real.loader is not None:
            self._real[fullname] = real
            spec = importlib.util.spec_from_loader(fullname, self, origin=real.origin, is_package=True)
            if spec is not None:
                spec.submodule_search_locations = real.submodule_search_locations
            return spec
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        if real := self._real.get(module.__name__):
            module.__file__ = real.origin
            if real.loader is not None:
                real.loader.exec_module(module)
        if module.__name__ == DATASETS:
            self._complete(module)
        else:
            vars(module).update(__ours__=True)


def _is_ours(module: Any) -> bool:
    return bool(getattr(module, "__ours__", False))
