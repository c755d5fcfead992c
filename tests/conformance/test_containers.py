"""The client of a container engine: deadlines by two clocks, and a container that is to be gone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.sandbox.containers import CLOCK, DEADLINE, OWNER, ask, deadline_labels, has_passed, owner, reap, remove
from kit.standing_in import stand_in

BOOT = "5f0c"


def alive(pid: int) -> str:
    """Describe the only two processes that there are: this one and number 7."""
    return {os.getpid(): f"40:{os.getpid()}:5", 7: "40:7:1000"}.get(pid, "")


@pytest.mark.parametrize(
    ("labels", "passed"),
    [
        ({DEADLINE: "99"}, True),
        ({DEADLINE: "101"}, False),
        ({DEADLINE: "soon"}, True),
        ({}, True),
        # of the same start of the machine: the calendar does not count
        ({DEADLINE: "1", CLOCK: "5f0c:51"}, False),
        ({DEADLINE: "999", CLOCK: "5f0c:49"}, True),
        # of an earlier start, or of another machine
        ({DEADLINE: "101", CLOCK: "aaaa:1"}, False),
        ({DEADLINE: "99", CLOCK: "aaaa:999"}, True),
        ({DEADLINE: "101", CLOCK: "5f0c:x"}, False),
    ],
)
def test_a_deadline_is_by_the_clock_that_does_not_jump_where_there_is_one(labels: dict[str, str], passed: bool) -> None:
    assert has_passed(labels, now=100.0, since_start=(BOOT, 50.0), owner=alive) is passed


@pytest.mark.parametrize(
    ("labels", "passed"),
    [
        ({OWNER: "5f0c:40:7:1000", CLOCK: "5f0c:51", DEADLINE: "1"}, False),
        ({OWNER: "5f0c:40:7:1000", CLOCK: "5f0c:49"}, True),
        # gone, or its number belongs to another process by now
        ({OWNER: "5f0c:40:8:1000", CLOCK: "5f0c:51"}, True),
        ({OWNER: "5f0c:40:7:999", CLOCK: "5f0c:51"}, True),
        # in another container, or on another machine: it cannot be seen from here
        ({OWNER: "5f0c:41:8:1000", CLOCK: "5f0c:51"}, False),
        ({OWNER: "aaaa:40:8:1000", DEADLINE: "101"}, False),
        ({OWNER: "5f0c:40:x", CLOCK: "5f0c:51"}, True),
        ({OWNER: "5f0c:", CLOCK: "5f0c:51"}, False),
    ],
)
def test_a_container_is_kept_for_as_long_as_its_grader_lives(labels: dict[str, str], passed: bool) -> None:
    assert has_passed(labels, now=100.0, since_start=(BOOT, 50.0), owner=alive) is passed


def test_where_no_such_clock_is_the_calendar_decides() -> None:
    assert has_passed({DEADLINE: "1", CLOCK: "5f0c:51"}, now=100.0, since_start=None, owner=alive)


def test_what_is_made_now_has_not_passed_even_when_the_clock_is_set() -> None:
    labels = deadline_labels(60.0)
    boot, _, seconds = labels[CLOCK].rpartition(":")
    assert not has_passed(labels, now=10.0**10, since_start=(boot, float(seconds) - 30), owner=owner)


def test_containers_are_reaped_by_what_their_labels_say(tmp_path: Path) -> None:
    old, new = json.dumps({DEADLINE: "1"}), json.dumps({DEADLINE: "99999999999"})
    client = stand_in(
        tmp_path,
        f"""case "$1" in
        ps) echo one two gone;;
        container) echo 'one {old}'; echo 'two {new}'; echo; echo 'No such container: gone' >&2; exit 1;;
        rm) echo "$@" > {tmp_path}/removed;;
        esac""",
    )
    assert reap(client) == ["one"]
    assert (tmp_path / "removed").read_text() == "rm --force --volumes one\n"


def test_a_container_is_killed_waited_for_removed_and_looked_for(tmp_path: Path) -> None:
    client = stand_in(tmp_path, f"""echo "$1" >> {tmp_path}/asked; test "$1" != kill""")
    remove(client, "name")
    assert (tmp_path / "asked").read_text().split() == ["kill", "wait", "rm", "ps"]


def test_a_container_that_stays_is_a_fault_of_the_engine(tmp_path: Path) -> None:
    client = stand_in(tmp_path, """case "$1" in ps) echo abc;; rm) echo "device is busy" >&2; exit 1;; esac""")
    with pytest.raises(HarnessError, match="cannot remove container name: device is busy"):
        remove(client, "name")


def test_an_engine_that_is_gone_is_not_taken_for_a_container_that_is_gone(tmp_path: Path) -> None:
    client = stand_in(tmp_path, "echo 'Cannot connect to the daemon' >&2; exit 1")
    with pytest.raises(HarnessError, match="Cannot connect to the daemon"):
        remove(client, "name")


def test_a_client_that_does_not_come_back_is_given_up(tmp_path: Path) -> None:
    client = stand_in(tmp_path, "exec sleep 60")
    with pytest.raises(HarnessError, match=r"'.*client version' did not come back within 0\.2 s"):
        ask(client, "version", seconds=0.2)
