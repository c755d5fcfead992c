"""What comes from a notebook's process, frame by frame, carried out: nothing in it is believed but that it was called."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader import functions
from grader.assignments.byomlp.engine import measuring, starts
from grader.assignments.byomlp.engine.held import HAS_ENGINE, NO_SLOPE, Held, LayerFacts
from grader.assignments.byomlp.engine.rows import Rows
from grader.watching import frames
from grader.watching.frames import Frame, FrameError, Reader
from grader.watching.logs.images import KnownImages
from grader.watching.logs.ledger import Ledger

if HAS_ENGINE:
    from grader import replay

Array = np.ndarray[Any, Any]
Reply = tuple[int, bytes] | None

ENGINE, OWN = "engine", "own"
# of all networks and of what is kept of them for copies, with gradients
BYTES = 2**30
WITH_GRADIENTS = 2
NETWORKS, WIDEST, DEEPEST, ENTRIES = 20_000, 2**20, 100, 2**25
SNAPSHOTS = 40
MOST_EVENTS = 2**16
# of the header of an answer
PASSES_IN_ALL, RATES_IN_ALL, LEAST = 2000, 6000, 30
# examples with a step each, of all networks of this process, after which these are worth compiling
COMPILE_AFTER = 30_000
# what a notebook is told of by the name of Python's own exception
TOLD = (MemoryError, OverflowError, ZeroDivisionError, IndexError, TypeError, ValueError)


class Abandoned(Exception):
    """The notebook's process does not answer: what was under way is given up."""


