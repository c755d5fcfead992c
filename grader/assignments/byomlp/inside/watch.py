"""Watching the networks of a notebook: operations of the worker, which this module is a plugin of."""

from __future__ import annotations

import struct
import sys
from typing import Any

from grader.assignments.byomlp.inside.building import BUILT, METHODS, Building, Network, is_network
from grader.watching import frames
from grader.watching.frames import Frame
from grader.watching.logs.images import KnownImages
from grader.watching.recording import thin, trying
from grader.watching.recording.by_example import Examples
from grader.watching.recording.classes import drop_rewritten, intercept, is_noted, replaced_methods
from grader.watching.recording.copies import ORIGIN, Copies
from grader.watching.recording.line import Line
from grader.watching.recording.register import Register
from grader.watching.recording.shipping import Shipper
from grader.watching.recording.thin import Functions, Thin
from grader.worker.alarm import Overtime
from grader.worker.attributes import find
from grader.worker.problems import Refused, of_exception

ENGINE, OWN = "engine", "own"
# what is laid in the place of a mlp.py that cannot be imported, for the engine to lie over
STAND_IN = b'''
class MLP:
    """A multilayer perceptron."""
'''
KEPT, KEPT_FIRST, KEPT_LATEST = 40, 10, 15
# of the arrays that a network holds before it is trained
STARTS_ROOM, STARTS_MOST = 48 * 2**20, 200


class Watch:
    """What is watched in one session, and how; all that is seen is told to the engine outside, which makes sense of it."""

    def __init__(self, mode: str, images: KnownImages, bench: Any) -> None:
        self.mode = mode
        self.functions: dict[int, Functions] = {}
        self.line = Line(bench.session["calls"], self._applied)
        self.shipper = Shipper(self.line, images)
        answer = self.line.ask(frames.OPEN)
        self.questions = {role: trying.read_questions(answer) for role in (frames.LOSS, frames.VALUE, frames.SLOPE)}
        self.register: Register[Network] = Register(
            lambda: int(bench.session.get("cell", 0)), self._met, most=KEPT, least=self._least
        )
        self.copies = Copies(self.register, self._snapshot, self._copied)
        self.building = Building(self.copies.known, self)
        self.examples = Examples(self.copies.known, self._block, self._went_forward, self._begin)

    def _applied(self, question: Frame) -> bytes:
        return thin.applied(self.functions, question)

    def _met(self, net: Any, index: int, cell: int) -> Network:
        self.line.tell(frames.MADE, index, struct.pack("<I", cell))
        return Network(net, index, cell)

    def _least(self, networks: list[Network]) -> Network:
        """Return the network that was trained least, but for the first and the latest ones; it is forgotten."""
        for each in networks:
            self.settle(each)
        examples = self.shipper.examples
        least = min(networks[KEPT_FIRST:-KEPT_LATEST], key=lambda each: examples.get(each.index, 0))
        self.line.tell(frames.FORGET, least.index)
        return least

    def _snapshot(self, network: Network) -> int:
        if self.mode == ENGINE:
            return thin.snapshot(network.net)
        self.settle(network)
        number: int = self.line.ask(frames.SNAPSHOT, network.index).numbers("I")[0]
        return number

    def _copied(self, network: Network, original: Network | None, snapshot: int) -> None:
        self.line.ask(frames.COPIED, network.index, struct.pack("<II", network.copied_from, snapshot))
        if original is not None:
            network.built_like(original)

    def _block(self, network: int, X: Any, Y: Any, events: Any) -> None:
        found = self.register.at(network)
        places, rates = [event[1] for event in events], [event[2] if event[0] == "step" else None for event in events]
        work = found.work if found is not None else 0
        self.shipper.block(network, X, Y, places, rates, cell=self.cell(), work=work)

    def _begin(self, net: Any, network: int) -> None:
        """Tell of the arrays that a network of a student's holds before it is trained."""
        found = self.register.at(network)
        if found is None or found.copied_from >= 0:
            return
        # rows and vectors of a layer's width, and whatever has two axes
        try:
            arrays = [each["array"] for each in find(net, STARTS_ROOM)]
        except Refused:  # too much to be looked at: the engine draws by itself
            arrays = []
        fitting = [each for each in arrays if each.ndim in (1, 2)]
        widths = set(found.widths)
        raws = [frames.value_bytes(each) for each in fitting[:STARTS_MOST] if each.size and max(each.shape) in widths]
        kept = [raw for raw in raws if raw is not None]
        self.line.tell(frames.STARTS, network, struct.pack("<H", len(kept)) + b"".join(kept))

    def _went_forward(self, network: int, rows: int) -> None:
        self.line.tell(frames.SERVED, network, struct.pack("<I", rows))

    # what networks of the engine stand on

    def index(self, net: Any, came_from: tuple[int, int] | None) -> int:
        """Return the number of a network; one that is a copy begins with what its original was."""
        found = self.register.known(net) or self.register.add(net)
        if came_from is not None and found.copied_from < 0:
            vars(net).pop(ORIGIN, None)
            found.copied_from = came_from[0]
            self._copied(found, self.register.at(came_from[0]), came_from[1])
        return found.index

    def missing(self, net: Any, what: str) -> None:
        """Note something that a network was asked for and has not."""
        if (found := self.register.of(net)) and found.lacks(what):
            self.line.tell(frames.LACKS, found.index, frames.text_bytes(what[:200]))

    def cell(self) -> int:
        """Return which cell is running."""
        return self.register.cell()

    # how networks of the student's own class are built

    def built(self, network: int, d: int, loss: Any) -> None:
        """Tell of the inputs of a network, and of the derivative of its loss."""
        self.functions[network] = Functions(loss)
        self.line.tell(frames.BUILT, network, thin.built(d, loss, self.questions))

    def layer(self, network: int, width: int, inputs: int, f: Any, slope: Any, name: Any) -> None:
        """Tell of a layer."""
        told, flags = thin.layer(width, inputs, f, slope, name, self.questions)
        self.line.tell(frames.LAYER, network, told, flags)

    def change(self, kind: type) -> type:
        """Return the class that takes the place of a student's."""
        if self.mode == ENGINE:
            if Thin in kind.__mro__:
                drop_rewritten(kind, Thin, BUILT)
            else:
                kind = thin.lay_over(kind, self)
        self.copies.follow(kind)
        if self.mode == OWN:
            self.building.watch(kind)
            self.examples.watch(kind, METHODS)
        return kind

    def settle(self, network: Network) -> None:
        """Tell of everything that a network was called for."""
        if self.mode == OWN:
            self.examples.settle(network.index)
        elif thin.KEPT in vars(network.net):
            thin.settle(network.net)

    def is_ours(self, method: Any) -> bool:
        """Tell whether a method of a class is one that records, or the engine's, or hands on to them."""
        if self.mode == OWN:
            return is_noted(method)
        ours = [is_noted(method), any(method is each for each in vars(Thin).values())]
        return any(ours) or "super" in getattr(getattr(method, "__code__", None), "co_names", ())


