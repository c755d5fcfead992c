"""Observing: lanes side by side, a fresh process and a fixed generator for each probe, and whose fault it was."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import check, failed, passed
from grader.errors import AuthorError, HarnessError
from grader.model import Evidence, Finding, Limits, Observation, Problem, ProblemKind
from grader.sandbox import Inside, Launcher, Probe, Session, SessionEnded, observe, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.lane import IMPATIENT
from grader.sandbox.launching import Running
from kit.asking import LIMITS, session, submission, worker

MLP = """
import os, time
import numpy as np
count = 0

class MLP:
    def up(self):
        global count
        count += 1
        return count

    def die(self):
        os._exit(3)

    def sleep(self):
        while True:
            time.sleep(1000)

    def draw(self):
        return float(np.random.randint(2**60))
"""
STUDENT = submission(MLP)
Run = Callable[[Session, dict[str, Any], np.random.Generator], None]


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with open_launcher("process") as launcher:
        yield launcher


def look(launcher: Launcher, *probes: Probe, seed: int = 1, limits: Limits = LIMITS, **callbacks: Any) -> Evidence:
    return observe(STUDENT, probes, Inside(), launcher=launcher, seed=seed, limits=limits, **callbacks)


def up(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    *_, answer = session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "up"))
    data["count"] = float(answer.value)


def die(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    up(session, data, _rng)
    session.run(op.call("net", "die"))
    data["after"] = True


def draw(_session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    data["drawn"] = rng.integers(2**60)


def test_every_probe_meets_a_fresh_process(launcher: Launcher) -> None:
    seen = look(launcher, Probe("a", "", up), Probe("b", "", up), Probe("c", "", up, lane=1)).observations
    assert [observation.data for observation in seen.values()] == [{"count": 1.0}] * 3


def test_what_was_seen_before_a_crash_stays(launcher: Launcher) -> None:
    seen = look(launcher, Probe("a", "", die), Probe("b", "", up)).observations
    assert seen["a"].data == {"count": 1.0}
    assert seen["a"].problem is not None
    assert seen["a"].problem.message == "the code ends the whole process (exit status 3) during die()"
    assert seen["b"].data == {"count": 1.0}


def test_observations_come_in_the_order_of_the_probes_whatever_their_lanes(launcher: Launcher) -> None:
    probes = [Probe(name, "", draw, lane) for name, lane in (("z", 1), ("a", 0), ("m", 1))]
    assert list(look(launcher, *probes).observations) == ["z", "a", "m"]


def test_a_seed_and_a_name_fix_what_a_probe_draws(launcher: Launcher) -> None:
    def drawn(seed: int) -> list[Any]:
        probes = [Probe("a", "", draw), Probe("b", "", draw, lane=1)]
        return [each.data["drawn"] for each in look(launcher, *probes, seed=seed).observations.values()]

    assert drawn(1) == drawn(1)
    assert len({*drawn(1), *drawn(2)}) == 4


@check(reads=["a"], thresholds=["most"])
def counts(seen: Observation, *, most: float) -> Finding:
    """It counts"""
    return passed() if seen.data["count"] <= most else failed("too many", hint="Count less.")


def told(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    data["told"] = [finding.title for found in session.findings.values() for finding in found]
    data["earlier"] = sorted(session.earlier)


@pytest.mark.parametrize(("most", "verdict"), [(1.0, "passed"), (0.0, "failed")])
def test_a_probe_is_told_the_verdicts_that_it_declares(launcher: Launcher, most: float, verdict: str) -> None:
    probe = Probe("b", "", told, after=("a",), verdicts=(counts,), coarse={"counts": {"most": most}})
    seen = look(launcher, Probe("a", "", up), probe).observations["b"]
    assert seen.data == {"verdicts": {"counts": verdict}, "told": ["It counts"], "earlier": ["a"]}


def test_a_probe_that_declares_no_verdicts_is_told_none(launcher: Launcher) -> None:
    seen = look(launcher, Probe("a", "", up), Probe("b", "", told)).observations["b"]
    assert seen.data == {"told": [], "earlier": ["a"]}


def test_a_probe_is_not_asked_after_a_fault_of_ours(launcher: Launcher) -> None:
    def stumble(_session: Session, _data: dict[str, Any], _rng: np.random.Generator) -> None:
        raise HarnessError("the engine went away")

    seen = look(launcher, Probe("a", "", stumble), Probe("b", "", up, after=("a",)), Probe("c", "", up)).observations
    assert seen["b"].fault == "comes after probe 'a', which has a fault: the engine went away"
    assert (dict(seen["b"].data), seen["c"].data) == ({}, {"count": 1.0})


def counted(tries: int, unlucky: int) -> tuple[Probe, list[int]]:
    """Return a probe that has bad luck so many times in a row, and the list that its drawn numbers go to."""
    seen: list[int] = []

    def run(_session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
        seen.append(int(rng.integers(2**60)))
        data["drawn"] = seen[-1]

    return Probe("dice", "", run, again=lambda data: len(seen) <= unlucky, tries=tries), seen


def test_bad_luck_is_tried_again_from_another_seed_and_the_last_counts(launcher: Launcher) -> None:
    probe, seen = counted(tries=5, unlucky=2)
    found = look(launcher, probe).observations["dice"].data["drawn"]
    assert (len(set(seen)), found) == (3, seen[-1])


def test_bad_luck_without_end_is_given_up(launcher: Launcher) -> None:
    probe, seen = counted(tries=3, unlucky=99)
    look(launcher, probe)
    assert len(seen) == 3


def test_a_first_attempt_draws_what_a_probe_without_others_draws(launcher: Launcher) -> None:
    probe, seen = counted(tries=5, unlucky=0)
    look(launcher, probe)
    assert look(launcher, Probe("dice", "", draw)).observations["dice"].data["drawn"] == seen[0]


def test_student_code_cannot_draw_the_hidden_inputs_again(launcher: Launcher) -> None:
    seen: dict[str, Any] = {}

    def both(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
        *_, answer = session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "draw"))
        guess = np.random.RandomState(1).randint(2**60)
        seen.update(inside=float(answer.value), outside=float(rng.integers(2**60)), guess=float(guess))

    look(launcher, Probe("a", "", both))
    assert len(set(seen.values())) == 3


def test_after_a_probe_that_hung_the_next_ones_of_its_lane_wait_less(launcher: Launcher) -> None:
    def hang(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        data["message"] = str(session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "sleep"))[2].problem)

    limits = replace(LIMITS, call_seconds=0.5)
    seen = look(launcher, Probe("a", "", hang), Probe("b", "", hang), Probe("c", "", hang, lane=1), limits=limits)
    said = [each.data["message"].partition(" (")[0] for each in seen.observations.values()]
    assert said[0] == said[2] == "sleep() takes longer than 0.5 s"
    assert said[1] == f"sleep() takes longer than {0.5 * IMPATIENT:.3g} s"
    told = "(less than the usual 0.5 s, because code has hung before)"
    assert [told in each.data["message"] for each in seen.observations.values()] == [False, True, False]


def test_after_a_hang_a_module_gets_as_much_time_to_be_imported_as_ever(launcher: Launcher) -> None:
    def hang(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        loaded, *_ = session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "sleep"))
        data["problem"] = loaded.problem

    slow = submission(f"import time\ntime.sleep(0.8)\n{MLP}")
    limits = replace(LIMITS, call_seconds=3.0)
    probes = (Probe("a", "", hang), Probe("b", "", hang))
    seen = observe(slow, probes, Inside(), launcher=launcher, seed=1, limits=limits).observations
    assert [each.data["problem"] for each in seen.values()] == [None, None]


def test_a_probe_that_stumbles_is_our_fault_and_the_others_go_on(launcher: Launcher) -> None:
    def stumble(_session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        data["kept"] = 1
        raise KeyError("results")

    seen = look(launcher, Probe("a", "", stumble), Probe("b", "", up)).observations
    assert (seen["a"].fault, seen["a"].data) == ("stumbled: KeyError: 'results'", {"kept": 1})
    assert seen["b"].fault == ""


def test_a_probe_may_catch_the_end_of_a_session_and_it_is_still_said(launcher: Launcher) -> None:
    def catching(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
        with pytest.raises(SessionEnded):
            die(session, data, rng)

    problem = look(launcher, Probe("a", "", catching)).observations["a"].problem
    assert problem is not None
    assert problem.kind == ProblemKind.DIED


def test_the_limit_of_a_probe_is_the_limit_of_its_session(launcher: Launcher) -> None:
    problem = look(launcher, Probe("a", "", up, seconds=0.0)).observations["a"].problem
    assert problem is not None
    assert problem.kind == ProblemKind.TIMEOUT


def test_progress_and_observations_are_told_as_they_come(launcher: Launcher) -> None:
    told: list[Any] = []
    look(
        launcher,
        Probe("a", "", up),
        Probe("b", "", draw),
        on_progress=lambda name, what: told.append((name, what)),
        on_observation=lambda observation: told.append(observation.probe),
    )
    assert told == [("a", "start"), "a", ("a", "end"), ("b", "start"), "b", ("b", "end")]


def test_evidence_says_where_it_was_made(launcher: Launcher) -> None:
    evidence = look(launcher, Probe("a", "", up))
    assert (evidence.sandbox, evidence.seed) == ("process", 1)
    assert evidence.facts["numpy"] == np.__version__


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="nobody measures processor time here")
def test_the_processor_time_of_all_lanes_is_a_fact(launcher: Launcher) -> None:
    evidence = look(launcher, Probe("a", "", up), Probe("b", "", up, lane=1))
    assert 0.0 < float(evidence.facts["cpu_seconds"]) < 60.0


def failing(launcher: Launcher, failures: int) -> Launcher:
    """Return a launcher whose first starts fail."""
    left = [HarnessError("the engine has a headache")] * failures

    def launch(limits: Limits, seconds: float) -> Running:
        if left:
            raise left.pop()
        return launcher.launch(limits, seconds)

    return replace(launcher, launch=launch)


def test_a_start_that_fails_once_is_tried_again(launcher: Launcher) -> None:
    assert look(failing(launcher, 1), Probe("a", "", up)).observations["a"].data == {"count": 1.0}


def test_a_start_that_fails_twice_is_our_fault_and_the_next_probe_is_tried(launcher: Launcher) -> None:
    seen = look(failing(launcher, 2), Probe("a", "", up), Probe("b", "", up)).observations
    assert (seen["a"].fault, seen["a"].problem) == ("the engine has a headache", None)
    assert seen["b"].data == {"count": 1.0}


def test_a_worker_that_does_not_start_is_our_fault_and_says_why(launcher: Launcher) -> None:
    inside = Inside(preload=("layers",))
    broken = submission(MLP, layers="1/0")
    evidence = observe(broken, [Probe("a", "", up)], inside, launcher=launcher, seed=1, limits=LIMITS)
    assert "ZeroDivisionError" in evidence.observations["a"].fault


class Stopped(BaseException):
    """What Ctrl-C is, thrown from where a test can."""


def test_an_interrupt_ends_what_runs_and_comes_through(launcher: Launcher) -> None:
    started: list[Observation] = []

    def interrupt(_name: str, _what: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        look(launcher, Probe("a", "", up), on_progress=interrupt, on_observation=started.append)
    assert started == []


def test_an_interrupt_does_not_wait_for_other_lanes(launcher: Launcher) -> None:
    hanging = threading.Event()

    def hang(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        up(session, data, _rng)
        hanging.set()
        session.run(op.within(1_000, op.call("net", "sleep")))

    def interrupt(_session: Session, _data: dict[str, Any], _rng: np.random.Generator) -> None:
        hanging.wait()
        raise Stopped

    with pytest.raises(Stopped):
        look(launcher, Probe("a", "", hang, seconds=1_000), Probe("b", "", interrupt, lane=1))


def test_a_closed_launcher_starts_nothing_more(launcher: Launcher) -> None:
    launcher.close()
    assert look(launcher, Probe("a", "", up)).observations["a"].fault == "the run was stopped"


def test_the_folder_of_a_sandbox_is_gone_afterwards(launcher: Launcher) -> None:
    with worker(launcher, STUDENT.files, Inside()) as conversation:
        folder = Path(conversation.running.folder)
        assert folder.is_dir()
    assert not folder.exists()


def test_a_worker_whose_grader_is_gone_ends_and_leaves_nothing(launcher: Launcher) -> None:
    with worker(launcher, STUDENT.files, Inside()) as conversation:
        session(conversation).run(op.load(), op.create("net", "mlp.MLP"))
        conversation.running.process.stdin.close()  # type: ignore[union-attr]
        assert conversation.running.process.wait(timeout=30) == 0
        assert not Path(conversation.running.folder).exists()


def test_an_unknown_sandbox_is_refused_with_the_choices() -> None:
    with pytest.raises(AuthorError, match="docker, bubblewrap, process"):
        open_launcher("bubblewrap-ish")


def test_an_interpreter_that_is_not_there_is_our_fault() -> None:
    from grader.sandbox.process import process_launcher

    with process_launcher(python="/no/such/python") as launcher, pytest.raises(HarnessError, match="cannot start"):
        launcher.start(LIMITS, 1.0)


@pytest.mark.parametrize(("kernel", "problem"), [(True, ""), (False, "KeyError: 'hello'")])
def test_plugins_for_notebooks_are_there_only_where_a_notebook_is_run(
    kernel: bool, problem: str, launcher: Launcher
) -> None:
    plugin = b"OPERATIONS = {'hello': lambda bench, operation: {'value': {'said': 'hello'}}}"
    inside = Inside(ours={"grader/parts/plugin.py": plugin}, notebook_plugins=("grader.parts.plugin",), kernel=True)

    def ask(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        (answer,) = session.run(op.plugged("hello", "greeting"))
        data["problem"] = answer.problem.message if answer.problem else ""

    probe = Probe("greeting", "greeting", ask, kernel=kernel)
    evidence = observe(STUDENT, [probe], inside, launcher=launcher, seed=1, limits=LIMITS)
    assert evidence.observations["greeting"].data == {"problem": problem}


class Counting:
    """A launcher's own way to start, counted."""

    def __init__(self, launcher: Launcher) -> None:
        self.started: list[Running] = []
        self.seconds: list[float] = []
        self._launch = launcher.launch

    def __call__(self, limits: Limits, seconds: float) -> Running:
        self.seconds.append(seconds)
        self.started.append(self._launch(limits, seconds))
        return self.started[-1]


