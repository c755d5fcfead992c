from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader import report
from grader.checks import failed
from grader.errors import AuthorError, HarnessError, IntakeError
from grader.model import Curve, HeatMaps, Limits
from grader.runs import Bench, Graded, Job, RunFolder, SubmissionFolder, grade_all, warming
from grader.sandbox import Launcher
from kit import small_assignment as small

NAMES = ("alice", "bob")


def right(job: Job) -> Graded:
    """Deliver the report of a right submission."""
    made = replace(small.report(), submission=small.submission(job.id))
    assert job.folder is not None
    SubmissionFolder(job.folder).deliver(made)
    return Graded(job, made.result)


def raising(error: Exception) -> Callable[[Job], Graded]:
    """Return a grading of which bob's ends with that error."""
    return lambda job: Graded.failed(job, error) if job.id == "bob" else right(job)


def grade_small(out: Path, do: Callable[[Job], Graded]) -> dict[str, Graded]:
    """Grade alice and bob into `out` and return what came of them."""
    folder = RunFolder(out)
    outcomes: dict[str, Graded] = {}
    with folder.taken(), ThreadPoolExecutor(1) as executor:
        jobs = [Job(Path(name), name, "small", folder.of(name).path) for name in NAMES]
        folder.begin(jobs)
        done = lambda graded: outcomes.update({graded.job.id: graded})  # noqa: E731
        grade_all(jobs, folder, do, executor, done=done, stop=lambda: None)
        folder.summarise()
    return outcomes


def some_launcher() -> Launcher:
    """Return a launcher that never has to start anything."""

    def launch(*_: object) -> None:
        raise AssertionError("nothing is to be started")

    return Launcher("process", {}, launch)  # type: ignore[arg-type]


def bench() -> Bench:
    """Return a bench for the small assignment, at which nothing can be started."""
    return Bench(find=lambda _: small.ASSIGNMENT, load_rubric=lambda *_: small.RUBRIC, open=lambda _: some_launcher())


def test_every_submission_gets_a_folder_and_the_run_a_summary(tmp_path: Path) -> None:
    grade_small(tmp_path, right)
    summary = json.loads((tmp_path / "summary.json").read_bytes())
    assert [row["id"] for row in summary["submissions"]] == ["alice", "bob"]
    assert all((tmp_path / name / "report.json").is_file() for name in NAMES)


@pytest.mark.parametrize("error", [IntakeError("bob: is empty"), HarnessError("no container"), KeyError("W")])
def test_what_is_wrong_with_one_does_not_stop_the_rest(tmp_path: Path, error: Exception) -> None:
    outcomes = grade_small(tmp_path, raising(error))
    summary = json.loads((tmp_path / "summary.json").read_bytes())
    assert outcomes["alice"].result
    assert [failure["id"] for failure in summary["failures"]] == ["bob"]


def test_what_is_wrong_with_everything_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="no room"):
        grade_small(tmp_path, raising(AuthorError("no room")))
    assert (tmp_path / "alice" / "report.json").is_file()


def test_what_is_needed_is_opened_once_for_all_jobs() -> None:
    opened = []
    here = replace(bench(), open=lambda _: (opened.append("one"), some_launcher())[1])
    job = Job(Path("alice"), "alice", "small")
    assert here.ready(job) is here.ready(replace(job, id="bob", path=Path("bob"), seed=3))
    assert here.ready(job) is not here.ready(replace(job, items=("code",)))
    assert opened == ["one"]


def test_a_self_check_is_of_the_public_items_only() -> None:
    job = Job(Path("alice"), "alice", "small", public=True)
    assert [item.id for item in bench().ready(job).rubric.items] == ["code"]


def test_a_bench_that_is_closed_starts_nothing_more(tmp_path: Path) -> None:
    here = bench()
    ready = here.ready(Job(Path("alice"), "alice", "small"))
    here.close()
    with pytest.raises(HarnessError, match="stopped"):
        ready.launcher.start(Limits(), 1.0)
    with pytest.raises(HarnessError, match="stopped"):
        here.grade(Job(small.hand_in(tmp_path / "bob"), "bob", "small", items=("code",)))


def test_what_cannot_be_ended_is_said_once_all_has_been_tried() -> None:
    class Stuck(Launcher):
        """A launcher that cannot end what it has started."""

        def close(self) -> None:
            raise HarnessError("container 7 goes on")

    here = replace(bench(), open=lambda _: Stuck("docker", {}, lambda *_: None))  # type: ignore[arg-type,return-value]
    here.ready(Job(Path("alice"), "alice", "small"))
    here.stop()
    with pytest.raises(HarnessError, match="container 7 goes on"):
        here.close()


def test_what_is_imported_beside_a_run_is_waited_for_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(report, "warm_up", lambda pictures: (time.sleep(0.2), done.set()))
    nobody = Job(Path("nobody"), "nobody", "small")
    with pytest.raises(AuthorError), warming(bench(), nobody):
        raise AuthorError("no room")
    assert done.is_set()


def test_what_draws_pictures_is_loaded_when_a_finding_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr(report, "warm_up", lambda *, pictures=True: loaded.append(pictures))
    curve = Curve("Loss", "epoch", "loss", np.arange(2), (("training", np.ones(2)),))
    maps = HeatMaps("Gradients", (("layer 1", np.zeros((1, 1)), np.ones((1, 1))),))
    found = failed("it is not", hint="Try again.")
    with warming(here := bench(), Job(Path("alice"), "alice", "small")):
        assert here.on_finding is not None
        for pictures in ((), (curve,)):
            here.on_finding(replace(found, pictures=pictures))
        assert True not in loaded
        for _ in range(2):
            here.on_finding(replace(found, pictures=(curve, maps)))
    assert sorted(loaded) == [False, True]
