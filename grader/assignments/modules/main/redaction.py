"""What a notebook that was run beside a solution may tell its author: nothing in words that its code has chosen."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.inside.networks import KNOWN

# of messages, what our own advice depends on
TOLD = ("Missing parentheses in call to 'print'",)
MISSING = {
    "NameError": "name '{}' is not defined",
    "AttributeError": "there is no attribute '{}'",
    "ImportError": "'{}' cannot be imported",
    "ModuleNotFoundError": "there is no module '{}'",
    "KeyError": "there is no key '{}'",
    "TypeError": "'{}' is no argument",
}
LABELS = ("title", "x_label", "y_label")


def without_words(seen: dict[str, Any]) -> None:
    """Take out of what was seen of a notebook the words that reports for students quote; outputs for staff stay."""
    for cell in seen["cells"]:
        if cell["error"]:
            cell["error"] = _error(cell["error"], cell["source"])
    for network in seen["networks"]:
        network["criterion"] = ""
        network["layers"] = [{**layer, "kind": _kind(layer["kind"])} for layer in network["layers"]]
    seen["figures"] = [{**figure, "axes": [_axes(axes) for axes in figure["axes"]]} for figure in seen["figures"]]


def _error(error: Mapping[str, Any], source: str) -> dict[str, Any]:
    kind = getattr(builtins, error["name"], None)
    name = error["name"] if isinstance(kind, type) and issubclass(kind, BaseException) else "an error"
    told = next((text for text in TOLD if text in error["message"]), "")
    return {**error, "name": name, "message": told or _missing(name, error["message"], source), "where": ""}


def _missing(name: str, message: str, source: str) -> str:
    """Return in our words which name is missing, where it stands in the cell as it was handed in; else nothing."""
    words = set(re.findall(r"\w+", source))
    found = next((each for each in re.findall(r"'(\w+)'", message)[::-1] if each in words), "")
    return MISSING[name].format(found) if found and name in MISSING else ""


def _kind(kind: str) -> str:
    return kind if kind in KNOWN else "another layer"


def _axes(axes: Mapping[str, Any]) -> dict[str, Any]:
    labels = {name: f"(its {name.replace('_', ' ')})" if axes[name].strip() else "" for name in LABELS}
    lines = [{**line, "label": ""} for line in axes["lines"]]
    return {**axes, **labels, "lines": lines, "legend": _numbered(axes["legend"]), "texts": _numbered(axes["texts"])}


def _numbered(names: list[str]) -> list[str]:
    """Return as many different names as there were, and none where there was none."""
    order = list(dict.fromkeys(names))
    return [f"({order.index(name) + 1})" if name.strip() else "" for name in names]
