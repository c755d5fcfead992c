"""One lane of probes: one after another in one sandbox, each in a fresh process; a sandbox that breaks is replaced."""

from __future__ import annotations

import contextlib
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.checks import Check, run_checks
from grader.errors import HarnessError
from grader.model import (
    Evidence,
    Finding,
    Limits,
    Observation,
    Parameter,
    Problem,
    ProblemKind,
    Setting,
    Submission,
    tables_in,
)
from grader.sandbox.bounding import SESSION_MB, Room
from grader.sandbox.conversation import Conversation, NoReply
from grader.sandbox.launching import Launcher
from grader.sandbox.payload import Inside, payload
from grader.sandbox.session import PATIENCE, NotHere, Session, SessionEnded
from grader.text import printable

Run = Callable[[Session, dict[str, Any], np.random.Generator], None]
END_SECONDS = 5.0
MARGIN_SECONDS = 60.0
# once code has hung, later probes wait for it only once, and a fifth of the time
IMPATIENT = 0.2
# the fact that says what could not be ended
LEFT = "left_behind"
# where an observation holds the verdicts that its probe knew
VERDICTS = "verdicts"
# what becomes of code one of whose processes is killed
ENDED_BY_MEMORY = (ProblemKind.RAISED, ProblemKind.DIED, ProblemKind.TIMEOUT)
# what Python says where nothing more can be written
NO_ROOM = "[Errno 28]"
FOR_MEMORY = "one of its processes was killed for want of memory"


@dataclass(frozen=True)
class Probe:
    """One question to student code: `run(session, data, rng)` asks and fills `data` as it goes.

    Probes of one `lane` run one after another, lanes side by side. `seconds` limits the whole session, or, where it is a text,
    names the number of the setting that does. `data` names the data set that it needs, `parameters` those of the rubric that
    it finds in ``session.setting.parameters``, `kernel` says that it runs notebooks. While `again(data)` says of what was
    seen that it was bad luck, the probe is asked again from another seed, up to `tries` times in all; the last observation
    counts.

    It comes `after` the probes named there, on the same lane, and finds in the session what they saw. Where it has to know
    whether something that they looked at is right, `verdicts` are the checks that say so: they are judged on our side before
    it runs, with the thresholds that `coarse` gives (check -> name -> number), for what is asked must not depend on a
    rubric. The session holds their findings, by the probe that they are about, the observation their verdicts.

    >>> from mlpgrader.authoring import Probe, ask
    >>> def fitting(session, data, rng):
    ...     data["loaded"] = session.run(ask.load("regression.py", "regression"))
    >>> Probe("fitting", "fitting a line", fitting).lane
    0
    """

    name: str
    title: str
    run: Run
    lane: int = 0
    seconds: float | str | None = None
    data: str = ""
    kernel: bool = False
    again: Callable[[dict[str, Any]], bool] | None = None
    tries: int = 1
    after: tuple[str, ...] = ()
    verdicts: tuple[Check, ...] = ()
    coarse: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()

    def findings(
        self, earlier: Iterable[Observation], parameters: Mapping[str, Parameter] | None = None
    ) -> dict[str, Finding]:
        """Return what the checks in `verdicts` say of what was observed earlier, by their names.

        `parameters` are those of the rubric.
        """
        seen = Evidence({each.probe: each for each in earlier}, seed=0, sandbox="", seconds=0.0)
        return {
            finding.check: finding for finding in run_checks(self.verdicts, seen, self.coarse, parameters=parameters)
        }

    def by_probe(self, findings: Mapping[str, Finding]) -> dict[str, list[Finding]]:
        """Return these findings by the probe that they are about."""
        return {name: [findings[check.name] for check in self.verdicts if name in check.reads] for name in self.after}


