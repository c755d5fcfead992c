"""The pulse: time that was lost to a machine or an engine that stood still is told from time that code has used."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from grader.sandbox.pulse import LATE, SECONDS, Pulse, answers_at, socket_of


class Clock:
    """A clock that goes as far as it is told to."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def after(pulse: Pulse, clock: Clock, *waits: float) -> Pulse:
    """Return a pulse that has taken a beat after each of these waits."""
    for wait in waits:
        clock.time += wait
        pulse.tick()
    return pulse


def test_beats_in_time_lose_nothing() -> None:
    clock = Clock()
    assert after(Pulse(now=clock), clock, SECONDS, SECONDS + LATE, SECONDS).stood_still(0.0) == 0


def test_a_beat_that_comes_late_is_time_lost_to_whoever_waited_then() -> None:
    clock = Clock()
    pulse = after(Pulse(now=clock), clock, SECONDS, 7.0, SECONDS)
    assert pulse.stood_still(0.0) == 7
    assert pulse.stood_still(103.25) == 4
    assert pulse.stood_still(107.25) == 0


def test_what_does_not_go_on_is_lost_though_this_machine_does() -> None:
    clock, said = Clock(), iter([True, False, False, True])
    assert after(Pulse(lambda: next(said), now=clock), clock, 0.25, 0.25, 0.25, 0.25).stood_still(0.0) == 0.5


def test_an_engine_that_listens_and_does_not_answer_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.pulse.PING_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "engine"))
        engine.listen()
        assert not answers_at(str(tmp_path / "engine"))


def test_an_engine_that_is_not_at_this_place_is_not_held_to_stand_still(tmp_path: Path) -> None:
    assert answers_at(str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("client", "host", "place"),
    [
        ("docker", "", "/var/run/docker.sock"),
        ("/usr/bin/docker", "unix:///run/user/1/docker.sock", "/run/user/1/docker.sock"),
        ("docker", "tcp://10.0.0.1:2375", ""),
        ("podman", "", ""),
    ],
)
def test_an_engine_is_looked_for_where_its_client_does(client: str, host: str, place: str) -> None:
    assert socket_of(client, host) == place
