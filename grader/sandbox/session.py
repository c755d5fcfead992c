"""One conversation with student code: requests of several operations, answers to each, and one clear end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader import wire
from grader.errors import HarnessError
from grader.model import Finding, Limits, Problem, ProblemKind, Setting
from grader.sandbox.answers import Answer, checked
from grader.sandbox.conversation import Conversation, NoReply
from grader.sandbox.newer_syntax import newer_syntax
from grader.sandbox.operations import Operation

GRACE = 2.0
NOT_FOUND = "ModuleNotFoundError"
# what may be imported in any assignment
EVERYWHERE = ("IPython", "ipywidgets", "tqdm")
# requests with a timeout in them before a session is given up: code that hangs shall not cost its limit every time
PATIENCE = 2
SIGKILL = 9
# the signals that code brings upon itself; any other one was sent by somebody, and that may have been anybody
OWN_FAULTS = (4, 6, 7, 8, 11)
HEADER_LIMIT = 1024 * 1024
# besides the arrays that `Limits.answer_mb` counts: headers
HEADERS_LIMIT = 16 * 1024 * 1024


class NotHere(HarnessError):
    """Student code needs what this sandbox does not have, for no fault of its own."""


class SessionEnded(Exception):
    """Student code ended the session: the process died, hung, or broke the protocol; `problem` says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Session:
    """One process that holds student code, from its fork to its end.

    `setting` is at which size and on which data, `files` what was handed in, `left_out` why some of it was not read, `taken`
    which file was handed in under another name (name that was asked for -> path), `earlier` what the probes before this one
    on its lane have seen, and `findings` what the checks that the probe has declared say of each. `unexplained` says of an
    end that it may have come from outside as well as from the code.

    >>> from mlpgrader.authoring import Session, ask
    >>> def fitting(session: Session, data, rng):
    ...     loaded, answer = session.run(ask.load("mlp.py", "mlp"), ask.create("net", "mlp.MLP"))
    ...     data["problem"] = str(answer.problem or "")
    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        limits: Limits,
        seconds: float,
        seed: int,
        setting: Setting | None = None,
        files: Mapping[str, bytes] | None = None,
        left_out: Mapping[str, str] | None = None,
        taken: Mapping[str, str] | None = None,
        earlier: Mapping[str, Mapping[str, Any]] | None = None,
        findings: Mapping[str, Sequence[Finding]] | None = None,
        patience: int = PATIENCE,
        usual_seconds: float = 0.0,
    ) -> None:
        self._conversation, self._limits = conversation, limits
        self.setting = setting or Setting()
        self.files, self.left_out, self.taken, self.earlier = files or {}, left_out or {}, taken or {}, earlier or {}
        self.findings = findings or {}
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._room = limits.answer_mb * 2**20
        self._ended: Problem | None = None
        self._patience = patience
        # code that has hung before gets less for its calls, and as much as ever to be imported
        self._usual_seconds = max(usual_seconds, limits.call_seconds)
        self.timeouts = 0
        self.unexplained = False
        conversation.begin(seed, budget=self._room + HEADERS_LIMIT)

    def run(self, *operations: Operation, seconds: float | None = None) -> list[Answer]:
        """Ask for operations in one request and return an answer to each.

        What one of them raises is a problem of its answer, the next are still tried; after one that takes too long
        the rest are skipped. An operation may take `Limits.call_seconds` or the limit that it has itself; the whole
        request `seconds`, which is then also the limit of each operation that has none. SessionEnded when student
        code has ended the session; HarnessError when we have.
        """
        if self._ended is not None:
            raise SessionEnded(self._ended)
        if not operations:
            return []
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._end(
                Problem(
                    ProblemKind.TIMEOUT,
                    f"the {self._seconds:.3g} s for this part are over before {_labels(operations)}",
                )
            )
        if self._usual_seconds > self._limits.call_seconds:
            operations = tuple(self._in_usual_time(each) for each in operations)
        own = sum(operation.get("seconds", 0.0) for operation in operations)
        whole = min(seconds if seconds is not None else self._limits.call_seconds + own, left)
        each = min(self._limits.call_seconds if seconds is None else seconds, whole)
        number = secrets.token_hex(8)
        request = {"id": number, "operations": list(operations), "seconds": whole, "call_seconds": each}
        deadline = time.monotonic() + whole + GRACE
        try:
            self._conversation.send(wire.encode(request), deadline)
            reply = wire.decode(
                lambda size: self._conversation.take(size, deadline), limit=self._room, header_limit=HEADER_LIMIT
            )
            answers = checked(operations, reply, number)
        except NoReply as missing:
            raise self._end(self._problem(missing, operations, whole)) from None
        except wire.WireError as error:
            raise self._end(Problem(ProblemKind.VIOLATION, f"the answer is not one: {error}")) from None
        self._ensure_it_could_be_tried(answers)
        answers = [replace(each, problem=self._with_limit(each.problem)) for each in answers]
        self._room -= sum(array_bytes(answer.value) for answer in answers)
        self._lose_patience(answers)
        return answers

    def ask_beside(self, question: Mapping[str, Any], *, seconds: float) -> Any:
        """Ask the process beside the sandbox something about what was called until now, and return its plain data.

        SessionEnded when the session ends meanwhile, HarnessError when that process cannot say it.
        """
        if self._ended is not None:
            raise SessionEnded(self._ended)
        whole = max(min(seconds, self._deadline - time.monotonic()), 0.0)
        try:
            return self._conversation.ask_beside(question, time.monotonic() + whole + GRACE)
        except NoReply as missing:
            label = {"label": "looking at the networks"}
            raise self._end(self._problem(missing, (label,), whole)) from None

    @property
    def call_seconds(self) -> float:
        """How long one call of student code may take."""
        return self._limits.call_seconds

    def _ensure_it_could_be_tried(self, answers: Sequence[Answer]) -> None:
        """NotHere when student code failed for want of something that this sandbox does not have, and another one has."""
        errors = [error for answer in answers if (error := _error_of(answer))]
        hello = self._conversation.hello
        if any(name == "SyntaxError" for name, _ in errors) and (
            why := newer_syntax(self.files, str(hello.get("python")))
        ):
            raise NotHere(why)
        named = self.setting.parameters.get("allowed_imports", ())
        allowed = {*(named if isinstance(named, tuple) else ()), *EVERYWHERE}
        for absent in hello.get("absent", ()):
            if absent in allowed and any(_names(absent, message) for name, message in errors if name == NOT_FOUND):
                raise NotHere(f"this sandbox has no {absent}, which may be imported: grade it in Docker, or install it")

    def _in_usual_time(self, operation: Operation) -> Operation:
        return {"seconds": self._usual_seconds, **operation} if operation["op"] == "load" else operation

    def _with_limit(self, problem: Problem | None) -> Problem | None:
        """Return a timeout with the reason for a limit that is shorter than it usually is."""
        limit = self._limits.call_seconds
        if problem is None or problem.kind is not ProblemKind.TIMEOUT or self._usual_seconds <= limit:
            return problem
        if f" {limit:.3g} s" not in problem.message:
            return problem
        why = f"less than the usual {self._usual_seconds:.3g} s, because code has hung before"
        return replace(problem, message=f"{problem.message} ({why})")

    def _lose_patience(self, answers: list[Answer]) -> None:
        """Let the next request end the session when too many had a timeout; these answers still count."""
        problems = [answer.problem for answer in answers if answer.problem]
        hung = [problem for problem in problems if problem.kind is ProblemKind.TIMEOUT]
        self.timeouts += bool(hung)
        if hung and self.timeouts >= self._patience:
            self._ended = hung[0]

    @property
    def ended(self) -> Problem | None:
        """What ended the session, if anything has."""
        return self._ended

    def _end(self, problem: Problem) -> SessionEnded:
        self._ended = problem
        return SessionEnded(problem)

    def _problem(self, missing: NoReply, operations: tuple[Operation, ...], whole: float) -> Problem:
        asked = _labels(operations)
        if missing.reason == "timeout" and self._conversation.partly:
            return Problem(
                ProblemKind.VIOLATION, "the code writes into the grader's channel: an answer that breaks off"
            )
        if missing.reason == "timeout":
            message = f"{asked} does not come to an end within {whole:.3g} s, and cannot be interrupted"
            if whole < self._limits.call_seconds:
                message = f"{asked} does not come to an end before the {self._seconds:.3g} s for this part are over"
            timeout = Problem(ProblemKind.TIMEOUT, message)
            return self._with_limit(timeout) or timeout
        if missing.reason == "memory":
            return Problem(ProblemKind.MEMORY, f"{asked} needs more memory for its networks than there is")
        if missing.reason == "violation":
            return Problem(ProblemKind.VIOLATION, f"the code writes into the grader's channel: {missing.detail}")
        problem = _death(missing.code, asked, self._conversation)
        killed = missing.code is None or (missing.code < 0 and -missing.code not in OWN_FAULTS)
        self.unexplained = killed and problem.kind is ProblemKind.DIED
        return problem


def _error_of(answer: Answer) -> tuple[str, str] | None:
    """Return the name and the message of what student code raised in an operation or in a cell."""
    if answer.problem:
        name, _, message = answer.problem.message.partition(": ")
        return name, message
    ended = answer.value.get("error") if isinstance(answer.value, Mapping) else None
    return (str(ended.get("name")), str(ended.get("message"))) if isinstance(ended, Mapping) else None


def _names(module: str, message: str) -> bool:
    return f"'{module}'" in message or f"'{module}." in message


def array_bytes(value: object) -> int:
    """Return the bytes of all arrays in an answer's value."""
    if isinstance(value, dict):
        return sum(array_bytes(item) for item in value.values())
    if isinstance(value, list):
        return sum(array_bytes(item) for item in value)
    return int(getattr(value, "nbytes", 0))