class Desk:
    """Carries out the calls of the networks of one session, and answers what we ask about them.

    `consult` asks the notebook's process to evaluate a function of its own; it raises Abandoned when that does not answer.
    """

    def __init__(
        self, images: KnownImages, mode: str, consult: Callable[[Frame], bytes], *, compile_after: int = COMPILE_AFTER
    ) -> None:
        self.mode, self.images, self._consult, self._compile_after = mode, images, consult, compile_after
        self.ledger = Ledger(images, self._point)
        self.rows = Rows(images)
        self.held: dict[int, Held] = {}
        self._listed: set[int] = set()
        self._made = self._taken = 0
        self._snapshots: OrderedDict[int, tuple[Held, Any, int]] = OrderedDict()
        self._own = np.random.RandomState()
        self._carry: Mapping[int, Callable[[Frame, Reader], Reply]] = {
            frames.OPEN: self._open,
            frames.MADE: self._make,
            frames.BUILT: self._build,
            frames.LAYER: self._layer,
            frames.BLOCK: self._block,
            frames.FORWARD: self._forward,
            frames.SERVED: self._served,
            frames.BACKWARD: self._backward,
            frames.STEP: self._step,
            frames.CLEAR: self._clear,
            frames.SNAPSHOT: self._snapshot,
            frames.COPIED: self._copied,
            frames.FORGET: self._forget,
            frames.LACKS: self._lacks,
            frames.STARTS: self._starts,
            frames.SYNC: lambda _frame, _reader: (frames.DONE, b""),
            # an answer that nobody waits for any more
            frames.RESULT: lambda _frame, _reader: None,
        }

    def receive(self, frame: Frame) -> Frame | None:
        """Carry out one call, and return the reply if it asks for one; FrameError when it is none."""
        reader = Reader(frame.payload)
        try:
            with np.errstate(all="ignore"):
                reply = self._carry[frame.kind](frame, reader)
        except Abandoned:
            return None
        except TOLD as error:
            if not frame.number:
                raise
            name = next(kind.__name__ for kind in TOLD if isinstance(error, kind))
            reply = frames.RAISED, frames.text_bytes(name) + frames.text_bytes(str(error))
        if not frame.number:
            return None
        kind, payload = reply or (frames.DONE, b"")
        return Frame(kind, frame.network, payload, number=frame.number)

    # what the grader asks

    def networks(self) -> list[dict[str, Any]]:
        """Return what is known of every network, in order, as `NetworkRecord` has it."""
        listed = [self.held[index] for index in sorted(self._listed)]
        for each in listed:
            self.ledger.measure(each.index, at_last=True)
        return [self._described(each, len(listed)) for each in listed]

    def outputs(self, index: int, rows: Array, *, start: str | None = None, end: str | None = None) -> Array | None:
        """Return what a network makes of rows (N, n), None where we do not know."""
        held = self.held.get(index)
        return None if held is None or held.unknown or held.begun else measuring.outputs(held, rows, start, end)

    def _described(self, each: Held, count: int) -> dict[str, Any]:
        log, fault = self.ledger.as_data(each.index)
        log["passes"] = _ends_of(log["passes"], max(LEAST, PASSES_IN_ALL // count))
        log["rates"] = _ends_of(log["rates"], max(LEAST, RATES_IN_ALL // count))
        return {
            "name": f"net-{each.index}",
            "cell": each.cell,
            "copied_from": each.copied_from,
            "inputs": each.inputs,
            "loss": each.loss,
            "layers": [vars(layer) for layer in each.layers],
            "log": log,
            "missing": each.missing,
            "fits": self.mode == ENGINE and not each.missing,
            "fault": fault,
            "vouched": not (each.unknown or each.begun) if HAS_ENGINE else None,
            "doubt": (each.unknown or each.begun) if HAS_ENGINE else "",
            "begun": each.begun,
        }

    def _point(self, index: int, X: Array, labels: Array) -> measuring.Measured | None:
        return measuring.point(self.held[index], X, labels) if HAS_ENGINE else None

    # what the notebook's process tells

    def _open(self, _frame: Frame, reader: Reader) -> Reply:
        reader.end()
        parts = []
        # in the order of frames.LOSS, VALUE and SLOPE
        for table in (functions.LOSS_SLOPES, functions.VALUES, functions.SLOPES):
            questions = functions.questions(table)
            parts.append(struct.pack("<H", len(questions)))
            for question in questions:
                values = [frames.value_bytes(part) or b"" for part in question]
                parts += [struct.pack("<B", len(question)), *values]
        return frames.DONE, b"".join(parts)

    def _make(self, frame: Frame, reader: Reader) -> Reply:
        (cell,) = reader.numbers("I")
        reader.end()
        if frame.network != self._made or self._made >= NETWORKS:
            raise FrameError("more networks than can be followed, or in another order than they were made")
        self._made += 1
        self.held[frame.network] = Held(frame.network, cell)
        self._listed.add(frame.network)
        self.ledger.begin(frame.network)
        return None

    def _build(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        (inputs,) = reader.numbers("q")
        loss = functions.named(_arrays(reader), functions.LOSS_SLOPES)
        reader.end()
        if not held.layers:
            held.build(min(max(inputs, 0), WIDEST), loss, self._consult)
        return frames.DONE, bytes([bool(loss)])

    def _layer(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        width, inputs = reader.numbers("qq")
        name = reader.text()
        activation = functions.named(_arrays(reader), functions.VALUES)
        slope = functions.named(_arrays(reader), functions.SLOPES)
        state = reader.state() if reader.left else None
        reader.end()
        n = held.network.inputs if held.network is not None else inputs
        if len(held.layers) >= DEEPEST or not 0 <= width <= WIDEST or not 0 <= n <= WIDEST or width * n > ENTRIES:
            raise MemoryError("a layer that is too large")
        self._have_room(8 * width * (n + 1))
        draw = self._own if state is None else _drawing(state)
        W, b = 0.1 * draw.randn(width, n), 0.1 * draw.randn(width)
        facts = LayerFacts(width, name if frame.flags & 1 else None, activation, NO_SLOPE if frame.flags & 2 else slope)
        held.add(facts, W, b, self._consult)
        known = frames.KNOWN_VALUE * bool(activation) | frames.KNOWN_SLOPE * (facts.slope in functions.SLOPES)
        return frames.DONE, bytes([known]) + (b"\0" if state is None else b"\1" + frames.state_bytes(draw.get_state()))

    def _block(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        cell, count, width, targets = reader.numbers("IIII")
        X, ids = self.rows.rows(reader, count, width)
        Y = self.rows.targets(reader, X, targets)
        (events,) = reader.numbers("i")
        if events < 0:
            if held.last is None or held.last[0] != count:
                raise FrameError("steps as in a block that there was not")
            program = held.last[1]
        else:
            if events > MOST_EVENTS:
                raise FrameError("more steps than a block has")
            places, clears = reader.array("<u2", events), reader.array("|u1", events)
            rates = reader.array("<f8", events)
            if events and (int(places.max()) > count or (np.diff(places.astype(np.int64)) < 0).any()):
                raise FrameError("steps in an impossible order")
            marked = [None if clear else rate for clear, rate in zip(clears.tolist(), rates.tolist(), strict=True)]
            program = held.program(count, places.tolist(), marked)
        reader.end()
        self._train(held, X, Y, program)
        self.ledger.block(frame.network, X, Y, program.events, cell, ids=ids)
        return None

    def _train(self, held: Held, X: Array, Y: Array | None, program: Any) -> None:
        network = held.network
        if network is None or Y is None or not network.layers:
            return
        fits = X.shape[1] == network.layers[0].W.shape[1] and Y.shape[1] == len(network.layers[-1].b)
        if network.known and (fits or not len(X)):
            held.changes += 1
            replay.carry_out(network, X, Y, program, compile_after=self._compile_after)

    def _forward(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        if frame.flags:
            first, stop = reader.numbers("HH")
            x = reader.value()
            reader.end()
            y = self._engine(held).forward(x, first, stop)
            if np.ndim(x) == np.ndim(y) == 1:
                self.ledger.forwards(frame.network, 1)
            found = frames.value_bytes(y)
            if found is None:
                raise TypeError("forward does not give numbers")
            return frames.DONE, found
        count, width, first, stop = reader.numbers("IIHH")
        X, _ = self.rows.rows(reader, count, width)
        reader.end()
        layers = self._engine(held).layers[first:stop]
        if not layers or layers[0].W.shape[1] != width or not all(layer.kind for layer in layers):
            raise FrameError("rows for layers that there are not")
        Y = replay.outputs(held.network, X, (first, stop))
        return frames.DONE, struct.pack("<I", Y.shape[1]) + Y.astype("<f8", copy=False).tobytes()

    def _starts(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        arrays = _arrays(reader)
        reader.end()
        if self.mode == OWN and held.network is not None and not held.has_begun:
            held.has_begun = True
            ids = self.ledger.sample
            held.begun = starts.begin(held, arrays) or starts.can_already(
                held, self.images.paper(ids), self.images.labels[ids]
            )
        return None

    def _served(self, frame: Frame, reader: Reader) -> Reply:
        (count,) = reader.numbers("I")
        reader.end()
        self.ledger.forwards(frame.network, min(count, MOST_EVENTS))
        return None

    def _backward(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        (cell,) = reader.numbers("I")
        x, y = reader.value(), reader.value()
        reader.end()
        network = self._engine(held)
        held.changes += 1
        network.gather()
        network.backward(x, y)
        if network.layers and np.ndim(x) == 1 and np.ndim(y) <= 1:
            Y = np.broadcast_to(np.asarray(y, dtype=np.float64), (1, len(network.layers[-1].b)))
            self.ledger.block(frame.network, np.asarray(x, dtype=np.float64)[None], Y, [], cell)
        return None

    def _step(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        (cell,) = reader.numbers("I")
        alpha = reader.value()
        reader.end()
        held.changes += 1
        self._engine(held).step(alpha)
        rate = float(alpha) if np.ndim(alpha) == 0 and np.isrealobj(alpha) else np.nan
        self._note(held, ("step", 0, rate), cell)
        return None

    def _clear(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        (cell,) = reader.numbers("I")
        reader.end()
        held.changes += 1
        self._engine(held).zero()
        self._note(held, ("zero", 0), cell)
        return None

    def _note(self, held: Held, event: tuple[Any, ...], cell: int) -> None:
        layers = held.network.layers
        if layers:
            X, Y = np.empty((0, layers[0].W.shape[1])), np.empty((0, len(layers[-1].b)))
            self.ledger.block(held.index, X, Y, [event], cell)

    def _snapshot(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        reader.end()
        changes, number = held.snapshot
        if changes != held.changes or number not in self._snapshots:
            self._have_room(held.size)
            number = self.ledger.snapshot(frame.network) if held.index in self._listed else self._taken + 10**6
            self._taken = max(self._taken, number)
            network = held.network.copied() if held.network is not None else None
            self._snapshots[number] = (held, network, held.size)
            held.snapshot = (held.changes, number)
            if len(self._snapshots) > SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return frames.DONE, struct.pack("<I", number)

    def _copied(self, frame: Frame, reader: Reader) -> Reply:
        held = self._of(frame)
        origin, number = reader.numbers("II")
        reader.end()
        if held.copied_from >= 0 or held.layers:
            return None
        if number not in self._snapshots or self._snapshots[number][0].index != origin:
            raise MemoryError("that copy of a network is too old: only the latest ones are kept")
        original, network, size = self._snapshots[number]
        self._have_room(size)
        held.taken_from(original, network.copied() if network is not None else None)
        if held.index in self._listed:
            self.ledger.copied(held.index, origin, number)
        return None

    def _forget(self, frame: Frame, reader: Reader) -> Reply:
        reader.end()
        held = self._of(frame)
        if frame.flags:
            # nobody can call it any more
            held.network = None if held.index not in self._listed else held.network
        elif held.index in self._listed:
            self._listed.discard(held.index)
            self.ledger.forget(held.index)
        return None

    def _lacks(self, frame: Frame, reader: Reader) -> Reply:
        self._of(frame).lacks(reader.text())
        reader.end()
        return None

    def _of(self, frame: Frame) -> Held:
        held = self.held.get(frame.network)
        if held is None:
            raise FrameError("a call of a network that there is not")
        return held

    @staticmethod
    def _engine(held: Held) -> Any:
        if held.network is None:
            raise FrameError("a call of a network that was not built")
        return held.network

    def _have_room(self, more: int) -> None:
        networks = sum(each.size for each in self.held.values())
        kept = sum(size for _, _, size in self._snapshots.values())
        while self._snapshots and (networks + kept + more) * WITH_GRADIENTS > BYTES:
            kept -= self._snapshots.popitem(last=False)[1][2]
        if (networks + kept + more) * WITH_GRADIENTS > BYTES:
            raise MemoryError("more networks at a time than there is memory for")


def _arrays(reader: Reader) -> list[Array]:
    (count,) = reader.numbers("H")
    found = [reader.value() for _ in range(count)]
    return found if all(type(each) is np.ndarray for each in found) else []


def _drawing(state: tuple[Array, int, int, float]) -> np.random.RandomState:
    draw = np.random.RandomState()
    draw.set_state(("MT19937", *state))
    return draw


def _ends_of(entries: list[Any], most: int) -> list[Any]:
    return entries if len(entries) <= most else [*entries[: most // 2], *entries[-(most // 2) :]]
