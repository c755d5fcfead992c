"""Child processes in which all that was handed in is read, judged and shown: each has limits, and can be ended at any moment.

On Linux each call has a child of its own, made within milliseconds, or one that few calls have in turn. Elsewhere a child that is
well is given the next call.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import secrets
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.errors import AuthorError, HarnessError, IntakeError, LooksLikeClass
from grader.runs.forking import GRACE_SECONDS, Server, can_fork
from grader.runs.steps import Step, Steps
from grader.sandbox.containers import owner
from grader.sandbox.watching import memory, tree

LOOK_SECONDS = 0.1
# beside what was loaded before there were children
MEMORY_MB = 768
# one that has grown by more is not called again
GROWN_MB = 64
# what a child has started ends with it; what does not is ended after so long
STRAY_SECONDS = 0.5
SWEEP_SECONDS = 0.8
SCRATCH = "mlpgrader-run-"
OURS = (AuthorError, IntakeError, LooksLikeClass, HarnessError)


class Reason(StrEnum):
    """Why a child has ended without an answer."""

    STOPPED = "the run was stopped"
    TIME = "time"
    MEMORY = "memory"
    STUCK = "it does not go on"
    DIED = "it has died"


class Ended(Exception):
    """A child has ended without an answer, at this step if it is known at which."""

    def __init__(self, reason: Reason, step: Step | None = None) -> None:
        super().__init__(f"{reason}, {step.kind} {step.name}".rstrip() if step else str(reason))
        self.reason, self.step = reason, step


class Teller:
    """The end of a child's pipe: what it says, from any thread, and the steps that it is at."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = threading.Lock()
        self.steps = Steps(self._send)

    def say(self, value: Any) -> None:
        """Tell whoever called the child something."""
        self._send(("say", value))

    def answer(self, kind: str, value: Any) -> None:
        """Tell what came of the call."""
        self._send((kind, value))

    def _send(self, message: Any) -> None:
        with self._turn, contextlib.suppress(BrokenPipeError):
            self._pipe.send(message)


@dataclass
class Child:
    """A child as its parent sees it: the number of the process, a pipe, and what waits for its end."""

    pid: int
    pipe: Connection
    reap: Callable[[], int]
    base: int = 0
    reason: Reason | None = None
    calls: int = 0


