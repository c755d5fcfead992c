"""Watching the networks and figures of the main notebook: operations of the worker, which this module is a plugin of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from numpy import array, asarray, float32, float64, int64, ndarray, zeros

from grader.assignments.modules.inside.looks import arrays_by, arrays_of
from grader.assignments.modules.inside.networks import Network, Watch, layers_of, leaves
from grader.assignments.modules.inside.old_imports import Finder
from grader.assignments.modules.inside.right_classes import stand_in
from grader.watching.recording.figures import Figures
from grader.worker.alarm import Overtime

KEYS = 12_000
OUTPUTS = 40_000_000


def _watch_main(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    session = bench.session
    watch = session["main"] = Watch(operation["rows"], lambda: int(session.get("cell", 0)), operation["seed"])
    figures = session["figures"] = Figures()
    replaced = {name: content.tobytes() for name, content in operation["replaced"].items()}
    bench.finder.files = {**bench.finder.files, **replaced}
    Finder(bench.finder.folder).stand_in()
    figures.watch()
    watch.start()
    if operation["wrong"]:
        stand_in(operation["right"], operation["wrong"], operation["called"])
    return {"value": {"watched": True}}


def _main_networks(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    watch: Watch = bench.session["main"]
    with watch.calls.unwatched():
        described = [_described(each, rows=operation["with_rows"]) for each in watch.networks()]
        return {"value": {"networks": described, "fault": watch.calls.fault}}


def _described(network: Network, *, rows: bool) -> dict[str, Any]:
    try:
        layers = layers_of(network.net)
    except Overtime:
        raise
    except BaseException:  # noqa: BLE001 - its methods are the student's
        layers = []
    usage, steps = network.usage, network.steps
    held_out, trained = usage.held_out(), usage.trained
    samples = [row for row in usage.samples if row.shape == (network.inputs,)] if rows else []
    return {
        "index": network.index,
        "cell": network.cell,
        "inputs": network.inputs,
        "outputs": network.outputs,
        "layers": layers,
        "criterion": network.criterion,
        "backwards": usage.backwards,
        "last": network.last,
        "trained_rows": usage.trained_rows,
        "asked_rows": usage.asked_rows,
        "distinct": len(trained),
        "held_out": len(held_out),
        "trained_keys": _listed(trained, KEYS if rows else 0),
        "held_out_keys": _listed(held_out, KEYS if rows else 0),
        "modes": dict(usage.modes),
        "losses": usage.losses.as_array(),
        "loss_block": usage.losses.block,
        "slopes": network.slopes.as_array() if rows else zeros((0, 0, 2, 0), dtype=float32),
        "slopes_every": network.slopes.every,
        "asked_losses": usage.asked_losses.as_array(),
        "steps": steps.taken,
        "fitted": steps.fitted.as_array(),
        "fitted_count": steps.fitted.count,
        "named": steps.named.as_array(),
        "samples": asarray(samples, dtype=float32) if samples else zeros((0, 0), dtype=float32),
    }


def _listed(keys: set[int], most: int) -> ndarray[Any, Any]:
    return array(sorted(keys)[:most], dtype=int64)


def _main_figures(bench: Any, _operation: dict[str, Any]) -> dict[str, Any]:
    return {"value": bench.session["figures"].described()}


def _main_outputs(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what a network makes of rows while nothing in it is being trained; afterwards its modes are as they were.

    With `arrays` (those of each layer), it has these meanwhile.
    """
    network = _network(bench, operation)
    with _in_evaluation(bench, network), _having(network, operation["arrays"]):
        return _numbers(network.net.forward(operation["rows"].astype(network.dtype)))


def _main_layer(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what one layer of a network makes of rows while nothing is being trained."""
    network = _network(bench, operation)
    layer = list(leaves(network.net))[operation["layer"]]
    with _in_evaluation(bench, network):
        forward = getattr(layer, "forward", None) or layer.updateOutput
        return _numbers(forward(operation["rows"].astype(network.dtype)))


def _main_looks(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Return what a network had learned when it was met and has learned now, and the way in between."""
    network = _network(bench, operation)
    with bench.session["main"].calls.unwatched():
        modules = list(leaves(network.net))
        looked = network.looks.described(modules, arrays_by(network.net, "getParameters"))
        return {"value": {**looked, "replays": network.step_looks.kept}}


def _network(bench: Any, operation: dict[str, Any]) -> Network:
    watch: Watch = bench.session["main"]
    return next(each for each in watch.register if each.index == operation["index"])


def _numbers(outputs: Any) -> dict[str, Any]:
    if type(outputs) is not ndarray or outputs.size > OUTPUTS or outputs.dtype.kind not in "fiub":
        return {"value": {"outputs": None}}
    return {"value": {"outputs": outputs.astype(float64).astype(float32)}}


@contextlib.contextmanager
def _in_evaluation(bench: Any, network: Network) -> Iterator[None]:
    modules = [network.net, *leaves(network.net)]
    modes = [getattr(module, "__dict__", {}).get("training") for module in modules]
    with bench.session["main"].calls.unwatched():
        try:
            for module in modules:
                vars(module)["training"] = False
            yield
        finally:
            for module, mode in zip(modules, modes, strict=True):
                if mode is None:
                    vars(module).pop("training", None)
                else:
                    vars(module)["training"] = mode


@contextlib.contextmanager
def _having(network: Network, arrays: list[list[Any]]) -> Iterator[None]:
    """Let the layers of a network have other arrays meanwhile, in the place of those that they have."""
    pairs = [
        (mine, other)
        for leaf, given in zip(leaves(network.net), arrays, strict=False)
        for mine, other in zip(arrays_of(leaf), given, strict=False)
        if mine.shape == other.shape
    ]
    held = [mine.copy() for mine, _ in pairs]
    try:
        for mine, other in pairs:
            mine[...] = other
        yield
    finally:
        for (mine, _), before in zip(pairs, held, strict=True):
            mine[...] = before


OPERATIONS = {
    "watch_main": _watch_main,
    "main_networks": _main_networks,
    "main_figures": _main_figures,
    "main_outputs": _main_outputs,
    "main_layer": _main_layer,
    "main_looks": _main_looks,
}
