"""The calls of one session as bytes: taken apart, carried out, answered; and what the grader asks meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.assignments.byomlp.engine.desk import COMPILE_AFTER, Abandoned, Desk
from grader.watching import frames
from grader.watching.frames import Frame, FrameError
from grader.watching.logs.images import KnownImages
from grader.wire import WireError


class Serving:
    """Serves a session: `more()` returns further bytes of calls, `reply(data)` sends bytes back."""

    def __init__(
        self, more: Callable[[], bytes], reply: Callable[[bytes], None], *, compile_after: int = COMPILE_AFTER
    ) -> None:
        self._more, self._reply, self._compile_after = more, reply, compile_after
        self._waiting = bytearray()
        self._number = 0
        # whether the notebook's process waits for an answer
        self._is_waited_for = False
        self.desk: Desk | None = None

    def feed(self, data: bytes) -> None:
        """Carry out all calls that are complete; WireError for bytes that are none."""
        try:
            self._feed(data)
        except FrameError as error:
            raise WireError(str(error)) from None

    def _feed(self, data: bytes) -> None:
        self._waiting += data
        while frames.complete(self._waiting):
            call = frames.taken(self._waiting, kinds=frames.CALLS)
            if self.desk is None:
                raise FrameError("a call of a network before there can be any")
            self._is_waited_for = call.number > 0
            answer = self.desk.receive(call)
            if answer is not None:
                self._reply(answer.encoded())

    def ask(self, question: Any) -> Any:
        """Answer the grader: `op` is one of watch, networks and outputs."""
        op = question["op"]
        if op == "watch":
            names = ("train", "train_labels", "test", "test_labels")
            images = KnownImages(*(question[name] for name in names))
            self.desk = Desk(images, question["mode"], self._consult, compile_after=self._compile_after)
            return None
        if self.desk is None:
            raise LookupError("nothing is watched")
        if op == "networks":
            return self.desk.networks()
        if op == "outputs":
            return self.desk.outputs(question["network"], question["rows"], **question["where"])
        raise LookupError(op)

    def _consult(self, question: Frame) -> bytes:
        """Ask the notebook's process; Abandoned when it does something else instead of answering."""
        if not self._is_waited_for:
            raise FrameError("a function is needed, and nobody waits who could evaluate it")
        self._number = self._number % (2**32 - 1) + 1
        asked = Frame(frames.APPLY, question.network, question.payload, number=self._number)
        self._reply(asked.encoded())
        while True:
            while not frames.complete(self._waiting):
                self._waiting += self._more()
            if self._waiting[0] != frames.RESULT:
                raise Abandoned
            result = frames.taken(self._waiting, kinds=frames.CALLS)
            if result.number == asked.number:
                break
        if not result.flags:
            raise Abandoned
        return result.payload


def begin(more: Callable[[], bytes], reply: Callable[[bytes], None]) -> Serving:
    """Begin to serve a session."""
    return Serving(more, reply)
