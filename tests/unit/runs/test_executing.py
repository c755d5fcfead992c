from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from grader.runs import run_all, stoppable

NAMES = ("ann", "ben", "cai", "dot")


def nothing() -> None:
    """Stop nothing."""


def why(name: str, error: BaseException) -> str:
    """Return what an error says of a job."""
    return f"{name}: {error}"


def not_ben(name: str) -> str:
    """Return a name in capitals, but for ben's."""
    if name == "ben":
        raise ValueError("cannot be read")
    return name.upper()


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_every_job_comes_to_an_end(workers: int) -> None:
    done: dict[str, str] = {}
    with ThreadPoolExecutor(workers) as executor:
        run_all(NAMES, str.upper, executor, done=done.__setitem__, failed=why, stop=nothing)
    assert done == {name: name.upper() for name in NAMES}


def test_one_that_fails_does_not_stop_the_rest() -> None:
    done: dict[str, str] = {}
    with ThreadPoolExecutor(2) as executor:
        run_all(NAMES, not_ben, executor, done=done.__setitem__, failed=why, stop=nothing)
    assert done == {"ann": "ANN", "ben": "ben: cannot be read", "cai": "CAI", "dot": "DOT"}


class Elsewhere(Executor):
    """An executor as any library may bring one: it does a job where it is submitted, and knows but what all must know."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ANN002, ANN003
        future: Future[object] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except ValueError as error:
            future.set_exception(error)
        return future


def test_any_executor_does_jobs() -> None:
    done: dict[str, str] = {}
    run_all(NAMES, not_ben, Elsewhere(), done=done.__setitem__, failed=why, stop=nothing)
    assert sorted(done) == sorted(NAMES)


def test_as_many_run_at_a_time_as_there_are_workers() -> None:
    meeting = threading.Barrier(2, timeout=30)
    done: dict[str, int] = {}
    with ThreadPoolExecutor(2) as executor:
        run_all(
            NAMES,
            lambda _: meeting.wait(),
            executor,
            done=done.__setitem__,
            failed=lambda _, error: -1,
            stop=nothing,
        )
    assert sorted(done.values()) == [0, 0, 1, 1]


def test_nothing_more_is_begun_once_the_run_is_stopped() -> None:
    begun: list[str] = []
    stopped = threading.Event()

    def begin(name: str) -> str:
        begun.append(name)
        if name != "ann":
            stopped.wait(timeout=30)
            raise ValueError("stopped")
        return name

    def interrupt(_name: str, _made: str) -> None:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor, pytest.raises(KeyboardInterrupt):
        run_all(NAMES, begin, executor, done=interrupt, failed=why, stop=stopped.set)
    assert stopped.is_set()
    assert not {"cai", "dot"} & set(begun)


def test_what_comes_to_its_end_while_the_run_is_stopped_is_told_too() -> None:
    begun, stopped = threading.Event(), threading.Event()
    told: list[str] = []

    def finish(name: str) -> str:
        if name == "ben":
            begun.set()
            stopped.wait(timeout=30)
        begun.wait(timeout=30)
        return name

    def interrupt(name: str, _made: str) -> None:
        told.append(name)
        if name == "ann":
            raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as executor, pytest.raises(KeyboardInterrupt):
        run_all(NAMES[:2], finish, executor, done=interrupt, failed=why, stop=stopped.set)
    assert told == ["ann", "ben"]


def test_waiting_for_many_jobs_takes_one_step_for_each() -> None:
    looked: list[str] = []

    class Seen(Future[str]):
        """A future that notes when it is asked for what came of it."""

        def exception(self, timeout: float | None = None) -> BaseException | None:
            looked.append("asked")
            return super().exception(timeout)

    class Done(Executor):
        """An executor whose jobs are done at once."""

        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN202
            future = Seen()
            future.set_result(fn(*args, **kwargs))
            return future

    run_all(map(str, range(1000)), str.upper, Done(), done=lambda *_: None, failed=why, stop=nothing)
    assert len(looked) == 1000


def test_a_second_interrupt_does_not_cut_the_end_short() -> None:
    def stop() -> None:
        signal.raise_signal(signal.SIGINT)

    with ThreadPoolExecutor(1) as executor:
        run_all(NAMES, str.upper, executor, done=lambda *_: None, failed=why, stop=stop)
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
    monkeypatch.setattr("grader.runs.executing.HEARD_AGAIN_SECONDS", 0.0)
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

    def work(name: str) -> str:
        time.sleep(0.3)
        # the main thread, which is to raise, goes on sleeping: as when the signal comes just before it falls asleep
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        heard.append(stopped.wait(20))
        return name

    with pytest.raises(KeyboardInterrupt), stoppable(), ThreadPoolExecutor(1) as executor:
        run_all(NAMES[:1], work, executor, done=lambda *_: None, failed=why, stop=stopped.set)
    assert heard == [True]
