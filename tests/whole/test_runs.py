"""Jobs that are done in other processes: what comes of them, and that nothing outlives the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.model import SandboxSpec
from grader.runs import Graded, Job, RunFolder, grade_all
from grader.runs.workers import do, processes
from kit import ROOT
from kit import small_assignment as small
from kit.marking import marked

BROKEN = "def forward(:\n"
HANGING = "import time\ntime.sleep(1000)\n"
PROGRAM = """
import sys
from pathlib import Path
from grader.runs import RunFolder, grade_all, stoppable
from grader.runs.workers import do, processes
sys.path.insert(0, "tests")
from whole.test_runs import asked

def main():
    folder = RunFolder(Path(sys.argv[1]) / "out")
    jobs = asked(Path(sys.argv[1]))
    with stoppable(), folder.taken(), processes(2) as (executor, stop):
        folder.begin(jobs)
        print("begun", flush=True)
        grade_all(jobs, folder, do, executor, done=lambda graded: print(graded.job.id, flush=True), stop=stop)

if __name__ == "__main__":
    main()
"""


def asked(folder: Path) -> list[Job]:
    """Return a job for each submission in the folder."""
    return [
        Job(path, path.name, "byomlp", folder / "out" / path.name, items=("forward",), sandbox=SandboxSpec("process"))
        for path in sorted(folder.iterdir())
        if (path / "mlp.py").exists()
    ]


def test_jobs_are_done_in_processes_as_they_are_in_threads(tmp_path: Path) -> None:
    for name in ("ann", "ben", "cai"):
        small.hand_in(tmp_path / name, BROKEN)
    folder, done = RunFolder(tmp_path / "out"), list[Graded]()
    with folder.taken(), processes(2) as (executor, stop):
        folder.begin(asked(tmp_path))
        grade_all(asked(tmp_path), folder, do, executor, done=done.append, stop=stop)
        folder.summarise()
    assert sorted(graded.job.id for graded in done if graded.result) == ["ann", "ben", "cai"]
    assert len((tmp_path / "out" / "summary.csv").read_text(encoding="utf-8").splitlines()) == 4


def test_a_process_that_is_killed_costs_what_it_did_and_is_said(tmp_path: Path) -> None:
    small.hand_in(tmp_path / "ann", BROKEN)
    folder, done = RunFolder(tmp_path / "out"), list[Graded]()
    with folder.taken(), processes(1) as (executor, stop):
        folder.begin(asked(tmp_path))
        grade_all(asked(tmp_path), folder, die, executor, done=done.append, stop=stop)
    assert done[0].error is not None
    assert "this is a fault of the grader" in done[0].error.message


def die(job: Job) -> Graded:
    """End the process that is to do a job."""
    os._exit(3)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be looked at here")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_run_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    for k in range(6):
        small.hand_in(tmp_path / f"s{k}", HANGING)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MARK": str(tmp_path)}
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program), str(tmp_path)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        time.sleep(3)
        assert marked(tmp_path)
        running.send_signal(number)
        running.wait(60)
    end = time.monotonic() + 30
    while marked(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    assert marked(tmp_path) == []
