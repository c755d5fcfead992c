"""The engine in a thread, for tests and benchmarks: calls go through pipes to it, as they go to the process beside a sandbox."""

from __future__ import annotations

import itertools
import os
import threading
from typing import Any

import numpy as np

from grader.assignments.byomlp.engine.desk import ENGINE
from grader.assignments.byomlp.engine.serving import Serving
from grader.watching import frames
from grader.watching.frames import Frame
from grader.watching.logs.images import KnownImages
from grader.watching.recording import thin, trying
from grader.watching.recording.line import Line
from grader.watching.recording.shipping import Shipper
from grader.wire import write_all
from grader.worker.channel import Calls

NEVER = 1 << 60
NO_DIGITS = {"train": np.zeros((0, 784)), "test": np.zeros((0, 784))}
NO_LABELS = {f"{name}_labels": np.zeros(0) for name in NO_DIGITS}
NOTHING = {name: each.astype(np.uint8) for name, each in {**NO_DIGITS, **NO_LABELS}.items()}


class Beside:
    """An engine in a thread, and the channel of a notebook's process to it; `fault` is what went wrong there."""

    def __init__(self, *, compile_after: int = NEVER) -> None:
        (call_read, call_write), (reply_read, reply_write) = os.pipe(), os.pipe()
        self._call_write, self._reply_read = call_write, reply_read
        self.channel = Calls(call_write, reply_read)
        self.fault: BaseException | None = None

        def more() -> bytes:
            data = os.read(call_read, 1 << 16)
            if not data:
                raise EOFError
            return data

        self.serving = Serving(more, lambda data: write_all(reply_write, data), compile_after=compile_after)

        def serve() -> None:
            try:
                while True:
                    self.serving.feed(more())
            except EOFError:
                os.close(call_read)
            except BaseException as error:  # noqa: BLE001 - whoever made the thread looks at it
                self.fault = error
                # whoever waits is told that there is nobody
                os.close(reply_write)

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the thread end."""
        os.close(self._call_write)
        self._thread.join()
        os.close(self._reply_read)


class Seat:
    """What networks stand on without a watch: they are numbered as they come."""

    def __init__(self, *, compile_after: int = NEVER, digits: dict[str, Any] | None = None) -> None:
        digits = digits or NOTHING
        self.beside = Beside(compile_after=compile_after)
        self.beside.serving.ask({"op": "watch", "mode": ENGINE, **digits})
        self.functions: dict[int, thin.Functions] = {}
        self.lacking: list[str] = []
        line = Line(self.beside.channel, self._applied)
        self.shipper = Shipper(line, KnownImages(**digits))
        answer = line.ask(frames.OPEN)
        self.questions = {role: trying.read_questions(answer) for role in (frames.LOSS, frames.VALUE, frames.SLOPE)}
        self._numbers = itertools.count()

    @property
    def desk(self) -> Any:
        """What carries out the calls."""
        return self.beside.serving.desk

    def settled(self) -> Any:
        """Return the desk once it has carried out all that was told."""
        self.shipper.line.sync(0)
        return self.desk

    def _applied(self, question: Frame) -> bytes:
        return thin.applied(self.functions, question)

    def index(self, _net: Any, came_from: tuple[int, int] | None) -> int:
        """Return the number of a network, which may be a copy."""
        number = next(self._numbers)
        self.shipper.line.tell(frames.MADE, number, b"\0\0\0\0")
        if came_from is not None:
            self.shipper.line.ask(frames.COPIED, number, np.array(came_from, dtype="<u4").tobytes())
        return number

    def missing(self, _net: Any, what: str) -> None:
        """Note something that a network was asked for and has not."""
        self.lacking.append(what)

    def cell(self) -> int:
        """Return which cell is running."""
        return 1


def layers_of(net: Any) -> list[Any]:
    """Return the layers of a network as the engine holds them, after all calls so far."""
    thin.settle(net)
    found: list[Any] = net.seat.settled().held[net._thin.index].network.layers
    return found


def parameters(net: Any) -> list[dict[str, Any]]:
    """Return copies of weights W (m, n) and biases b (m,) of every layer, after all calls so far."""
    return [{"W": layer.W.copy(), "b": layer.b.copy()} for layer in layers_of(net)]
