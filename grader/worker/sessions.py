"""A process for every session: student code lives and dies in a child, whose bytes the worker carries in both directions."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import NoReturn

from grader import wire
from grader.worker import channel, offspring, serving
from grader.worker.operations import Bench

POLL_MILLISECONDS = 20
# a process that is ending closes its pipe before it can be waited for: a moment, or longer where memory is short
DYING_SECONDS = 2.0


def serve_here(read: Callable[[int], bytes], write: Callable[[bytes], None], bench: Bench, seed: int) -> NoReturn:
    """Serve one session in this process, and end the process with it."""
    try:
        os.chdir(bench.finder.folder)  # noqa: TID251 - student code opens its files by name
        # a student's own grader.py is found, ours is not
        kept: list[ModuleType] = [
            sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "grader"
        ]
        serving.serve(read, write, bench, seed)
        del kept
    except EOFError:
        os._exit(0)
    except MemoryError:
        os._exit(wire.EXHAUSTED)
    except BaseException as error:  # noqa: BLE001 - student code reached into ours, from a thread or a signal handler
        os.write(2, f"the session ended: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(wire.BROKEN)


def run(inward: int, outward: int, bench: Bench, seed: int) -> int:
    """Serve one session in a child; return its exit status, or minus the signal that killed it."""
    pipes = [os.pipe() for _ in range(4)]
    (request_read, request_write), (answer_read, answer_write), (call_read, call_write), (reply_read, reply_write) = (
        pipes
    )
    child = os.fork()
    if child == 0:
        for other in (inward, outward, request_write, answer_read, call_read, reply_write):
            os.close(other)
        offspring.release()
        bench.session["calls"] = channel.Calls(call_write, reply_read)
        serve_here(
            lambda size: wire.read_exactly(request_read, size),
            lambda data: wire.write_all(answer_write, data),
            bench,
            seed,
        )
    for other in (request_read, answer_write, call_write, reply_read):
        os.close(other)
    try:
        return _Carrier(inward, outward, request_write, answer_read, call_read, reply_write).carry(child)
    finally:
        for own in (request_write, answer_read, call_read, reply_write):
            os.close(own)


@dataclass(frozen=True)
class _Carrier:
    """The pipes of the worker and of its child, and what is carried between them."""

    inward: int
    outward: int
    request_write: int
    answer_read: int
    call_read: int
    reply_write: int

    def carry(self, child: int) -> int:
        """Carry bytes both ways until the child ends by itself or the grader has had enough of it."""
        watch = _watch(child)
        poll = select.poll()
        for source in (self.inward, self.answer_read, self.call_read, watch):
            if source >= 0:
                poll.register(source, select.POLLIN)
        try:
            while True:
                ready = {source for source, _ in poll.poll(None if watch >= 0 else POLL_MILLISECONDS)}
                if self.answer_read in ready:
                    # what was called before an answer leaves before it
                    _drain(self.call_read, self.outward, wire.CALL)
                    if not _forward(self.answer_read, self.outward):
                        return _reaped(child, DYING_SECONDS)
                elif self.call_read in ready and not _forward(self.call_read, self.outward, wire.CALL):
                    poll.unregister(self.call_read)
                if self.inward in ready and not self._request():
                    _reaped(child, 0.0)
                    return 0
                if not ready - {watch} and _is_over(child):
                    code = _reaped(child, DYING_SECONDS)
                    offspring.end_all()
                    _drain(self.call_read, self.outward, wire.CALL)
                    _drain(self.answer_read, self.outward)
                    return code
        except EOFError:  # the grader is gone
            _reaped(child, 0.0)
            raise
        finally:
            if watch >= 0:
                os.close(watch)

    def _request(self) -> bool:
        kind, data = wire.read_chunk(self.inward)
        if kind == wire.END:
            return False
        try:
            wire.write_all(self.reply_write if kind == wire.REPLY else self.request_write, data)
        except BrokenPipeError:  # the child is dying; how it ended is told in a moment
            return True
        return True


def _is_over(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _reaped(child: int, seconds: float) -> int:
    """Wait for a child that is ending, kill it after `seconds`; return how it ended, MUTE when it had to be killed."""
    stop = time.monotonic() + seconds
    while not _is_over(child):
        if time.monotonic() >= stop:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return wire.MUTE
        time.sleep(0.002)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _watch(child: int) -> int:
    """Return a descriptor that becomes readable when the child ends, or -1 where there is none."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return -1


def _forward(source: int, outward: int, kind: bytes = wire.DATA) -> bool:
    data = os.read(source, wire.PIECE)
    if data:
        wire.write_all(outward, wire.chunks(kind, data))
    return bool(data)


def _drain(source: int, outward: int, kind: bytes = wire.DATA) -> None:
    os.set_blocking(source, False)
    try:
        while _forward(source, outward, kind):
            pass
    except BlockingIOError:  # something holds the other end
        return
    finally:
        os.set_blocking(source, True)
