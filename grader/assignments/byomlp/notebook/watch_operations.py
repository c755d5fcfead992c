"""What is asked about the networks of a notebook: to watch them from the start, and which there are by now."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.forms import array, has_form, is_count, optional, row, text
from grader.model import Array
from grader.sandbox.operations import Operation, map_rows, plugged

NETWORKS, LAYERS, PASSES, BATCHES, RATES, CURVE, INPUTS = 60, 100, 420, 60, 420, 130, 40
TEXT, WIDTH = 400, 2**20
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
    "fits", "fault"}``; `validated` says whether it is one. Forward calls after this are not counted, until the next cell.
    """
    return plugged("networks", "looking at the networks")


def outputs(network: str, rows: Array, **where: Any) -> Operation:
    """Return what `forward` of a network makes of each of the rows (N, n); `where` is `start` or `end`, the name of a layer.

    As `map_rows` does it, but all rows at once where the network is the engine's; tapped calls are not counted then.
    """
    return {**map_rows(network, "forward", rows, **where), "op": "outputs", "form": "map_rows"}


def validated(value: Any) -> list[dict[str, Any]]:
    """Return the networks in an answer to `networks`, without those that have not the form they should have."""
    if not isinstance(value, list):
        return []
    return [each for each in value[:NETWORKS] if has_form(NETWORK, each) and each["name"].startswith("net-")]


_NAME = text(TEXT)
PASS = {
    "examples": is_count,
    "order": is_count,
    "sorted": float,
    "same_class": float,
    "same_as_before": bool,
    "whole": float,
    "train": is_count,
    "test": is_count,
    "rates": row(float, float),
    "steps": is_count,
    "cell": is_count,
}
LOG = {
    **dict.fromkeys(COUNTS, is_count),
    "inputs": array(np.float64, INPUTS, WIDTH),
    "rescaling": (2, float),
    "targets_are_inputs": float,
    "labels_right": float,
    "passes": (PASSES, PASS),
    "batches": (BATCHES, row(int, bool, float, is_count)),
    "rates": (RATES, row(float, is_count)),
    "curve": array(np.float64, CURVE, 3, columns=3),
}
LAYER = {
    "width": is_count,
    "name": optional(_NAME),
    "activation": _NAME,
    "slope": _NAME,
}
NETWORK = {
    "name": _NAME,
    "cell": is_count,
    "copied_from": int,
    "inputs": is_count,
    "loss": _NAME,
    "layers": (LAYERS, LAYER),
    "log": LOG,
    "missing": (NETWORKS, _NAME),
    "fits": bool,
    "fault": _NAME,
}
