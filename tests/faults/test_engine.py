"""An engine that goes away, and containers that somebody else ends: points are withheld or given, never lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.errors import HarnessError
from grader.model import Limits, Report, SandboxSpec
from grader.sandbox import Launcher, Probe, observe, open_launcher
from grader.sandbox.lane import LEFT
from grader.sandbox.launching import Running
from kit import small_assignment as small
from kit.interrupting import ONE_LANE, Act, Moment, at_the_end, before, between, graded, interrupted, times, watched

pytestmark = pytest.mark.docker


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Path]:
    """Return a client that passes everything on, until there is a file ``gone`` beside it; it keeps account."""
    client = tmp_path / "client"
    client.write_text(
        f"#!/bin/sh\necho \"$@\" >>'{tmp_path}/asked'\n"
        f"[ ! -e '{tmp_path}/gone' ] || {{ echo 'Cannot connect to the Docker daemon' >&2; exit 1; }}\n"
        'exec docker "$@"\n'
    )
    client.chmod(0o755)
    yield client
    (tmp_path / "gone").unlink(missing_ok=True)
    for name in made_with(client):
        subprocess.run(["docker", "rm", "--force", name], check=False, capture_output=True)


def made_with(client: Path) -> list[str]:
    """Return the names of the containers that were made with this client."""
    asked = (client.parent / "asked").read_text()
    return re.findall(r"^create .*?--name (\S+)", asked, re.MULTILINE)


def docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=False, capture_output=True)


@pytest.fixture
def launcher(engine: Path) -> Iterator[Launcher]:
    with open_launcher(SandboxSpec(engine=str(engine))) as opened:
        yield opened


def messages(made: Report) -> set[str]:
    return {scored.finding.message for item in made.score.items for scored in item.findings if scored.finding.message}


ENDS: dict[str, Callable[[str, Running], None]] = {
    "killed": lambda name, _running: docker("kill", name),
    "removed": lambda name, _running: docker("rm", "--force", name),
    "its client killed": lambda _name, running: os.kill(running.process.pid, 9),
}


def ending(how: str, engine: Path, started: list[Running]) -> Act:
    """Return what ends the container that was made last."""
    return lambda: ENDS[how](made_with(engine)[-1], started[-1])


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("moment", [before, between, at_the_end])
def test_a_container_that_somebody_ends_once_costs_nothing(
    tmp_path: Path, engine: Path, launcher: Launcher, moment: Moment, how: str
) -> None:
    kept, started = watched(launcher)
    path = small.hand_in(tmp_path / "alice")
    made = graded(path, interrupted(moment, times(1, ending(how, engine, started))), kept)
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)


@pytest.mark.parametrize("how", ["killed", "removed"])
def test_containers_that_somebody_ends_each_time_withhold_the_points(
    tmp_path: Path, engine: Path, launcher: Launcher, how: str
) -> None:
    kept, started = watched(launcher)
    path = small.hand_in(tmp_path / "alice")
    first = graded(path, interrupted(before, ending(how, engine, started)), kept)
    assert (first.score.marks.lost, first.score.marks.withheld) == (0, 7)
    assert graded(path, small.ASSIGNMENT, kept).score.marks.earned == 7


def vanishing(engine: Path) -> Act:
    """Return what makes the engine disappear, and with it everything that ran."""

    def vanish() -> None:
        (engine.parent / "gone").touch()
        docker("kill", made_with(engine)[-1])

    return vanish


@pytest.mark.parametrize("moment", [before, between])
def test_an_engine_that_is_stopped_in_the_midst_withholds_the_points_and_says_so(
    tmp_path: Path, engine: Path, launcher: Launcher, moment: Moment
) -> None:
    path = small.hand_in(tmp_path / "alice")
    first = graded(path, interrupted(moment, vanishing(engine)), launcher)
    assert (first.score.marks.earned, first.score.marks.lost, first.score.marks.withheld) == (0, 0, 7)
    assert all("Cannot connect to the Docker daemon" in message for message in messages(first))
    (engine.parent / "gone").unlink()
    assert graded(path, small.ASSIGNMENT, launcher).score.marks.earned == 7


def test_what_was_observed_before_the_engine_was_stopped_stays_and_what_is_left_is_named(
    tmp_path: Path, engine: Path, launcher: Launcher
) -> None:
    probes = (Probe("module", "loading", small.module), *interrupted(before, vanishing(engine)).probes[:1])
    seen = observe(
        small.submission(),
        (probes[0], replace(probes[1], name="later")),
        small.ASSIGNMENT.inside,
        launcher=launcher,
        seed=1,
        limits=Limits(),
    )
    (engine.parent / "gone").unlink()
    assert (seen.observations["module"].fault, seen.observations["later"].problem) == ("", None)
    assert seen.observations["later"].fault != ""
    assert made_with(engine)[0] in seen.facts[LEFT]


def test_an_image_that_is_removed_in_the_midst_withholds_the_points(tmp_path: Path, engine: Path) -> None:
    engine.write_text(
        engine.read_text().replace(
            "exec docker", 'case $1 in create) echo "No such image: sha256:0" >&2; exit 1;; esac\nexec docker'
        )
    )
    with open_launcher(SandboxSpec(engine=str(engine))) as launcher:
        made = graded(small.hand_in(tmp_path / "alice"), ONE_LANE, launcher)
    assert (made.score.marks.lost, made.score.marks.withheld) == (0, 7)
    assert all("No such image" in message for message in messages(made))


def test_all_workers_are_tried_before_it_is_said_what_could_not_be_ended() -> None:
    tried: list[str] = []

    def running(name: str, *, fails: bool) -> Running:
        def stop() -> None:
            tried.append(name)
            if fails:
                raise HarnessError(f"cannot remove container {name}")

        return Running(SimpleNamespace(), "", stop, explain=lambda: "")  # type: ignore[arg-type]

    workers = [running("a", fails=True), running("b", fails=False), running("c", fails=True)]
    left = iter(workers)
    account = Launcher("docker", {}, lambda _limits, _seconds: next(left))
    for _ in workers:
        account.start(Limits(), 1.0)
    with pytest.raises(HarnessError, match="cannot remove container a\ncannot remove container c"):
        account.close()
    assert tried == ["a", "b", "c"]
