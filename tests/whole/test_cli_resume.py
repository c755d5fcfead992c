"""A run that was stopped goes on with the same command; two graders on one folder are kept apart; rows of others stay."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from kit import ROOT
from kit import small_assignment as small

NOTHING = "x = 1\n"
HANGING = "import time\ntime.sleep(1000)\n"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PATIENCE = 120.0


def line(*words: str) -> list[str]:
    """Return the command that grades the forward pass of these submissions into the folder out."""
    asked = ["--assignment", "byomlp", "--sandbox", "process", "--items", "forward", "--out", "out"]
    # what comes later counts
    return [sys.executable, "-m", "grader", "grade", *asked, *words]


def grade(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Grade these submissions to the end, in this process: to start another one takes longer than to grade them."""
    _, _, _, *asked = line(*words)
    out, error = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        status = main(asked)
    return subprocess.CompletedProcess(asked, status, out.getvalue(), error.getvalue())


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Begin to grade these submissions, in a group of processes of its own."""
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    return subprocess.Popen(line(*words), cwd=folder, env=ENVIRONMENT, **pipes)


def hand_in(folder: Path, *names: str, text: str = NOTHING) -> tuple[str, ...]:
    """Hand in submissions of these names."""
    for name in names:
        small.hand_in(folder / name, text)
    return names


def summary(folder: Path) -> list[str]:
    """Return who is in the summary."""
    return [row["id"] for row in json.loads((folder / "out" / "summary.json").read_bytes())["submissions"]]


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every report in the folder of the run."""
    return {path: path.read_bytes() for path in folder.glob("out/*/report.json")}


