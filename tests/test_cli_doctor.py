from __future__ import annotations

import argparse
import json

import pytest

from grader.cli.doctor import run
from grader.doctor import Row, State

WELL = Row("Python", State.OK, "3.12.1")
WEAK = Row("image", State.WEAKER, "built from another Dockerfile", "make image")
GONE = Row("engine", State.MISSING, "no engine answers docker", "install Docker")


@pytest.mark.parametrize(("rows", "status"), [([WELL], 0), ([WELL, WEAK], 0), ([WELL, WEAK, GONE], 2)])
def test_the_exit_status_says_whether_grading_in_docker_will_do(rows: list[Row], status: int) -> None:
    assert run(argparse.Namespace(json=False), lambda: rows) == status


def test_what_to_do_stands_below_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    run(argparse.Namespace(json=False), lambda: [WELL, GONE])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1].startswith("engine  missing  no engine answers docker")
    assert lines[2] == "→ install Docker"


def test_json_is_the_rows_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    run(argparse.Namespace(json=True), lambda: [WEAK])
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "mlpgrader.doctor/1"
    assert data["rows"] == [
        {"name": "image", "state": "weaker", "detail": "built from another Dockerfile", "advice": "make image"}
    ]