def _death(code: int | None, asked: str, conversation: Conversation) -> Problem:
    if code == wire.EXHAUSTED:
        return Problem(ProblemKind.MEMORY, f"{asked} leaves no memory to work with")
    if code == wire.MUTE:
        return Problem(ProblemKind.VIOLATION, f"the code closes the grader's channel during {asked}")
    if code == wire.BROKEN:
        return Problem(ProblemKind.DIED, f"the code breaks the process that it runs in during {asked}")
    if code is not None and code >= 0:
        return Problem(ProblemKind.DIED, f"the code ends the whole process (exit status {code}) during {asked}")
    if code in (None, -SIGKILL) and conversation.explain() == "memory":
        return Problem(ProblemKind.MEMORY, f"{asked} uses more memory than there is")
    if code is None:
        return Problem(ProblemKind.DIED, f"the code ends the sandbox during {asked}")
    return Problem(ProblemKind.DIED, f"the process crashes during {asked} ({_signal_name(-code)})")


def _signal_name(number: int) -> str:
    names = {
        11: "segmentation fault",
        6: "aborted",
        9: "killed",
        8: "arithmetic fault",
        7: "bus error",
        4: "illegal instruction",
    }
    return names.get(number, f"signal {number}")


def _labels(operations: tuple[Operation, ...]) -> str:
    labels = list(dict.fromkeys(operation["label"] for operation in operations))
    return " or ".join(labels[:3]) + (" or what follows" if len(labels) > 3 else "")
