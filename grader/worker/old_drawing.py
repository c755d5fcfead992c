"""What matplotlib and Jupyter have lost: names, styles and arguments with which figures were drawn and shown."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from grader.worker.old_numbers import give

SEABORN, NOW = "seaborn", "seaborn-v0_8"


def _pyplot(plt: Any) -> None:
    give(plt, hold=_nothing, ishold=lambda: True)
    styles = plt.style.library
    for name in [each for each in styles if each.startswith(NOW)]:
        styles.setdefault(name.replace(NOW, SEABORN, 1), styles[name])


def _cm(module: Any) -> None:
    give(module, get_cmap=importlib.import_module("matplotlib.pyplot").get_cmap)


def _figure(module: Any) -> None:
    gca = module.FigureBase.gca

    @functools.wraps(gca)
    def with_projection(self: Any, **named: Any) -> Any:
        return self.add_subplot(**named) if named else gca(self)

    module.FigureBase.gca = with_projection
    for name in ("add_subplot", "add_axes"):
        _take(module.FigureBase, name, axisbg="facecolor")


def _axes(module: Any) -> None:
    axes = module.Axes
    give(axes, hold=_nothing, set_axis_bgcolor=axes.set_facecolor)
    _take(axes, "hist", normed="density")
    _take(axes, "grid", b="visible")
    _take(axes, "annotate", s="text")
    _take(axes, "stem", use_line_collection="")
    for name in ("set_xscale", "set_yscale", "semilogx", "semilogy", "loglog"):
        _take(axes, name, basex="base", basey="base", nonposx="nonpositive", nonposy="nonpositive")


def _take(kind: Any, name: str, **names: str) -> None:
    """Let a method take arguments under their old names; those whose new name is empty are passed over."""
    original: Callable[..., Any] = getattr(kind, name)

    @functools.wraps(original)
    def with_old_names(self: Any, *given: Any, **named: Any) -> Any:
        for old, new in names.items():
            if old in named:
                value = named.pop(old)
                if new:
                    named.setdefault(new, value)
        return original(self, *given, **named)

    setattr(kind, name, with_old_names)


def _bases(module: Any) -> None:
    give(module.FigureCanvasBase, set_window_title=_nothing)


def _nothing(*_given: Any, **_named: Any) -> None:
    return None


def _display(module: Any) -> None:
    shown = importlib.import_module("matplotlib_inline.backend_inline")
    give(module, set_matplotlib_formats=shown.set_matplotlib_formats, set_matplotlib_close=shown.set_matplotlib_close)


def _widgets(module: Any) -> None:
    widgets = importlib.import_module("ipywidgets")
    vars(module).update({name: value for name, value in vars(widgets).items() if name[:2] != "__"})


def _html(module: Any) -> None:
    give(module, widgets=importlib.import_module("ipywidgets"))


GONE = {"IPython.html": _html, "IPython.html.widgets": _widgets}
LOST = {
    "matplotlib.pyplot": _pyplot,
    "matplotlib.cm": _cm,
    "matplotlib.figure": _figure,
    "matplotlib.axes": _axes,
    "matplotlib.backend_bases": _bases,
    "IPython.display": _display,
}
