"""The process between grader and worker: what passes through it, what stays, and what it does not let through."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader import wire
from grader.sandbox.between import Between


class Counting:
    """Counts the calls that it is fed with; `more` and `reply` are what it was begun with."""

    def __init__(self, more: Callable[[], bytes], reply: Callable[[bytes], None]) -> None:
        self.more, self.reply, self.seen = more, reply, b""

    def feed(self, data: bytes) -> None:
        if data == b"bad":
            raise wire.WireError("no call")
        if data == b"large":
            raise MemoryError
        if data == b"broken":
            raise LookupError("oh")
        self.seen += data
        if data == b"ask":
            self.reply(b"what?")
            self.seen += self.more()

    def ask(self, question: Any) -> Any:
        return [question, self.seen.decode()]


class Ends:
    """The other ends of the four pipes."""

    def __init__(self) -> None:
        pipes = [os.pipe() for _ in range(4)]
        (from_grader, self.say), (self.hear, to_grader), (from_worker, self.work), (self.get, to_worker) = pipes
        between = Between(Counting, grader=(from_grader, to_grader), worker=(from_worker, to_worker))
        self.threads = [threading.Thread(target=each) for each in (between.from_grader, between.from_worker)]
        self._others = (from_grader, to_grader, from_worker, to_worker)
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        os.close(self.say)
        os.close(self.work)
        for thread in self.threads:
            thread.join(timeout=5)
        for each in (self.hear, self.get, *self._others):
            with contextlib.suppress(OSError):
                os.close(each)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.close()


def begun(ends: Ends) -> None:
    os.write(ends.say, wire.chunks(wire.BEGIN, b"7"))
    assert wire.read_chunk(ends.get) == (wire.BEGIN, b"7")


def test_what_grader_and_worker_say_passes_through(ends: Ends) -> None:
    begun(ends)
    os.write(ends.say, wire.chunks(wire.DATA, b"request"))
    os.write(ends.work, wire.chunks(wire.DATA, b"answer"))
    assert wire.read_chunk(ends.get) == (wire.DATA, b"request")
    assert wire.read_chunk(ends.hear) == (wire.DATA, b"answer")


def test_calls_are_carried_out_before_the_answer_that_follows_them(ends: Ends) -> None:
    begun(ends)
    os.write(
        ends.work, wire.chunks(wire.CALL, b"one") + wire.chunks(wire.CALL, b"two") + wire.chunks(wire.DATA, b"done")
    )
    assert wire.read_chunk(ends.hear) == (wire.DATA, b"done")
    os.write(ends.say, wire.chunks(wire.ASK, wire.encode("seen?")))
    kind, told = wire.read_chunk(ends.hear)
    assert kind == wire.TOLD
    assert b'"value":["seen?","onetwo"]' in told


def test_a_call_may_ask_back(ends: Ends) -> None:
    begun(ends)
    os.write(ends.work, wire.chunks(wire.CALL, b"ask"))
    assert wire.read_chunk(ends.get) == (wire.REPLY, b"what?")
    os.write(ends.work, wire.chunks(wire.DATA, b"said meanwhile") + wire.chunks(wire.CALL, b"that"))
    assert wire.read_chunk(ends.hear) == (wire.DATA, b"said meanwhile")


@pytest.mark.parametrize("kind", [wire.TOLD, wire.HALT, wire.ASK, wire.BEGIN, wire.REPLY])
def test_a_worker_that_speaks_for_us_is_a_violation(ends: Ends, kind: bytes) -> None:
    begun(ends)
    os.write(ends.work, wire.chunks(kind, b"forged"))
    assert wire.read_chunk(ends.hear) == (wire.HALT, b"violation a word of the worker out of place")


@pytest.mark.parametrize(
    ("call", "why"), [(b"bad", b"violation no call"), (b"large", b"memory "), (b"broken", b"ours LookupError: oh")]
)
def test_whose_fault_it_is_that_no_more_calls_are_answered_is_told(ends: Ends, call: bytes, why: bytes) -> None:
    begun(ends)
    os.write(ends.work, wire.chunks(wire.CALL, call) + wire.chunks(wire.CALL, b"more"))
    assert wire.read_chunk(ends.hear) == (wire.HALT, why)
    os.write(ends.say, wire.chunks(wire.ASK, wire.encode("seen?")))
    assert b"no session is served" in wire.read_chunk(ends.hear)[1]


def test_the_next_session_begins_with_nothing(ends: Ends) -> None:
    begun(ends)
    os.write(ends.work, wire.chunks(wire.CALL, b"one") + wire.chunks(wire.FATE, b"0"))
    assert wire.read_chunk(ends.hear) == (wire.FATE, b"0")
    begun(ends)
    os.write(ends.say, wire.chunks(wire.ASK, wire.encode("seen?")))
    assert b'"value":["seen?",""]' in wire.read_chunk(ends.hear)[1]
