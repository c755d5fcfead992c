"""Judging that would never end, or would take all memory: it costs what it is about and nothing else, and Ctrl-C ends it."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader import parsing
from grader.checks import Check
from grader.errors import HarnessError
from grader.model import Finding, Observation, SandboxSpec, Verdict
from grader.runs import Bench, Children, Graded, Job, Overseer, steps
from grader.runs.children import Ended, Reason
from grader.runs.forking import can_fork
from grader.runs.steps import Kind
from kit import ROOT
from kit import small_assignment as small
from kit.marking import marked

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no limits of processor time")
HERE = SandboxSpec("process")
# three are promised; on a machine that is busy with other tests nobody knows
BUSY_SECONDS = 15.0


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(steps.SECONDS, Kind.CHECKING, 0.5)
    monkeypatch.setitem(steps.SECONDS, Kind.PARSING, 0.3)


def endlessly(*_: Any, **_more: Any) -> Any:
    """Count for ever."""
    while True:
        pass


def held_up(*_: Any, **_more: Any) -> Any:
    """Let nothing else go on for minutes, as a library may that is written in another language."""
    return re.match("(a+)+$", "a" * 64 + "b")


def hoarding(*_: Any, **_more: Any) -> Any:
    """Take ever more memory."""
    taken = []
    while True:
        taken.append(b"1" * 2**24)


def dying(*_: Any, **_more: Any) -> Any:
    """End the process."""
    os._exit(9)


def with_check(judge: Callable[[], Finding]) -> tuple[Check, ...]:
    """Return the checks of the small assignment, of which one is judged otherwise."""

    def otherwise(module: Observation) -> Finding:
        return judge()

    return tuple(replace(each, judge=otherwise) if each.name == "answers" else each for each in small.ASSIGNMENT.checks)


def bench(judge: Callable[[], Finding] | None = None) -> Bench:
    """Return a bench for the small assignment, one of whose checks is judged otherwise."""
    assignment = replace(small.ASSIGNMENT, checks=with_check(judge)) if judge else small.ASSIGNMENT
    return Bench(find=lambda _: assignment, load_rubric=lambda *_: small.RUBRIC)


def graded(folder: Path, here: Bench, **options: Any) -> Graded:
    """Grade a right submission of the small assignment into a folder, in children."""
    job = Job(small.hand_in(folder / "ann"), "ann", "small", folder / "out", sandbox=HERE)
    with here:
        here.ready(job)
        with Children(here, Bench, Bench.sweep, **options) as children:
            return Overseer(children).grade(job)


def findings(made: Graded) -> dict[str, Finding]:
    """Return what was found, by the name of the check."""
    assert made.result is not None
    return {finding.check: finding for finding in made.result.findings}


@pytest.mark.parametrize("judge", [endlessly, held_up])
def test_a_check_that_does_not_end_costs_its_own_points(tmp_path: Path, judge: Any) -> None:
    found = findings(graded(tmp_path, bench(judge)))
    assert {name: each.verdict for name, each in found.items()} == {
        "loads": Verdict.PASSED,
        "answers": Verdict.FAILED,
        "rolls": Verdict.PASSED,
    }
    assert found["answers"].message.startswith("to judge what your code answered takes more than 0.5 s of computing")
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert report["score"]["earned"] == 5


def test_a_check_that_takes_all_memory_costs_its_own_points(tmp_path: Path) -> None:
    found = findings(graded(tmp_path, bench(hoarding), memory_mb=200))
    assert (found["answers"].verdict, found["rolls"].verdict) == (Verdict.FAILED, Verdict.PASSED)
    assert "more than 200 MB of memory" in found["answers"].message


def test_a_check_that_ends_the_process_is_a_fault_of_ours(tmp_path: Path) -> None:
    found = findings(graded(tmp_path, bench(dying)))
    assert (found["answers"].verdict, found["rolls"].verdict) == (Verdict.UNDECIDED, Verdict.PASSED)


def test_a_text_that_takes_too_long_to_parse_is_not_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = f"# {'slow ' * 500}\n{small.RIGHT}"
    parse = lambda source, *rest: endlessly() if source == slow else ast.parse(source, *rest)  # noqa: E731
    monkeypatch.setattr(parsing, "ast", SimpleNamespace(parse=parse))
    job = Job(small.hand_in(tmp_path / "ann", slow), "ann", "small", tmp_path / "out", sandbox=HERE)
    with bench() as here:
        here.ready(job)
        with Children(here, Bench) as children:
            found = findings(Overseer(children).grade(job))
    assert {each.verdict for each in found.values()} == {Verdict.PASSED}


def test_pictures_that_take_too_long_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader import report

    monkeypatch.setitem(steps.SECONDS, Kind.REPORTING, 1.0)
    pages = report.pages
    monkeypatch.setattr(
        report, "pages", lambda made: pages(made) if "not_shown" in made.evidence.facts else endlessly()
    )
    report.warm_up()
    assert graded(tmp_path, bench()).result is not None
    assert "are not shown: to do so takes more than 1 s of computing" in (tmp_path / "out" / "staff.html").read_text(
        encoding="utf-8"
    )


def test_what_is_told_is_heard_once_although_it_is_judged_twice(tmp_path: Path) -> None:
    job = Job(small.hand_in(tmp_path / "ann"), "ann", "small", sandbox=HERE)
    heard: list[str] = []
    with bench(endlessly) as here:
        here.ready(job)
        with Children(here, Bench) as children:
            result = Overseer(children).check(job, on_finding=lambda each: heard.append(each.check))
    assert sorted(heard) == ["answers", "loads", "rolls"]
    assert result.marks.earned == 5


def counted(_context: Any, _teller: Any, *numbers: int) -> int:
    """Return a sum."""
    return sum(numbers)


def refused(_context: Any, _teller: Any) -> None:
    """Raise what is ours."""
    raise HarnessError("no room")


def stubborn(_context: Any, _teller: Any) -> None:
    """Hear no signal, and never end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    endlessly()