@dataclass
class Children:
    """Makes children that do what they are called for with the `context`; `close` ends all of them.

    `context` is made before, and is the same in each child; where children cannot be copies, `make` makes it in each of them.
    `sweep(context)` ends what sandboxes a killed child has left. `forks` says whether children are copies. Of these,
    each is called `turns` times at most; what one that was called before does not finish is done once more in a fresh one, under
    the same limits.
    """

    context: Any
    make: Callable[[], Any]
    sweep: Callable[[Any], None] = lambda _context: None
    forks: bool = field(default_factory=can_fork)
    memory_mb: int = MEMORY_MB
    turns: int = 1
    _server: Server | None = None
    _live: dict[int, Child] = field(default_factory=dict)
    _idle: list[Child] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: threading.Event = field(default_factory=threading.Event)
    # known before anything can be killed, made when it is needed
    _home: Path = field(default_factory=lambda: Path(tempfile.gettempdir(), SCRATCH + secrets.token_hex(8)))

    def __enter__(self) -> Children:
        """Be ready to make children: before there are threads, and before anything is locked."""
        if self.forks:
            self._server = Server(_serve, self.context, self.sweep, self._clear)
            self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._server:
            self._server.close()
        self._clear()

    def _clear(self) -> None:
        """Remove all temporary files; done by the process that makes children as well, for a grader that was killed."""
        shutil.rmtree(self._home, ignore_errors=True)

    def call(
        self,
        do: Callable[..., Any],
        *arguments: Any,
        scratch: Path | None = None,
        hear: Callable[[Any], None] | None = None,
    ) -> Any:
        """Let a child do ``do(context, teller, *arguments)`` and return what comes of it, or raise what it raises.

        `hear` is told what it says meanwhile. Its temporary files lie in `scratch`, a folder of the caller's. Ended when it
        needs too much time or memory, dies, or is stopped.
        """
        with contextlib.ExitStack() as stack:
            place = scratch or stack.enter_context(self.scratch())
            child = self._child()
            try:
                kind, value = self._answered(child, do, arguments, place, hear)
            except Ended:
                if not child.calls or self._stopped.is_set():
                    raise
                # what others have left in it may be why
                kind, value = self._answered(self._child(fresh=True), do, arguments, place, hear)
            if kind == "raised":
                raise value
            return value

    def _answered(
        self,
        child: Child,
        do: Callable[..., Any],
        arguments: tuple[Any, ...],
        place: Path,
        hear: Callable[[Any], None] | None,
    ) -> tuple[str, Any]:
        try:
            child.pipe.send((do, arguments, str(place)))
            answer = self._listened(child, hear)
        except Ended:
            raise
        except BaseException as error:
            self._end(child)
            if isinstance(error, EOFError | OSError):
                raise Ended(Reason.STOPPED if self._stopped.is_set() else Reason.DIED) from error
            raise
        self._let_go(child)
        return answer

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for the temporary files of children, which is removed in the end."""
        try:
            self._home.mkdir(mode=0o700, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self._home))
        except OSError as error:
            raise HarnessError(f"no folder for temporary files can be made: {error.strerror or error}") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def stopped(self) -> bool:
        """Whether they were stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End all children within seconds and make no more: first they are asked to end what they have started."""
        self._stopped.set()
        with self._lock:
            living = [*self._live.values()]
        for child in living:
            self._signal(child, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end and any(child.pid in self._live for child in living if child not in self._idle):
            time.sleep(0.02)
        for child in living:
            child.reason = child.reason or Reason.STOPPED
            self._signal(child, signal.SIGKILL)
        while self._idle:
            self._end(self._idle.pop())

    def _child(self, *, fresh: bool = False) -> Child:
        with self._lock:
            child = self._idle.pop() if self._idle and not fresh else None
        try:
            child = child or (self._forked() if self._server else self._spawned())
        except OSError as error:
            raise HarnessError(f"no process to judge in can be started: {error.strerror or error}") from error
        with self._lock:
            self._live[child.pid] = child
        if self._stopped.is_set():
            self._end(child)
            raise Ended(Reason.STOPPED)
        return child

    def _forked(self) -> Child:
        server = self._server
        assert server is not None
        with self._lock:
            pid, pipe = server.fork()

        def reap() -> int:
            with self._lock:
                return server.reap(pid)[0]

        return Child(pid, pipe, reap, base=memory([pid]))

    def _spawned(self) -> Child:
        spawning = multiprocessing.get_context("spawn")
        ours, theirs = spawning.Pipe()
        process = spawning.Process(target=_spawned, args=(theirs, self.make), daemon=True)
        process.start()
        theirs.close()

        def reap() -> int:
            process.join()
            return process.exitcode or 0

        return Child(process.pid or 0, ours, reap)

    def _listened(self, child: Child, hear: Callable[[Any], None] | None) -> tuple[str, Any]:
        """Return the answer of a child, watching over it all the while; Ended when there is none."""
        steps: dict[int, tuple[Step, float]] = {}
        looked = time.monotonic()
        while True:
            try:
                message = child.pipe.recv() if child.pipe.poll(LOOK_SECONDS) else ()
            except (EOFError, OSError):
                raise self._ended(child, steps) from None
            match message:
                case ("begin", number, step):
                    steps[number] = (step, time.monotonic())
                case ("end", number):
                    steps.pop(number, None)
                case ("say", value):
                    if hear:
                        hear(value)
                case (kind, value):
                    return kind, value
            if time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                self._look_after(child, steps)

    def _look_after(self, child: Child, steps: dict[int, tuple[Step, float]]) -> None:
        now = time.monotonic()
        if os.name != "nt" and memory([child.pid], at_least=child.base + self.memory_mb * 2**20) > (
            child.base + self.memory_mb * 2**20
        ):
            child.reason = Reason.MEMORY
        elif any(step.late is not None and now - began > step.late for step, began in steps.values()):
            child.reason = Reason.STUCK
        else:
            return
        self._signal(child, signal.SIGKILL)

    def _ended(self, child: Child, steps: dict[int, tuple[Step, float]]) -> Ended:
        code = self._end(child)
        reason = child.reason or (Reason.STOPPED if self._stopped.is_set() else Reason.DIED)
        if code == -getattr(signal, "SIGPROF", 0):
            reason = Reason.TIME
        found = [step for step, _ in steps.values()]
        if reason is Reason.TIME:
            found.sort(key=lambda step: -step.until)
        return Ended(reason, found[-1] if found else None)

    def _let_go(self, child: Child) -> None:
        """Keep a child that is well for the next call, or let it end by itself."""
        child.calls += 1
        if self._is_good_for_more(child) and not self._stopped.is_set():
            with self._lock:
                self._idle.append(child)
        else:
            child.pipe.close()
            self._forget(child)

    def _is_good_for_more(self, child: Child) -> bool:
        if self._server is None:
            return True
        return child.calls < self.turns and memory([child.pid]) <= child.base + GROWN_MB * 2**20

    def _forget(self, child: Child) -> int:
        # until it is waited for, no other process can have its number
        code = child.reap()
        with self._lock:
            self._live.pop(child.pid, None)
        return code

    def _end(self, child: Child) -> int:
        """End a child and all that it has started; return its exit code."""
        below = {pid: owner(pid) for pid in tree(child.pid) if pid != child.pid} if os.name != "nt" else {}
        self._signal(child, signal.SIGKILL)
        child.pipe.close()
        code = self._forget(child)
        _end_strays(below)
        sweeping = threading.Thread(target=self._sweep, daemon=True)
        sweeping.start()
        sweeping.join(SWEEP_SECONDS if self._stopped.is_set() else None)
        return code

    def _sweep(self) -> None:
        with contextlib.suppress(HarnessError):
            self.sweep(self.context)

    def _signal(self, child: Child, number: int) -> None:
        with self._lock, contextlib.suppress(OSError):
            if child.pid in self._live:
                os.kill(child.pid, number)


def _end_strays(below: dict[int, str]) -> None:
    """End what a child had started, once it has had the time to end by itself; another process of the same number stays."""
    end = time.monotonic() + STRAY_SECONDS
    while (left := [pid for pid, who in below.items() if who and owner(pid) == who]) and time.monotonic() < end:
        time.sleep(0.02)
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _serve(pipe: Connection, context: Any) -> None:
    """Do in a child what its parent calls for, until it calls no more."""
    signal.signal(signal.SIGINT, _heard)
    signal.signal(signal.SIGTERM, _interrupt)
    while True:
        try:
            do, arguments, place = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        teller = Teller(pipe)
        before, tempfile.tempdir = tempfile.tempdir, place
        try:
            kind, value = "done", do(context, teller, *arguments)
        except Exception as error:  # noqa: BLE001 - it is raised where the child was called
            kind, value = "raised", _portable(error)
        except KeyboardInterrupt:
            return
        finally:
            tempfile.tempdir = before
        teller.answer(kind, value)


def _portable(error: Exception) -> Exception:
    """Return what was raised as one of our own errors, which can travel; of another one the words stay."""
    kind = type(error)
    if kind in OURS:
        return kind(str(error))
    said = HarnessError(f"this is a fault of the grader: {kind.__name__}: {error}; run again with --debug")
    said.add_note("".join(traceback.format_exception(error)))
    return said


def _spawned(pipe: Connection, make: Callable[[], Any]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _serve(pipe, make())


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        # nobody is left to take what comes of it
        os._exit(1)


def _heard(_number: int, _frame: object) -> None:
    """Do nothing about a signal: the parent says what comes of it."""


def _interrupt(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, _heard)
    raise KeyboardInterrupt
