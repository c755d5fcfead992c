"""What is asked about the networks of a notebook: to watch them from the start, and which there are by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.model import Array
from grader.sandbox.operations import Operation, map_rows, plugged

NETWORKS, LAYERS, PASSES, BATCHES, RATES, CURVE, INPUTS = 60, 100, 420, 60, 420, 130, 40
TEXT = 400
COUNTS = ("examples", "steps", "zeros", "forwards", "train_rows", "test_rows", "unknown_rows", "passes_total")


def watch(mode: str, train_images: Array, train_labels: Array, test_images: Array, test_labels: Array) -> Operation:
    """Watch every network that is made from now on; to be asked before the kernel is opened.

    Images are uint8 (N, 784) as in the data set's files, labels uint8 (N,). With mode ``engine`` the networks are run by
    the replay engine, with ``own`` they are the student's own. The answer's value is ``{"mode": str, "problem": str,
    "mlp": str}``: mode "" with a problem when there is no engine, and why an ``mlp.py`` had to be replaced.
    """
    names = ("train", "train_labels", "test", "test_labels")
    given = (np.asarray(each, dtype=np.uint8) for each in (train_images, train_labels, test_images, test_labels))
    return plugged("watch", "importing mlp.py", mode=mode, **dict(zip(names, given, strict=True)))


def networks() -> Operation:
    """Return every network that was made so far, in order; each is held as ``net-k`` from then on.

    The answer's value is a list of ``{"name", "cell", "copied_from", "inputs", "loss", "layers", "log", "missing",
    "fits", "fault"}``; `believable` says whether it is one. Forward calls after this are not counted, until the next cell.
    """
    return plugged("networks", "looking at the networks")


def outputs(network: str, rows: Array, **where: Any) -> Operation:
    """Return what `forward` of a network makes of each of the rows (N, n); `where` is `start` or `end`, the name of a layer.

    As `map_rows` does it, but all rows at once where the network is the engine's; tapped calls are not counted then.
    """
    return {**map_rows(network, "forward", rows, **where), "op": "outputs", "form": "map_rows"}


def believable(value: Any) -> list[dict[str, Any]]:
    """Return the networks in an answer to `networks`, without those that have not the form they should have."""
    if not isinstance(value, list):
        return []
    return [each for each in value[:NETWORKS] if _is(NETWORK, each) and each["name"].startswith("net-")]


def _is(rule: Any, value: Any) -> bool:
    """Tell whether a value has a form: a type, (longest, form of entries) for a list, a dict of forms, or a question."""
    if isinstance(rule, dict):
        return isinstance(value, Mapping) and rule.keys() <= value.keys() and all(_is(rule[k], value[k]) for k in rule)
    if isinstance(rule, tuple):
        return isinstance(value, list) and len(value) <= rule[0] and all(_is(rule[1], each) for each in value)
    if rule is float:
        return type(value) in (float, int)
    if rule is str:
        return isinstance(value, str) and len(value) <= TEXT
    if isinstance(rule, type):
        return type(value) is rule
    return bool(rule(value))


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_row(*forms: Any) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) == len(forms) and all(map(_is, forms, value))


def _is_table(most: int, width: int | None) -> Callable[[Any], bool]:
    def is_table(value: Any) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype == np.float64
            and value.ndim == 2
            and len(value) <= most
            and width in (None, value.shape[1])
        )

    return is_table


PASS = {
    "examples": _is_count,
    "order": _is_count,
    "sorted": float,
    "same_class": float,
    "same_as_before": bool,
    "whole": float,
    "train": _is_count,
    "test": _is_count,
    "rates": _is_row(float, float),
    "steps": _is_count,
    "cell": _is_count,
}
LOG = {
    **dict.fromkeys(COUNTS, _is_count),
    "inputs": _is_table(INPUTS, None),
    "rescaling": (2, float),
    "targets_are_inputs": float,
    "labels_right": float,
    "passes": (PASSES, PASS),
    "batches": (BATCHES, _is_row(int, bool, float, _is_count)),
    "rates": (RATES, _is_row(float, _is_count)),
    "curve": _is_table(CURVE, 3),
}
LAYER = {
    "width": _is_count,
    "name": lambda value: value is None or _is(str, value),
    "activation": str,
    "slope": str,
}
NETWORK = {
    "name": str,
    "cell": _is_count,
    "copied_from": int,
    "inputs": _is_count,
    "loss": str,
    "layers": (LAYERS, LAYER),
    "log": LOG,
    "missing": (NETWORKS, str),
    "fits": bool,
    "fault": str,
}