@dataclass(kw_only=True)
class Lane:
    """Runs its probes in order; `abandon` may be called from another thread.

    `then` is the lane that runs after this one and goes on in its sandbox, where it has left one that is well. `cpu_seconds`
    is what its sandboxes used, as far as that could be measured from outside.
    """

    probes: list[Probe]
    submission: Submission
    inside: Inside
    launcher: Launcher
    seed: int
    limits: Limits
    setting: Setting
    stop: threading.Event
    on_progress: Callable[[str, str], None] | None
    on_observation: Callable[[Observation], None] | None
    room: Room = field(default_factory=Room)
    then: Lane | None = None
    observations: list[Observation] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    output: str = ""
    cpu_seconds: float | None = None
    _conversation: Conversation | None = None
    _has_hung: bool = False
    _is_lost_again: bool = False
    _memory_kills: int = 0

    def run(self) -> None:
        """Observe through every probe, until there are no more or `stop` is set."""
        is_done = False
        try:
            is_done = all(self._is_observed(probe) for probe in self.probes)
        finally:
            if is_done and self.then:
                self._hand_over(self.then)
            else:
                self._drop()

    def abandon(self) -> None:
        """End the sandbox at once; `stop` has been set before."""
        if conversation := self._conversation:
            self._end(conversation)

    @property
    def needs_kernel(self) -> bool:
        """Whether one of its probes runs notebooks."""
        return any(probe.kernel for probe in self.probes)

    @property
    def seconds(self) -> float:
        """How long its sandbox may be needed, with the lanes that go on in it."""
        return sum(self._seconds(probe) for probe in self.probes) + (self.then.seconds if self.then else 0.0)

    def _is_observed(self, probe: Probe) -> bool:
        """Observe through one probe, as often as it asks for; False when `stop` is set meanwhile."""
        if self.stop.is_set():
            return False
        if self.on_progress:
            self.on_progress(probe.name, "start")
        observation = self._observe(probe)
        for attempt in range(1, probe.tries):
            if self.stop.is_set() or observation.fault or not (probe.again and probe.again(dict(observation.data))):
                break
            observation = self._observe(probe, attempt)
        if self.stop.is_set():
            return False
        observation = self.room.keep(observation)
        self.observations.append(observation)
        if self.on_observation:
            self.on_observation(observation)
        if self.on_progress:
            self.on_progress(probe.name, "end")
        return True

    def _hand_over(self, then: Lane) -> None:
        if conversation := self._conversation:
            self._take_output(conversation)
            # at no moment nobody's: whoever abandons all lanes must find it
            then._conversation, self._conversation = conversation, None
            then._memory_kills = self._memory_kills

    def _observe(self, probe: Probe, attempt: int = 0) -> Observation:
        unseen = next((each for each in self.observations if each.probe in probe.after and each.fault), None)
        if unseen:
            return Observation(
                probe.name, fault=f"comes after probe '{unseen.probe}', which has a fault: {unseen.fault}"
            )
        began, has_hung = time.monotonic(), self._has_hung
        observation, lost = self._observe_once(probe, attempt)
        if self.launcher.pulse.stood_still(began) and not self.stop.is_set():
            self._has_hung = has_hung
            return self._observe_after_a_stall(probe, attempt)
        # somebody may have killed it, or the system for reasons of its own: what happens twice comes from the code
        if lost and not self._is_lost_again and not self.stop.is_set():
            observation, self._is_lost_again = self._observe_once(probe, attempt)
        return observation

    def _observe_after_a_stall(self, probe: Probe, attempt: int) -> Observation:
        """Ask once more: limits ran on while nothing else did. A fault when that happens again and a limit has run out."""
        began = time.monotonic()
        observation, _ = self._observe_once(probe, attempt)
        lost = self.launcher.pulse.stood_still(began) if _ran_out(observation) else 0.0
        if not lost:
            return observation
        return replace(observation, fault=f"this machine or its container engine stood still for {lost:.0f} s, twice")

    def _observe_once(self, probe: Probe, attempt: int) -> tuple[Observation, bool]:
        """Return what one process says to the probe, and whether the sandbox was lost in a way that nothing explains."""
        started = time.monotonic()
        # the first attempt has the seed of a probe that is asked once
        word = (zlib.crc32(probe.name.encode()), *([attempt] if attempt else []))
        findings = probe.findings(self.observations, self.setting.parameters)
        verdicts = {name: str(finding.verdict) for name, finding in findings.items()}
        data: dict[str, Any] = {VERDICTS: verdicts} if verdicts else {}
        session: Session | None = None
        problem: Problem | None = None
        fault, lost = "", False
        try:
            session = self._session(probe, word, probe.by_probe(findings))
            probe.run(session, data, np.random.default_rng([self.seed, *word]))
        except SessionEnded as end:
            problem = end.problem
        except HarnessError as error:
            # what is not there is not there the next time
            fault, lost = str(error), session is not None and not isinstance(error, NotHere)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # what the probe makes of the answers is our business: the student's points are withheld, not lost
            fault = f"stumbled: {type(error).__name__}: {error}"
        if session is not None:
            problem = problem or session.ended
            if (problem or _tells_of(data, *ENDED_BY_MEMORY)) and self._has_killed_for_memory():
                problem, data = problem and _for_memory(problem), _told_of_memory(data)
            self._has_hung = self._has_hung or session.timeouts > 0
            if (session.unexplained or _says(data, NO_ROOM)) and self._is_full():
                fault = fault or "there is no room left on this machine's disk: free some, and grade again"
        self._finish(problem, fault)
        lost = lost or (session is not None and session.unexplained)
        return Observation(probe.name, data, problem, fault, time.monotonic() - started), lost

    def _has_killed_for_memory(self) -> bool:
        """Tell whether the kernel has killed a process of the code since this was last asked; another one may have gone on."""
        kills = self._conversation.running.memory_kills() if self._conversation else 0
        found, self._memory_kills = kills > self._memory_kills, kills
        return found

    def _is_full(self) -> bool:
        return self._conversation is not None and self._conversation.running.is_full()

    def _session(self, probe: Probe, word: tuple[int, ...], findings: Mapping[str, Sequence[Finding]]) -> Session:
        seconds = self._seconds(probe)
        # not the probe's own generator: student code could draw the hidden inputs again
        inner = int(np.random.SeedSequence([self.seed, *word[:1], 1, *word[1:]]).generate_state(1)[0])
        limits, patience = self.limits, PATIENCE
        if not probe.kernel:
            limits = replace(limits, answer_mb=min(limits.answer_mb, SESSION_MB))
        if self._has_hung:
            limits, patience = replace(limits, call_seconds=limits.call_seconds * IMPATIENT), 1
        for last in (False, True):
            try:
                self._conversation = self._conversation or self._started()
                return Session(
                    self._conversation,
                    limits=limits,
                    setting=self.setting.given(probe.parameters),
                    files=self.submission.files,
                    left_out=self.submission.left_out,
                    taken=self.submission.taken,
                    earlier={each.probe: each.data for each in self.observations},
                    findings=findings,
                    seconds=seconds,
                    seed=inner,
                    patience=patience,
                    usual_seconds=self.limits.call_seconds,
                )
            except (HarnessError, NoReply) as error:
                self._drop()
                if last or self.stop.is_set():
                    raise HarnessError(str(error) or "the sandbox does not start") from error
        raise AssertionError("the second try returns or raises")

    def _seconds(self, probe: Probe) -> float:
        if isinstance(probe.seconds, str):
            return self.setting.numbers[probe.seconds]
        return probe.seconds if probe.seconds is not None else self.limits.session_seconds

    def _started(self) -> Conversation:
        running = self.launcher.start(self.limits, self.seconds + MARGIN_SECONDS)
        self._memory_kills = 0
        inside = self.inside
        if not self.needs_kernel:
            inside = replace(inside, kernel=False, notebook_plugins=(), notebook_ours={}, beside="")
        conversation = self._conversation = Conversation(
            running, output_limit=self.limits.output_kb * 1024, beside=inside.beside
        )
        if self.stop.is_set():
            raise HarnessError("the run was stopped")
        message = payload(
            inside, self.submission.files, self.limits, folder=running.folder, as_code=running.has_our_python
        )
        conversation.open(message)
        # said before any student code was there to say it
        self.facts |= {name: printable(str(conversation.hello.get(name, "")))[:80] for name in ("python", "numpy")}
        return conversation

    def _finish(self, problem: Problem | None, fault: str) -> None:
        # after any other end the worker itself is well: it has told how its child ended
        broken = fault or (problem and problem.kind is not ProblemKind.DIED)
        if self._conversation and (broken or not self._conversation.end(END_SECONDS)):
            self._drop()

    def _drop(self) -> None:
        if conversation := self._conversation:
            self._conversation = None
            self._end(conversation)
            with contextlib.suppress(HarnessError):
                conversation.close()
            self._take_output(conversation)

    def _take_output(self, conversation: Conversation) -> None:
        self.output += printable(conversation.take_output().decode(errors="replace"), newlines=True)

    def _end(self, conversation: Conversation) -> None:
        try:
            self.launcher.stop(conversation.running)
        except HarnessError as error:
            # what was observed stays observed, and staff are told what is still there
            self.facts[LEFT] = printable(str(error))
        used = conversation.running.cpu_seconds()
        if used is not None:
            self.cpu_seconds = (self.cpu_seconds or 0.0) + used


