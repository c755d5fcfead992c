"""Answers that student code could give in place of its own: any form that the wire allows, at any place of a conversation."""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from grader import wire
from grader.checks import Check, run_checks
from grader.errors import HarnessError
from grader.model import Evidence, Finding, Limits, Observation, Problem, ProblemKind, Rubric, Setting, Submission
from grader.sandbox import Answer, Inside, Launcher, Probe, Session, SessionEnded
from grader.sandbox.answers import FROM_INSIDE, checked
from grader.sandbox.lane import Lane
from grader.sandbox.operations import Operation
from kit.warm import launcher_for

Said = list[tuple[Operation, Answer]]
Change = Callable[[int, Operation, dict[str, Any]], dict[str, Any]]
NUMBERS = (0, -1, 1, 2**53, -(2**62), 0.0, -0.0, 0.5, 1e308, -1e-320, float("nan"), float("inf"), float("-inf"))
TEXTS = (
    "",
    "0",
    "-1",
    "nan",
    "\x1b[31m",
    "<b>",
    "x" * 5_000,
    "W",
    "été",
    "\u202e\ud7ff",
    "a\nb",
    "mlp.py line 1, in f",
)
LIMITS = Limits()


class Heard(Lane):
    """A lane that keeps what was answered, by probe and by how often it was asked."""

    said: dict[tuple[str, int], Said]

    def _session(self, probe: Probe, word: tuple[int, ...], findings: Any) -> Session:
        session = super()._session(probe, word, findings)
        said = self.said[(probe.name, word[1] if len(word) > 1 else 0)] = []
        whole = session.run

        def run(*operations: Operation, seconds: float | None = None) -> list[Answer]:
            answers = whole(*operations, seconds=seconds)
            said.extend(zip(operations, answers, strict=True))
            return answers

        beside = session.ask_beside

        def ask_beside(question: Mapping[str, Any], *, seconds: float) -> Any:
            value = beside(question, seconds=seconds)
            said.append(({"op": _beside(question)}, Answer(value)))
            return value

        session.run = run  # type: ignore[method-assign]
        session.ask_beside = ask_beside  # type: ignore[method-assign]
        return session


class Repeated:
    """A session in which what was once answered is answered again, with changes.

    Where another operation comes than at the time, the latest answer to one of its kind is given, or none.
    """

    unexplained, timeouts, ended, call_seconds = False, 0, None, 10.0

    def __init__(self, said: Said, change: Change, given: Mapping[str, Any]) -> None:
        self._said, self._change, self._place = said, change, 0
        self._latest: dict[str, Answer] = {}
        vars(self).update(given)

    def run(self, *operations: Operation, seconds: float | None = None) -> list[Answer]:
        return [self._answered(operation) for operation in operations]

    def ask_beside(self, question: Mapping[str, Any], *, seconds: float) -> Any:
        """Answer as the engine did: what is known of networks depends on what was called, their outputs are numbers."""
        operation = {"op": _beside(question)}
        value = self._kept(operation).value
        place, self._place = self._place, self._place + 1
        if question["op"] == "outputs" and isinstance(value, np.ndarray):
            return np.resize(value, (len(question["rows"]), value.shape[1]))
        if question["op"] != "networks":
            return value
        return self._change(place, operation, as_raw(Answer(value)))["value"]

    def _kept(self, operation: Operation) -> Answer:
        """Return what was answered at this place, or the latest answer to one of its kind."""
        place, kind = self._place, operation["op"]
        if place < len(self._said) and self._said[place][0]["op"] == kind:
            self._latest[kind] = self._said[place][1]
        self._latest.setdefault(kind, next((each for asked, each in self._said if asked["op"] == kind), Answer()))
        return self._latest[kind]

    def _answered(self, operation: Operation) -> Answer:
        kept = self._kept(operation)
        place, self._place = self._place, self._place + 1
        raw = self._change(place, operation, as_raw(kept))
        try:
            frame = iter([wire.encode({"id": "1", "answers": [raw]})])
            data = next(frame)
            at = 0

            def read(size: int) -> bytes:
                nonlocal at
                at += size
                return data[at - size : at]

            (answer,) = checked((operation,), wire.decode(read, limit=2**30), "1")
        except wire.WireError as error:
            raise SessionEnded(Problem(ProblemKind.VIOLATION, f"the answer is not one: {error}")) from None
        return answer


