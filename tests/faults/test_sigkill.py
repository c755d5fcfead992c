"""A grader that is killed at any moment, with SIGKILL: nothing is lost, nothing is half, nothing goes on running."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kit import ROOT
from kit import small_assignment as small
from kit.interrupting import is_whole

EXAMPLE = ROOT / "examples" / "byomlp" / "alice-other-style"
NAMES = ("alice-other-style", "ben")
# so many acts and moments of a run at which it is killed, spread evenly but for their last digits; most where no engine is needed
IN_PROCESS, IN_DOCKER = (14, 8), (5, 3)
GONE_SECONDS = 60.0
KILLED_AT = ROOT / "tests" / "kit" / "killed_at.py"

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be looked at here"),
]


@dataclass
class Course:
    """Two submissions to grade beside one that was graded before, in a sandbox; what runs for it is known by its TMPDIR."""

    folder: Path
    sandbox: str
    seconds: float = 0.0
    acts: int = 0
    points: dict[str, Any] = field(default_factory=dict)
    other: bytes = b""

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def scratch(self) -> Path:
        return self.folder / "tmp"

    @property
    def counted(self) -> Path:
        return self.folder / "acts"

    def start(self, *paths: str, until: int = 0) -> subprocess.Popen[bytes]:
        """Start a grading, of the two submissions when no others are given, that is killed at the act of that number."""
        given = paths or (str(EXAMPLE), str(small.hand_in(self.folder / "ben", "def forward(:\n")))
        line = [
            "grade",
            *given,
            "--assignment",
            "byomlp",
            "--items",
            "forward",
            "--seed",
            "3",
            "--again",
            "--out",
            str(self.out),
        ]
        search = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": search, "TMPDIR": str(self.scratch), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, str(KILLED_AT), str(self.counted), str(until), *line, "--sandbox", self.sandbox],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def prepare(self) -> None:
        """Grade everything once, undisturbed."""
        self.scratch.mkdir()
        assert self.start(str(small.hand_in(self.folder / "zoe"))).wait() == 0
        self.other = (self.out / "zoe" / "report.json").read_bytes()
        began = time.monotonic()
        assert self.start().wait() == 0
        self.seconds, self.acts = time.monotonic() - began, self.counted.stat().st_size
        self.points = self.scores()
        assert len(self.points) == len(NAMES)

    def scores(self) -> dict[str, Any]:
        """Return the score of each of the two that has a report."""
        paths = {name: self.out / name / "report.json" for name in NAMES}
        return {name: json.loads(path.read_bytes())["score"] for name, path in paths.items() if path.exists()}

    def processes(self) -> list[str]:
        """Return the processes that were started for this course, those of student code included."""
        mark = str(self.scratch).encode()
        return [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)]


@dataclass(frozen=True)
class Aftermath:
    """What was found after the grader was killed at one act or moment (a share of a whole run)."""

    moment: str
    complete: int
    faults: tuple[str, ...]


def killed_at_act(course: Course, share: float) -> Aftermath:
    """Kill a grading at an act and say what is wrong then; the next grading goes on from there."""
    number = 1 + int(share * course.acts)
    with course.start(until=number) as running:
        running.wait()
    return aftermath(course, f"act {number} of {course.acts}")


def killed_at_moment(course: Course, share: float) -> Aftermath:
    """Kill a grading at a moment and say what is wrong then; the next grading goes on from there."""
    with course.start() as running:
        time.sleep(share * course.seconds)
        running.kill()
    return aftermath(course, f"moment {share:.3f}")


def aftermath(course: Course, moment: str) -> Aftermath:
    """Wait for the end of all that was started, clear up as a new day would, and return what was found."""
    waited = _wait(lambda: not course.processes())
    left = _files(course.scratch)
    shutil.rmtree(course.scratch)
    course.scratch.mkdir()
    scores = course.scores()
    faults = {
        f"processes go on: {course.processes()}": not waited,
        "the report of another submission is lost": (course.out / "zoe" / "report.json").read_bytes() != course.other,
        "a report is not whole": not all(is_whole(course.out / name) for name in scores),
        f"a score is wrong: {scores}": any(score != course.points[name] for name, score in scores.items()),
        f"files are left: {left}": bool(left),
    }
    return Aftermath(moment, len(scores), tuple(fault for fault, is_so in faults.items() if is_so))


def killed(course: Course, counts: tuple[int, int]) -> list[Aftermath]:
    """Kill gradings at so many acts and so many moments, in random order, a few of them before the first and after the last."""
    rng = random.Random(20261126)
    ways = (killed_at_act, killed_at_moment)
    spread = [
        (way, (k + rng.random()) / count * 1.1) for way, count in zip(ways, counts, strict=True) for k in range(count)
    ]
    return [way(course, share) for way, share in rng.sample(spread, len(spread))]


def told(found: list[Aftermath]) -> str:
    """Return where the moments fell, and what was wrong at which."""
    complete = Counter(each.complete for each in found)
    wrong = [f"at {each.moment}: {', '.join(each.faults)}" for each in found if each.faults]
    return "\n".join([f"moments by complete reports: {dict(sorted(complete.items()))}", *wrong])


def test_a_grader_that_is_killed_at_any_moment_leaves_whole_reports_and_nothing_that_runs(tmp_path: Path) -> None:
    course = Course(tmp_path, "process")
    course.prepare()
    found = killed(course, IN_PROCESS)
    assert not any(each.faults for each in found), told(found)
    assert course.start().wait() == 0
    assert (course.scores(), _temporary(course.out)) == (course.points, [])


@pytest.fixture
def contained(tmp_path: Path) -> Iterator[Course]:
    """Return a course whose client of the engine keeps account of the containers, and lists no others."""
    client = tmp_path / "docker"
    real = shutil.which("docker")
    made = f"$(sed -n 's/^create .*--name \\([^ ]*\\) .*/--filter name=\\1/p' '{tmp_path}/asked')"
    client.write_text(
        f"#!/bin/sh\necho \"$@\" >>'{tmp_path}/asked'\n"
        f'case "$*" in ps*label=*) set -- "$@" {made};; esac\n'
        f'exec {real} "$@"\n'
    )
    client.chmod(0o755)
    yield Course(tmp_path, "docker")
    for name in names(tmp_path):
        subprocess.run(["docker", "rm", "--force", name], check=False, capture_output=True)


def names(folder: Path) -> list[str]:
    """Return the names of the containers that were made for a course."""
    return re.findall(r"^create .*?--name (\S+)", (folder / "asked").read_text(), re.MULTILINE)


def states(folder: Path) -> dict[str, str]:
    """Return the containers of a course that there are, and what they are doing."""
    listed = ["docker", "ps", "--all", "--format", "{{.Names}} {{.State}}"]
    lines = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: doing for name, doing in map(str.split, lines) if name in names(folder)}


@pytest.mark.docker
def test_containers_of_a_killed_grader_end_and_are_reaped_by_the_next(contained: Course) -> None:
    contained.prepare()
    found = killed(contained, IN_DOCKER)
    assert not any(each.faults for each in found), told(found)
    ended = _wait(lambda: "running" not in states(contained.folder).values())
    assert ended, states(contained.folder)
    assert contained.start().wait() == 0
    assert (contained.scores(), _temporary(contained.out)) == (contained.points, [])
    # the start of that last grading has removed what was left
    assert states(contained.folder) == {}


def _wait(ready: Any) -> bool:
    end = time.monotonic() + GONE_SECONDS
    while not ready() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(ready())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _files(folder: Path) -> list[str]:
    # an empty folder was made just before the kill, for a worker that never came to be
    files = (path for path in folder.rglob("*") if not path.is_dir())
    # Python itself writes four bytes there, to see whether it can
    return [str(path) for path in files if path.parent != folder or path.read_bytes() not in (b"", b"blat")]


def _temporary(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob(".*")]
