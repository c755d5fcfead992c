from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from grader.cli.outcomes import Outcome
from grader.cli.several import side_by_side, stoppable
from grader.errors import IntakeError
from grader.model import Report
from kit import small_assignment as small

PATHS = [Path(name) for name in ("ann", "ben", "cai", "dot")]


def nothing() -> None:
    """Stop nothing."""


def graded(path: Path) -> Report:
    """Return a report at once."""
    return small.report()


def not_ben(path: Path) -> Report:
    """Return a report, but for ben."""
    if path.name == "ben":
        raise IntakeError("ben: cannot be read")
    return small.report()


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_every_one_comes_to_an_end(jobs: int) -> None:
    outcomes: list[Outcome] = []
    side_by_side(PATHS, graded, jobs=jobs, done=outcomes.append, stop=nothing)
    assert sorted(outcome.path for outcome in outcomes) == PATHS
    assert all(outcome.report for outcome in outcomes)


def test_one_that_fails_does_not_stop_the_rest() -> None:
    outcomes: list[Outcome] = []
    side_by_side(PATHS, not_ben, jobs=2, done=outcomes.append, stop=nothing)
    assert {outcome.path.name: outcome.failure for outcome in outcomes if outcome.failure} == {
        "ben": "ben: cannot be read"
    }
    assert len(outcomes) == 4


def test_as_many_run_at_a_time_as_was_said() -> None:
    meeting = threading.Barrier(2, timeout=30)

    def meet(path: Path) -> Report:
        meeting.wait()
        return small.report()

    outcomes: list[Outcome] = []
    side_by_side(PATHS, meet, jobs=2, done=outcomes.append, stop=nothing)
    assert [outcome.error for outcome in outcomes] == [None] * 4


def test_nothing_more_is_begun_once_the_run_is_stopped() -> None:
    begun: list[Path] = []
    stopped = threading.Event()

    def begin(path: Path) -> Report:
        begun.append(path)
        if path.name != "ann":
            stopped.wait(timeout=30)
            raise IntakeError("stopped")
        return small.report()

    def interrupt(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(PATHS, begin, jobs=1, done=interrupt, stop=stopped.set)
    assert stopped.is_set()
    assert not {"cai", "dot"} & {path.name for path in begun}


def test_what_comes_to_its_end_while_the_run_is_stopped_is_told_too() -> None:
    begun, stopped = threading.Event(), threading.Event()
    told: list[str] = []

    def finish(path: Path) -> Report:
        if path.name == "ben":
            begun.set()
            stopped.wait(timeout=30)
        begun.wait(timeout=30)
        return small.report()

    def interrupt(outcome: Outcome) -> None:
        told.append(outcome.path.name)
        if outcome.path.name == "ann":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(PATHS[:2], finish, jobs=2, done=interrupt, stop=stopped.set)
    assert told == ["ann", "ben"]


def test_a_second_interrupt_does_not_cut_the_end_short() -> None:
    def stop() -> None:
        signal.raise_signal(signal.SIGINT)

    side_by_side(PATHS, graded, jobs=1, done=lambda outcome: None, stop=stop)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_request_to_terminate_is_like_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_impatient_second_interrupt_does_not_reach_what_cleans_up(number: signal.Signals) -> None:
    cleaned = []

    def work() -> None:
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGINT)
            cleaned.append(number)

    with pytest.raises(KeyboardInterrupt), stoppable():
        work()
    assert cleaned == [number]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_where_interrupts_were_ignored_they_stay_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_heard_again_when_the_end_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.several.HEARD_AGAIN_SECONDS", 0.0)
    heard = 0
    with stoppable():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            heard += 1
    assert heard == 2


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="a signal cannot be sent to one thread here")
def test_an_interrupt_that_does_not_wake_who_waits_is_heard_all_the_same() -> None:
    stopped = threading.Event()
    heard: list[bool] = []

    def work(_path: Path) -> Report:
        time.sleep(0.3)
        # the main thread, which is to raise, goes on sleeping: as when the signal comes just before it falls asleep
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        heard.append(stopped.wait(20))
        return small.report()

    with pytest.raises(KeyboardInterrupt), stoppable():
        side_by_side(PATHS[:1], work, jobs=1, done=lambda _: None, stop=stopped.set)
    assert heard == [True]