def _ran_out(observation: Observation) -> bool:
    """Tell whether a limit of time has run out in what was observed, wherever that is told."""
    if observation.problem and observation.problem.kind is ProblemKind.TIMEOUT:
        return True
    return bool(observation.data.get("cut")) or _tells_of(observation.data, ProblemKind.TIMEOUT)


def _tells_of(data: Any, *kinds: ProblemKind) -> bool:
    """Tell whether there is a problem of one of these kinds anywhere in plain data."""
    return any(isinstance(told := each.get("kind"), str) and told in kinds for each in tables_in(data))


def _says(data: Any, words: str) -> bool:
    """Tell whether a problem anywhere in plain data has these words in it."""
    return any(isinstance(told := each.get("message"), str) and words in told for each in tables_in(data))


def _for_memory(problem: Problem) -> Problem:
    if problem.kind not in ENDED_BY_MEMORY:
        return problem
    return replace(problem, kind=ProblemKind.MEMORY, message=f"{FOR_MEMORY}: {problem.message}")


def _told_of_memory(data: Any) -> Any:
    """Return plain data in which what went wrong is told as what it was."""
    if isinstance(data, Mapping):
        if data.keys() == {"kind", "message", "where"} and data["kind"] in ENDED_BY_MEMORY:
            return {**data, "kind": str(ProblemKind.MEMORY), "message": f"{FOR_MEMORY}: {data['message']}"}
        return {name: _told_of_memory(each) for name, each in data.items()}
    return [_told_of_memory(each) for each in data] if isinstance(data, list | tuple) else data
