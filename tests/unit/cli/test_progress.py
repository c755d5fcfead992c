from __future__ import annotations

import pytest

from grader.cli.progress import MANY, Lines, display


def test_a_log_has_a_line_for_each_that_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(2)
    lines.done("alice", "7 of 7")
    lines.done("bob", "6 of 7")
    assert capsys.readouterr().err == "[1/2] alice: 7 of 7\n[2/2] bob: 6 of 7\n"


def test_a_log_says_now_and_then_what_is_being_done(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 0.0, 0.0, 9.0, 10.0, 10.0])
    lines = Lines(2, clock=lambda: next(times))
    for what in ("loading mlp.py", "gradients", "training"):
        lines.doing("alice", what)
    assert capsys.readouterr().err == "alice: loading mlp.py ...\nalice: training ...\n"


def test_where_nobody_watches_there_is_no_table() -> None:
    with display(2) as where:
        assert isinstance(where, Lines)


def test_a_log_of_many_says_how_much_time_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([float(60 * k) for k in range(100)])
    lines = Lines(MANY, clock=lambda: next(clock))
    lines.done("alice", "7 of 7")
    assert capsys.readouterr().err.startswith("[1/10] alice: 7 of 7 (about ")