def until(ready: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_same_command_again_does_nothing_and_says_so(tmp_path: Path) -> None:
    names = hand_in(tmp_path, "ann", "ben")
    grade(tmp_path, *names)
    before = contents(tmp_path)
    done = grade(tmp_path, *names)
    assert (done.returncode, contents(tmp_path)) == (0, before)
    assert done.stderr == "mlpgrader: 2 of 2 are graded already and skipped; --again grades anew\n"
    assert "2 graded; 0 points on average" in done.stdout


def test_again_grades_anew(tmp_path: Path) -> None:
    names = hand_in(tmp_path, "ann")
    grade(tmp_path, *names, "--seed", "3")
    done = grade(tmp_path, *names, "--seed", "3", "--again")
    assert "[1/1] ann: 0 of 10" in done.stderr
    assert "skipped" not in done.stderr


def test_a_submission_that_was_handed_in_again_is_graded_and_the_others_are_not(tmp_path: Path) -> None:
    names = hand_in(tmp_path, "ann", "ben")
    grade(tmp_path, *names)
    hand_in(tmp_path, "ben", text=NOTHING * 2)
    done = grade(tmp_path, *names)
    assert "1 of 2 is graded already" in done.stderr
    assert "1 of 2 was handed in again (ben): earlier gradings are kept in out/ID/attempts" in done.stderr
    assert "[1/1] ben: 0 of 10" in done.stderr
    first = tmp_path / "out" / "ben" / "attempts" / "1"
    assert (first / "report.json").is_file()
    assert (first / "evidence" / "evidence.zst").is_file()
    assert [row["attempt"] for row in json.loads((tmp_path / "out" / "summary.json").read_bytes())["submissions"]] == [
        1,
        2,
    ]


def test_what_can_no_longer_be_read_keeps_what_was_graded_before(tmp_path: Path) -> None:
    grade(tmp_path, *hand_in(tmp_path, "ann"))
    (tmp_path / "ann" / "mlp.py").rename(tmp_path / "ann" / "notes.txt")
    done = grade(tmp_path, "ann")
    assert done.returncode == 1
    assert "ann: not graded: ann: there is no mlp.py; handed in: notes.txt" in done.stderr
    assert (tmp_path / "out" / "ann" / "attempts" / "1" / "report.json").is_file()
    assert not (tmp_path / "out" / "ann" / "report.json").exists()


def test_other_items_and_another_assignment_do_not_come_into_one_summary(tmp_path: Path) -> None:
    names = hand_in(tmp_path, "ann", "ben")
    grade(tmp_path, *names)
    before = contents(tmp_path)
    other = grade(tmp_path, "ann", "--items", "backprop")
    assert (other.returncode, contents(tmp_path)) == (2, before)
    assert (
        "holds gradings of the items forward (ann, ben), and the items backprop would stand beside them" in other.stderr
    )
    assert grade(tmp_path, *names, "--items", "backprop", "--again").returncode == 0
    assert summary(tmp_path) == ["ann", "ben"]
    modules = grade(tmp_path, "ann", "--assignment", "modules", "--items", "elu")
    assert (modules.returncode, "holds gradings of the assignment 'byomlp'" in modules.stderr) == (2, True)


def test_a_second_run_into_the_same_folder_keeps_the_rows_of_the_first(tmp_path: Path) -> None:
    grade(tmp_path, *hand_in(tmp_path, "ann"))
    done = grade(tmp_path, *hand_in(tmp_path, "ben"), "--json")
    assert summary(tmp_path) == ["ann", "ben"]
    assert [row["id"] for row in json.loads(done.stdout)["submissions"]] == ["ann", "ben"]


def test_two_graders_on_one_folder_are_kept_apart(tmp_path: Path) -> None:
    with start(tmp_path, *hand_in(tmp_path, "ann", text=HANGING)) as running:
        until((tmp_path / "out" / "summary.json").exists)
        second = grade(tmp_path, *hand_in(tmp_path, "ben"))
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE)
    assert second.returncode == 2
    assert f"mlpgrader: out: another grader is writing there (process {running.pid} on " in second.stderr
    assert "wait until it is done, or choose another --out" in second.stderr
    assert not (tmp_path / "out" / "ben").exists()
    assert grade(tmp_path, "ben").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_after_a_stop_the_same_command_goes_on_and_earlier_rows_stay(tmp_path: Path, number: signal.Signals) -> None:
    grade(tmp_path, *hand_in(tmp_path, "zoe"))
    # so many that take long that the signal comes before the last of them, however late that is
    slow = tuple(f"s{k}" for k in range(8))
    names = (*hand_in(tmp_path, "ann"), *hand_in(tmp_path, *slow, text=HANGING))
    with start(tmp_path, *names) as running:
        assert running.stderr is not None
        assert next(line for line in running.stderr if line.startswith("[")) == "[1/9] ann: 0 of 10\n"
        running.send_signal(number)
        _, rest = running.communicate(timeout=PATIENCE)
    before = contents(tmp_path)
    kept = {path.parent.name for path in before} - {"zoe"}
    assert "ann" in kept < set(names)
    hand_in(tmp_path, *(set(slow) - kept))
    done = grade(tmp_path, *names)
    assert f"{len(kept)} of 9 {'is' if len(kept) == 1 else 'are'} graded already and skipped" in done.stderr
    assert f"[{9 - len(kept)}/{9 - len(kept)}] " in done.stderr
    assert summary(tmp_path) == sorted([*names, "zoe"])
    assert before.items() <= contents(tmp_path).items()
    if number is signal.SIGINT:
        assert (
            rest.splitlines()[-1]
            == f"stopped; {len(kept)} of 9 graded are in out; give the same command again to go on"
        )


def test_what_earlier_runs_have_graded_outlives_a_run_that_is_stopped(tmp_path: Path) -> None:
    names = hand_in(tmp_path, "ann", "ben")
    grade(tmp_path, *names)
    before = contents(tmp_path)
    hand_in(tmp_path, *names, text=HANGING)
    with start(tmp_path, *names) as running:
        assert running.stderr is not None
        next(line for line in running.stderr if "handed in again" in line)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE)
    assert (running.returncode, contents(tmp_path)) == (130, before)
    assert summary(tmp_path) == ["ann", "ben"]