class Again(Lane):
    """A lane whose sessions repeat what was said, with changes."""

    said: dict[tuple[str, int], Said]
    change: Change

    def _session(self, probe: Probe, word: tuple[int, ...], findings: Any) -> Session:
        given = {
            "setting": self.setting.given(probe.parameters),
            "files": self.submission.files,
            "left_out": self.submission.left_out,
            "taken": self.submission.taken,
            "earlier": {each.probe: each.data for each in self.observations},
            "findings": findings,
        }
        key = (probe.name, word[1] if len(word) > 1 else 0)
        said = self.said.get(key, self.said.get((probe.name, 0), []))
        return cast("Session", Repeated(said, lambda *asked: self.change(*asked), given))


def _beside(question: Mapping[str, Any]) -> str:
    return f"beside {question['op']}"


def as_raw(answer: Answer) -> dict[str, Any]:
    """Return an answer as the worker sends it."""
    problem = answer.problem and {
        "kind": str(answer.problem.kind),
        "message": answer.problem.message,
        "where": answer.problem.where,
    }
    value = copy.deepcopy(answer.value)
    return {"value": value, "type": answer.type, "text": answer.text, "problem": problem, "seconds": answer.seconds}


def lanes(kind: type[Lane], probes: Iterable[Probe], submission: Submission, inside: Inside, **given: Any) -> list[Any]:
    """Return the lanes that ask a submission through these probes."""
    by_lane: dict[int, list[Probe]] = {}
    for probe in probes:
        by_lane.setdefault(probe.lane, []).append(probe)
    asked = {"seed": 1, "limits": LIMITS, "setting": Setting(), "launcher": Launcher("nothing", {}, _nothing), **given}
    nobody: dict[str, Any] = {"on_progress": None, "on_observation": None, "stop": threading.Event()}
    return [
        kind(probes=members, submission=submission, inside=inside, **asked, **nobody)
        for _, members in sorted(by_lane.items())
    ]


def _nothing(_limits: Limits, _seconds: float) -> Any:
    raise HarnessError("nothing is started here")


def hear(
    probes: Sequence[Probe], submission: Submission, inside: Inside, launcher: Launcher, **given: Any
) -> dict[tuple[str, int], Said]:
    """Return what a submission answers to these probes."""
    said: dict[tuple[str, int], Said] = {}
    for lane in lanes(Heard, probes, submission, inside, launcher=launcher, **given):
        lane.said = said
        lane.run()
    return said


def observe_again(
    probes: Sequence[Probe],
    submission: Submission,
    inside: Inside,
    said: dict[tuple[str, int], Said],
    change: Change,
    **given: Any,
) -> dict[str, Observation]:
    """Return what these probes see where what was said is said again, with changes."""
    seen: dict[str, Observation] = {}
    for lane in lanes(Again, probes, submission, inside, **given):
        lane.said, lane.change = said, change
        lane.run()
        seen |= {each.probe: each for each in lane.observations}
    return seen


def judging(
    probes: Sequence[Probe],
    checks: Iterable[Check],
    submission: Submission,
    inside: Inside,
    rubric: Rubric,
    setting: Setting,
) -> Callable[[Change], tuple[Finding, ...]]:
    """Ask a submission in the process sandbox once, and return what judges its answers with changes in them."""
    checks, given = tuple(checks), {"setting": setting}
    said = hear(probes, submission, inside, launcher_for(probes), **given)

    def judge(change: Change) -> tuple[Finding, ...]:
        # Python says each warning once, and numbers that are none are full of them
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            seen = observe_again(probes, submission, inside, said, change, **given)
            evidence = Evidence(seen, seed=1, sandbox="", seconds=0.0)
            return run_checks(checks, evidence, rubric.thresholds, parameters=rubric.parameters)

    return judge


