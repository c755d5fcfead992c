from __future__ import annotations

import argparse
import json

import pytest

from grader.cli.doctor import run
from grader.doctor import Outcome, Refusal, Row, State
from grader.model import SandboxSpec

WELL = Row("Python", State.OK, "3.12.1")
WEAK = Row("image", State.WEAKER, "built from another Dockerfile", "make image")
GONE = Row("engine", State.MISSING, "no engine answers docker", "install Docker")


def asked(*, json: bool = False, engine: str = "docker", runtime: str = "") -> argparse.Namespace:
    """Return what was asked for on the command line."""
    return argparse.Namespace(json=json, image="", engine=engine, runtime=runtime)


@pytest.mark.parametrize(("rows", "status"), [([WELL], 0), ([WELL, WEAK], 0), ([WELL, WEAK, GONE], 2)])
def test_the_exit_status_says_whether_grading_in_docker_will_do(rows: list[Row], status: int) -> None:
    assert run(asked(), lambda _: rows) == status


def test_what_to_do_stands_below_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(), lambda _: [WELL, GONE])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1].startswith("engine  missing  no engine answers docker")
    assert lines[2] == "→ install Docker"


def test_json_is_the_rows_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(json=True), lambda _: [WEAK])
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "mlpgrader.doctor/1"
    assert data["rows"] == [
        {"name": "image", "state": "weaker", "detail": "built from another Dockerfile", "advice": "make image"}
    ]


HELD = Refusal("docker", "vsock", Outcome.HELD, "Operation not permitted")
OPEN = Refusal("bubblewrap", "vsock", Outcome.NOT_HELD, "a socket was made", "update the kernel")
ABSENT = Refusal("docker", "io_uring", Outcome.UNTESTABLE, "this kernel does not have it")
LOOSE = Row("bubblewrap refuses", State.WEAKER, "not held: vsock", "update the kernel", (HELD, OPEN, ABSENT))


def test_what_was_tried_is_a_table_with_a_column_a_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(), lambda _: [LOOSE])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["What", "was", "tried", "inside", "docker", "bubblewrap"] in lines
    assert ["vsock", "held", "not", "held"] in lines
    assert ["io_uring", "not", "testable", "here"] in lines


def test_what_is_not_held_is_explained_and_what_is_held_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(), lambda _: [LOOSE])
    out = " ".join(capsys.readouterr().out.split())
    assert "→ bubblewrap, vsock: not held: a socket was made; update the kernel" in out
    assert "→ docker, io_uring: not testable here: this kernel does not have it" in out
    assert "Operation not permitted" not in out


def test_it_is_said_what_the_process_sandbox_promises(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(), lambda _: [LOOSE])
    assert "The process sandbox promises robustness, not security" in " ".join(capsys.readouterr().out.split())


def test_json_has_every_attempt_with_its_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    run(asked(json=True), lambda _: [LOOSE])
    refusals = json.loads(capsys.readouterr().out)["refusals"]
    assert refusals[1] == {
        "sandbox": "bubblewrap",
        "name": "vsock",
        "outcome": "not held",
        "detail": "a socket was made",
        "advice": "update the kernel",
    }
    assert len(refusals) == 3


def test_something_that_is_not_held_is_told_and_grading_is_still_possible() -> None:
    assert run(asked(json=True), lambda _: [LOOSE]) == 0


def test_the_engine_that_is_asked_for_is_looked_at() -> None:
    seen: list[SandboxSpec] = []

    def look(chosen: SandboxSpec) -> list[Row]:
        seen.append(chosen)
        return [WELL]

    assert run(asked(engine="podman", runtime="runc"), look) == 0
    assert seen == [SandboxSpec("docker", engine="podman", runtime="runc")]
