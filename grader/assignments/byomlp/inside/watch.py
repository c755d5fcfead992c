"""Watching the networks of a notebook: operations of the worker, which this module is a plugin of."""

from __future__ import annotations

import sys
from typing import Any

from numpy import int64, zeros

from grader import functions
from grader.assignments.byomlp.inside import measuring
from grader.assignments.byomlp.inside.building import BUILT, METHODS, Layer, Network, describe_class, is_network
from grader.watching.logs.images import KnownImages
from grader.watching.logs.ledger import Ledger
from grader.watching.recording.by_example import Examples
from grader.watching.recording.classes import drop_rewritten, intercept, is_noted, replaced_methods
from grader.watching.recording.copies import Copies
from grader.watching.recording.register import Register
from grader.worker.alarm import Overtime

try:
    from grader import replay
except ImportError:  # what students install has no engine
    replay = None  # type: ignore[assignment]
HAS_ENGINE = replay is not None

ENGINE, OWN = "engine", "own"
# what is laid in the place of a mlp.py that cannot be imported, for the engine to lie over
STAND_IN = b'''
class MLP:
    """A multilayer perceptron."""
'''
IMPORT_SECONDS = 20.0
KEPT, KEPT_FIRST, KEPT_LATEST = 40, 10, 15
# of the header of an answer
PASSES_IN_ALL, RATES_IN_ALL, LEAST = 2000, 6000, 30


class Watch:
    """What is watched in one session, and how: `register` and `examples` record, `ledger` is told of it."""

    def __init__(self, mode: str, images: KnownImages, bench: Any) -> None:
        self.mode = mode
        self.ledger = Ledger(images, self._measured)
        self.register: Register[Network] = Register(
            lambda: int(bench.session.get("cell", 0)), self._met, most=KEPT, least=self._least
        )
        self.copies = Copies(self.register, self._snapshot, self._copied)
        self.examples = Examples(self.copies.known, self._block, self.ledger.forwards)

    def _met(self, net: Any, index: int, cell: int) -> Network:
        self.ledger.begin(index)
        return Network(net, index, cell)

    def _least(self, networks: list[Network]) -> Network:
        """Return the network that was trained least, but for the first and the latest ones; it is forgotten."""
        for each in networks:
            self.settle(each)
        least = min(networks[KEPT_FIRST:-KEPT_LATEST], key=lambda each: self.ledger.examples(each.index))
        self.ledger.forget(least.index)
        return least

    def _snapshot(self, network: Network) -> int:
        self.settle(network)
        return self.ledger.snapshot(network.index)

    def _copied(self, network: Network, original: Network | None, snapshot: int) -> None:
        self.ledger.copied(network.index, network.copied_from, snapshot)
        if original is not None:
            network.built_like(original)

    def _block(self, network: int, X: Any, Y: Any, events: Any) -> None:
        self.ledger.block(network, X, Y, events, self.register.cell())

    def _measured(self, index: int, X: Any, labels: Any) -> tuple[float, float] | None:
        network = self.register.at(index)
        with self.register.pause():
            if network is None:
                return None
            if self.mode == ENGINE:
                return measuring.on_engine(network.net, X, labels)
            return measuring.on_copy(network.net, X, labels, softmax=_ends_in_softmax(network))

    def change(self, kind: type) -> type:
        """Return the class that takes the place of a student's."""
        if self.mode == ENGINE:
            if issubclass(kind, replay.Engine):
                drop_rewritten(kind, replay.Engine, BUILT)
            else:
                kind = replay.lay_over(kind)
        self.copies.follow(kind)
        describe_class(kind, self.copies.known)
        if self.mode == OWN:
            self.examples.watch(kind, METHODS)
        return kind

    def settle(self, network: Network) -> None:
        """Let everything that a network was called for be in its log."""
        if self.mode == OWN:
            self.examples.settle(network.index)
        elif "_replay" in vars(network.net):
            replay.settle(network.net)

    def listen(self, taps: Any) -> None:
        """Be told by the engine of all that it carries out."""

        def on_block(net: Any, X: Any, Y: Any, events: Any) -> None:
            if found := self.copies.known(net):
                self._block(found.index, X, Y, events)

        def on_forward(net: Any, X: Any, _outputs: Any, _start: Any, _end: Any) -> None:
            if found := self.copies.known(net):
                self.ledger.forwards(found.index, len(X))

        def on_missing(net: Any, what: str) -> None:
            if found := self.register.of(net):
                found.lacks(what)

        replay.Engine.on_block = on_block
        replay.Engine.on_forward = on_forward
        replay.Engine.on_missing = on_missing
        replay.Engine.direct = _Visited(taps)  # type: ignore[assignment]

    def is_ours(self, method: Any) -> bool:
        """Tell whether a method of a class is one that records, or the engine's, or hands on to them."""
        if self.mode == OWN:
            return is_noted(method)
        engine = [is_noted(method), method in vars(replay.Engine).values()]
        return any(engine) or "super" in getattr(getattr(method, "__code__", None), "co_names", ())


