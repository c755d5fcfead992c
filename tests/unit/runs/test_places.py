"""Places: so many work at a time, and whoever waits makes room until it works again."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from grader.runs.places import Places, Waiting, Waits

SOON = 5.0


def comes(places: Places) -> threading.Event:
    """Return what is set once another one has found room."""
    came = threading.Event()

    def come() -> None:
        with places.taken():
            came.set()

    threading.Thread(target=come, daemon=True).start()
    return came


def test_there_is_room_for_so_many() -> None:
    places = Places(2)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(places.taken())
        third = comes(places)
        assert not third.wait(0.05)
    assert third.wait(SOON)


def test_whoever_waits_makes_room() -> None:
    places = Places(1)
    with places.taken() as hear:
        second = comes(places)
        assert not second.wait(0.05)
        hear(Waiting(True))
        assert second.wait(SOON)


def test_whoever_works_again_has_its_place_back_and_takes_nobody_elses() -> None:
    places = Places(1)
    with places.taken() as hear:
        for told in (True, True, False, False):
            hear(Waiting(told))
        second = comes(places)
        assert not second.wait(0.05)
    assert second.wait(SOON)


def test_who_ends_while_waiting_leaves_the_room_as_it_was() -> None:
    places = Places(1)
    with places.taken() as hear:
        hear(Waiting(True))
    with places.taken():
        assert not comes(places).wait(0.05)


def test_more_may_be_under_way_than_work() -> None:
    assert Places(2).threads > 2


@pytest.mark.parametrize(
    ("looks", "waits"),
    [
        ([(0.0, 1.0), (0.5, 1.0)], False),
        ([(0.0, 1.0), (0.5, 1.0), (1.0, 1.02)], True),
        ([(0.0, 1.0), (0.5, 1.2), (1.0, 1.2)], False),
        ([(0.0, 1.0), (0.5, 1.2), (1.0, 1.2), (1.5, 1.2)], True),
        ([(0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (1.5, 1.4)], False),
        ([(0.0, 1.0), (0.5, 1.0), (1.0, 0.2)], False),
        ([(0.0, 1.0), (0.5, None), (1.0, 1.0), (1.5, 1.0)], False),
    ],
)
def test_who_uses_next_to_nothing_waits(looks: list[tuple[float, float | None]], *, waits: bool) -> None:
    taken = Waits()
    assert [taken.after(now, seconds) for now, seconds in looks][-1] is waits