@pytest.mark.parametrize(
    "forks", [pytest.param(True, marks=pytest.mark.skipif(not can_fork(), reason="no copies")), False]
)
def test_a_child_is_called_answers_raises_and_can_be_ended(forks: bool) -> None:
    with Children(None, dict, forks=forks) as children:
        assert [children.call(counted, 1, number) for number in (2, 3)] == [3, 4]
        with pytest.raises(HarnessError, match="no room"):
            children.call(refused)
        with pytest.raises(Ended) as ended:
            children.call(dying)
        assert ended.value.reason is Reason.DIED
        assert children.call(counted, 5) == 5


def test_children_that_hear_nothing_are_ended_within_seconds() -> None:
    import threading

    with Children(None, dict) as children:
        failed: list[Ended] = []

        def call() -> None:
            with pytest.raises(Ended) as ended:
                children.call(stubborn)
            failed.append(ended.value)

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        began = time.monotonic()
        children.stop()
        for thread in threads:
            thread.join(10)
        assert time.monotonic() - began < BUSY_SECONDS
    assert [each.reason for each in failed] == [Reason.STOPPED] * 3


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from faults import test_judging as faults
from grader.cli import grade, main

def held_up(checks, evidence, *rest, **options):
    Path(sys.argv[1], "judging").touch()
    faults.HOW()

import grader.pipeline, grader.pipeline.streaming
grader.pipeline.run_checks = grader.pipeline.streaming.run_checks = held_up
line = "grade ANN --assignment byomlp --sandbox process --items forward --out OUT"
sys.exit(main([{"ANN": sys.argv[2], "OUT": sys.argv[1]}.get(word, word) for word in line.split()]))
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be looked at here")
@pytest.mark.parametrize(
    ("how", "number"), [("endlessly", signal.SIGINT), ("held_up", signal.SIGTERM), ("held_up", signal.SIGKILL)]
)
def test_a_run_ends_within_seconds_whatever_is_being_judged(tmp_path: Path, how: str, number: signal.Signals) -> None:
    ann = small.hand_in(tmp_path / "ann", "def forward(:\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MARK": str(tmp_path)}
    line = [sys.executable, "-c", PROGRAM.replace("HOW", how), str(tmp_path / "out"), str(ann)]
    with subprocess.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as running:
        while not (tmp_path / "out" / "judging").exists():
            assert running.poll() is None
            time.sleep(0.05)
        began = time.monotonic()
        running.send_signal(number)
        assert running.wait(30) == (-number if number == signal.SIGKILL else 130)
        took = time.monotonic() - began
        print(f"ended after {took:.1f} s")
        assert took < BUSY_SECONDS
        end = time.monotonic() + BUSY_SECONDS
        while marked(tmp_path) and time.monotonic() < end:
            time.sleep(0.1)
    assert marked(tmp_path) == []