@pytest.mark.parametrize(("in_turn", "sandboxes"), [(False, 2), (True, 1)])
def test_lanes_in_turn_share_one_sandbox_that_may_live_for_all_of_them(
    launcher: Launcher, *, in_turn: bool, sandboxes: int
) -> None:
    counting = Counting(launcher)
    probes = [Probe("a", "", up, seconds=7.0), Probe("b", "", up, lane=1, seconds=5.0)]
    seen = look(replace(launcher, launch=counting), *probes, in_turn=in_turn)
    assert [each.data for each in seen.observations.values()] == [{"count": 1.0}] * 2
    assert len(counting.started) == sandboxes
    assert max(counting.seconds) == 60.0 + (12.0 if in_turn else 7.0)
    assert all(each.process.returncode is not None for each in counting.started)


def test_a_lane_in_turn_starts_a_sandbox_of_its_own_where_the_one_before_has_broken_it(launcher: Launcher) -> None:
    def hang(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        up(session, data, _rng)
        raise SessionEnded(Problem(ProblemKind.TIMEOUT, "it hangs"))

    counting = Counting(launcher)
    seen = look(replace(launcher, launch=counting), Probe("a", "", hang), Probe("b", "", up, lane=1), in_turn=True)
    assert seen.observations["b"].data == {"count": 1.0}
    assert len(counting.started) == 2


def test_a_lane_in_turn_has_its_own_patience(launcher: Launcher) -> None:
    limits = replace(LIMITS, call_seconds=1.0)
    probes = [Probe("a", "", lambda *_: None), Probe("b", "", wait_long), Probe("c", "", waited, lane=1)]
    seen = look(launcher, *probes, limits=limits, in_turn=True).observations
    assert seen["c"].data["limit"] == 1.0


def wait_long(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    *_, answer = session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "sleep"))
    data["problem"] = str(answer.problem)


def waited(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    data["limit"] = session.call_seconds


def test_a_lane_in_turn_that_is_never_reached_leaves_no_sandbox(launcher: Launcher) -> None:
    def interrupt(_name: str, event: str) -> None:
        if event == "end":
            raise Stopped

    counting = Counting(launcher)
    probes = [Probe("a", "", up), Probe("b", "", up, lane=1)]
    with pytest.raises(Stopped):
        look(replace(launcher, launch=counting), *probes, in_turn=True, on_progress=interrupt)
    assert [each.process.returncode is None for each in counting.started] == [False]


def test_code_of_another_interpreter_is_not_run(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.MAGIC_NUMBER", b"\0\0\r\n")
    seen = look(launcher, Probe("a", "", up)).observations["a"]
    assert "the interpreter is another one than the grader's" in seen.fault