def _watch(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    mode = operation["mode"]
    images = KnownImages(*(operation[name] for name in ("train", "train_labels", "test", "test_labels")))
    watch = bench.session["watch"] = Watch(mode, images, bench)
    intercept(is_network, watch.change)
    stood_in = _import_mlp(bench, operation["import_seconds"]) if mode == ENGINE else ""
    return {"value": {"mode": mode, "problem": "", "mlp": stood_in}}


def _import_mlp(bench: Any, seconds: float) -> str:
    """Import mlp.py, or lay ours in its place; returns why."""
    why = ""
    try:
        why = _imported(bench, seconds)
    except BaseException as error:  # noqa: BLE001 - a limit may run out late, once more
        why = why or of_exception(error, bench.places)["message"]
    if why:
        sys.modules.pop("mlp", None)
        bench.finder.files = {**bench.finder.files, "mlp.py": STAND_IN}
        __import__("mlp")
    return why[:200]


def _imported(bench: Any, seconds: float) -> str:
    try:
        module = bench.alarm.run(seconds, lambda: __import__("mlp"))
    except Overtime:
        return f"importing mlp.py takes longer than {seconds:.3g} s"
    except SystemExit:
        return "mlp.py ends the program"
    except BaseException as error:  # noqa: BLE001 - whatever the student's module raises
        said: str = of_exception(error, bench.places)["message"]
        return said
    kinds = {value for value in vars(module).values() if issubclass(type(value), type) and Thin in type.mro(value)}
    if len(kinds) == 1:
        # it may be called otherwise
        vars(module).setdefault("MLP", next(iter(kinds)))
    return "" if kinds else "mlp.py defines no class MLP"


def _settle(bench: Any, _operation: dict[str, Any]) -> dict[str, Any]:
    """Tell the engine everything that it was not told yet."""
    watch: Watch = bench.session["watch"]
    register = watch.register
    found = list(register)
    for each in found:
        watch.settle(each)
        try:
            watch.copies.known(each.net)
        except MemoryError:  # a copy that nobody has called yet, of what is not kept any more
            continue
        for what in replaced_methods(each.net, METHODS.needed, watch.is_ours):
            if each.lacks(what):
                watch.line.tell(frames.LACKS, each.index, frames.text_bytes(what[:200]))
    # forward calls that the grader makes from here on, until the next cell, are none of the notebook's
    register.quiet_after = register.cell()
    for each in found:
        bench.held[f"net-{each.index}"] = each.net
    watch.line.push()
    return {}


OPERATIONS = {"watch": _watch, "settle": _settle}