def hostile(rng: np.random.Generator, share: float) -> Change:
    """Return what changes a share of all answers, each at a place of its own, into something else that travels."""

    def change(_place: int, _operation: Operation, raw: dict[str, Any]) -> dict[str, Any]:
        if rng.random() >= share:
            return raw
        if rng.random() < 0.15:
            kind = str(rng.choice(list(map(str, FROM_INSIDE))))
            return {**raw, "problem": {"kind": kind, "message": _pick(rng, TEXTS), "where": _pick(rng, TEXTS)}}
        if rng.random() < 0.1:
            return {**raw, "value": None, "type": _pick(rng, TEXTS), "text": _pick(rng, TEXTS)}
        return {**raw, "value": changed(rng, raw["value"])}

    return change


def changed(rng: np.random.Generator, value: Any, *, depth: int = 0) -> Any:
    """Return plain data with something else at one place in it, or in place of it."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = _pick(rng, list(value))
        if rng.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        return {**value, name: changed(rng, value[name], depth=depth + 1)}
    if isinstance(value, list) and value and rng.random() < 0.85:
        if rng.random() < 0.1:
            return value[: int(rng.integers(len(value)))]
        if rng.random() < 0.1:
            return value * 3
        place = int(rng.integers(len(value)))
        return [*value[:place], changed(rng, value[place], depth=depth + 1), *value[place + 1 :]]
    if isinstance(value, np.ndarray) and rng.random() < 0.9:
        return array(rng, value)
    if isinstance(value, bool | int | float) and rng.random() < 0.7:
        return _pick(rng, NUMBERS)
    if isinstance(value, str) and rng.random() < 0.7:
        return _pick(rng, TEXTS)
    return anything(rng)


def array(rng: np.random.Generator, value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array with another shape, type or entries."""
    kinds: list[Callable[[], np.ndarray[Any, Any]]] = [
        lambda: value.T.copy(),
        lambda: value.ravel().copy(),
        lambda: value[..., None].copy() if value.ndim < 8 else value,
        lambda: value[None].copy() if value.ndim < 8 else value,
        lambda: np.empty((0, *value.shape[1:]), value.dtype),
        lambda: np.zeros(value.shape, np.float32),
        lambda: np.ones(value.shape, bool),
        lambda: np.full(value.shape, 200, np.uint8),
        lambda: np.full(value.shape, -(2**62), np.int64),
        lambda: np.full(value.shape, np.nan),
        lambda: np.full(value.shape, -np.inf),
        lambda: np.full(value.shape, 1.7e308),
        lambda: np.full(value.shape, 5e-324),
        lambda: np.zeros(value.shape, value.dtype),
        lambda: np.concatenate([value, value]) if value.ndim else np.ones((2, 2)),
        lambda: value[:-1].copy() if value.ndim and len(value) else np.zeros(()),
        lambda: _one_entry(rng, value),
        lambda: _one_entry(rng, value),
        lambda: np.array(_pick(rng, NUMBERS), float),
        lambda: np.zeros(tuple(rng.integers(0, 4, int(rng.integers(0, 5))))),
    ]
    return kinds[int(rng.integers(len(kinds)))]()


def anything(rng: np.random.Generator) -> Any:
    """Return some plain data that travels."""
    some: list[Any] = [None, True, False, [], {}, *NUMBERS, *TEXTS, [[]], [0, "a", None], {"a": {"b": [1.0]}}]
    some += [np.zeros(3), np.zeros((0, 2)), np.zeros(()), np.ones((2, 2), bool)]
    return copy.deepcopy(some[int(rng.integers(len(some)))])


def _one_entry(rng: np.random.Generator, value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    other = value.astype(np.float64)
    if other.size:
        other.flat[int(rng.integers(other.size))] = _pick(rng, NUMBERS)
    return other


def _pick(rng: np.random.Generator, some: Sequence[Any]) -> Any:
    return some[int(rng.integers(len(some)))]
