from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from grader.cli.progress import MANY, WIDTH, Bar, Lines, display


def shown(progress: Progress) -> str:
    """Return what stands beside the bar."""
    return progress.tasks[0].description


@pytest.fixture
def progress() -> Progress:
    """Return a rich progress that shows nothing by itself."""
    return Progress(TextColumn("{task.description}", markup=False), console=Console(file=io.StringIO(), width=100))


def test_the_bar_names_who_is_graded_and_what_is_asked(progress: Progress) -> None:
    bar = Bar(progress, 3)
    bar.doing("alice", "gradients")
    bar.doing("bob", "loading mlp.py")
    assert shown(progress) == "alice: gradients, bob: loading mlp.py"


def test_the_bar_counts_those_that_are_done(progress: Progress) -> None:
    bar = Bar(progress, 3)
    bar.doing("alice", "gradients")
    bar.done("alice", "7 of 7")
    assert (progress.tasks[0].completed, progress.tasks[0].total, shown(progress)) == (1, 3, "grading")


def test_a_name_cannot_steer_the_terminal_or_fill_it(progress: Progress) -> None:
    bar = Bar(progress, 3)
    bar.doing("\x1b[2J" + "a" * 100, "loading")
    assert shown(progress).startswith("\\x1b[2Jaaa")
    assert len(shown(progress)) == WIDTH


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


def test_where_nobody_watches_there_is_no_bar() -> None:
    with display(2) as where:
        assert isinstance(where, Lines)


def test_the_bar_says_what_became_of_how_many_and_names_who_was_not_graded(progress: Progress) -> None:
    bar = Bar(progress, 3)
    bar.done("alice", "7 of 7")
    bar.done("bob", "not graded: is empty", became="not graded")
    assert progress.tasks[0].fields["words"].startswith("1 done, 1 not graded, about ")
    assert "bob: not graded: is empty" in progress.console.file.getvalue()  # type: ignore[attr-defined]


def test_a_log_of_many_says_how_much_time_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([float(60 * k) for k in range(100)])
    lines = Lines(MANY, clock=lambda: next(clock))
    lines.done("alice", "7 of 7")
    assert capsys.readouterr().err.startswith("[1/10] alice: 7 of 7 (about ")