def _ends_in_softmax(network: Network) -> bool:
    return bool(network.layers) and functions.activation_name(network.layers[-1].f) == "softmax"


class _Visited:
    """Says that the engine is to call the functions it was given, as long as the grader looks at these calls."""

    def __init__(self, taps: Any) -> None:
        self._taps = taps

    def __get__(self, _net: Any, _kind: Any = None) -> bool:
        return self._taps.visitor is not None


def _watch(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    mode = operation["mode"]
    if mode == ENGINE and not HAS_ENGINE:
        return {"value": {"mode": "", "problem": "there is no replay engine here", "mlp": ""}}
    images = KnownImages(*(operation[name] for name in ("train", "train_labels", "test", "test_labels")))
    watch = bench.session["watch"] = Watch(mode, images, bench)
    intercept(is_network, watch.change)
    stood_in = ""
    if mode == ENGINE:
        watch.listen(bench.taps)
        stood_in = _import_mlp(bench)
    return {"value": {"mode": mode, "problem": "", "mlp": stood_in}}


def _import_mlp(bench: Any) -> str:
    """Import mlp.py, or lay ours in its place; returns why."""
    try:
        module = bench.alarm.run(IMPORT_SECONDS, lambda: __import__("mlp"))
        if any(isinstance(value, type) and issubclass(value, replay.Engine) for value in vars(module).values()):
            return ""
        why = "mlp.py defines no class MLP"
    except Overtime:
        why = "importing mlp.py does not come to an end"
    except Exception as error:  # noqa: BLE001 - whatever the student's module raises
        why = f"{type(error).__name__}: {error}"[:200]
    except SystemExit:
        why = "mlp.py ends the program"
    sys.modules.pop("mlp", None)
    bench.finder.files = {**bench.finder.files, "mlp.py": STAND_IN}
    __import__("mlp")
    return why


def _networks(bench: Any, _operation: dict[str, Any]) -> dict[str, Any]:
    watch: Watch = bench.session["watch"]
    register = watch.register
    found = list(register)
    for each in found:
        watch.copies.known(each.net)
        watch.settle(each)
        watch.ledger.measure(each.index, at_last=True)
        for what in replaced_methods(each.net, METHODS.needed, watch.is_ours):
            each.lacks(what)
    with register.pause():
        described = [_described(watch, each, len(found)) for each in found]
    # forward calls that the grader makes from here on, until the next cell, are none of the notebook's
    register.quiet_after = register.cell()
    for each in found:
        bench.held[f"net-{each.index}"] = each.net
    return {"value": described}


def _outputs(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    net, rows = bench.held.get(operation["target"]), operation["rows"]
    if HAS_ENGINE and isinstance(net, replay.Engine):
        results = replay.outputs(net, rows, **operation["kwargs"])
        if results is not None:
            return {"value": {"results": results, "calls": zeros(len(rows), dtype=int64)}}
    return bench.operations["map_rows"](bench, operation)  # type: ignore[no-any-return]


def _described(watch: Watch, each: Network, count: int) -> dict[str, Any]:
    log, fault = watch.ledger.as_data(each.index)
    log["passes"] = _ends_of(log["passes"], max(LEAST, PASSES_IN_ALL // count))
    log["rates"] = _ends_of(log["rates"], max(LEAST, RATES_IN_ALL // count))
    return {
        "name": f"net-{each.index}",
        "cell": each.cell,
        "copied_from": each.copied_from,
        "inputs": each.inputs,
        "loss": functions.loss_slope_name(each.loss),
        "layers": [_layer(layer) for layer in each.layers[:100]],
        "log": log,
        "missing": each.missing,
        "fits": watch.mode == ENGINE and not each.missing,
        "fault": fault,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "width": layer.width,
        "name": layer.name,
        "activation": functions.activation_name(layer.f),
        "slope": functions.slope_name(layer.slope),
    }


def _ends_of(entries: list[Any], most: int) -> list[Any]:
    return entries if len(entries) <= most else [*entries[: most // 2], *entries[-(most // 2) :]]


OPERATIONS = {"watch": _watch, "networks": _networks, "outputs": _outputs}
