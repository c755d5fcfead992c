"""What the doctor says about machines that lack one thing or another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.datasets import DataSet, Drawn, Facts, Files
from grader.datasets.finding import File, Place
from grader.doctor import examine, recipe
from grader.doctor.engine import Reply, ask, containers
from grader.doctor.machine import compiled, disk, packages, pins, process_sandbox, python, watching
from grader.doctor.material import data_row, rubric_row, template_row
from grader.doctor.row import Row, State
from grader.model import SandboxSpec
from grader.sandbox.docker import USER
from grader.sandbox.engines import RECIPE

TIGHT: dict[str, Any] = {
    "numpy": "2.4.6",
    "user": USER,
    "network": [],
    "writable": [],
    "capabilities": 0,
    "new_privileges": False,
    "seccomp": True,
}
NO = Reply(good=False, complaint="it does not work")


def engine(asked: list[tuple[str, ...]] | None = None, **replies: Reply) -> Callable[..., Reply]:
    """Return a container client whose commands answer as given, and as a good one otherwise."""
    image = {"Id": "sha256:1f", "Config": {"Labels": {RECIPE: "sha256:2e"}}}
    good = {"version": Reply(good=True, text="29.1"), "image": Reply(good=True, text=json.dumps([image]))}
    good |= {
        "info": Reply(good=True, text="{}"),
        "create": Reply(good=True),
        "start": Reply(good=True, text=json.dumps(TIGHT)),
        "rm": Reply(good=True),
    }

    def answer(*command: str) -> Reply:
        (asked if asked is not None else []).append(command)
        return (good | replies)[command[1]]

    return answer


def states(*rows: Any) -> list[tuple[str, str]]:
    """Return name and state of rows."""
    return [(row.name, row.state.value) for row in rows]


def test_an_engine_with_a_current_image_and_a_tight_container_is_ok() -> None:
    rows = containers(SandboxSpec(), wanted="sha256:2e", ask=engine())
    assert states(*rows) == [("engine", "ok"), ("image", "ok"), ("container", "ok")]


def test_nothing_more_is_asked_where_no_engine_answers() -> None:
    asked: list[tuple[str, ...]] = []
    (row,) = containers(SandboxSpec(), ask=engine(asked, version=NO))
    assert (row.state, len(asked)) == (State.MISSING, 1)
    assert "install Docker" in row.advice


def test_a_client_that_is_not_there_is_said_to_be_missing() -> None:
    (row,) = containers(SandboxSpec(engine="no-such-client"), ask=ask)
    assert row.detail == "no engine answers no-such-client (there is no program 'no-such-client')"


def test_an_engine_that_cannot_limit_memory_is_not_grading() -> None:
    info = Reply(good=True, text=json.dumps({"MemoryLimit": False, "PidsLimit": False, "CpuCfsQuota": True}))
    (row,) = containers(SandboxSpec(), ask=engine(info=info))
    assert (row.state, row.detail) == (
        State.MISSING,
        "docker 29.1 cannot limit the memory, processes of a container",
    )
    assert "control groups of version 2" in row.advice


def test_an_engine_that_cannot_limit_swap_is_weaker() -> None:
    rows = containers(SandboxSpec(), wanted="sha256:2e", ask=engine(info=Reply(good=True, text='{"SwapLimit": false}')))
    assert states(*rows) == [("engine", "weaker"), ("image", "ok"), ("container", "ok")]
    assert "swapaccount" in rows[0].advice


def test_podman_is_told_of_podman() -> None:
    (gone,) = containers(SandboxSpec(engine="podman"), ask=engine(version=NO))
    unbuilt = containers(SandboxSpec(engine="podman"), ask=engine(image=NO))[-1]
    stale = containers(SandboxSpec(engine="podman"), wanted="sha256:other", ask=engine())[1]
    assert gone.advice.startswith("install podman;")
    assert unbuilt.advice.startswith("make image ENGINE=podman in a checkout")
    assert stale.advice == "make image ENGINE=podman"


@pytest.mark.parametrize(("runtime", "words"), [("", "another runtime"), ("runc", "the engine's log")])
def test_where_podman_cannot_run_a_container_another_runtime_may(runtime: str, words: str) -> None:
    row = containers(SandboxSpec(engine="podman", runtime=runtime), ask=engine(start=NO))[-1]
    assert row.state is State.MISSING
    assert words in row.advice


def test_the_runtime_that_is_asked_for_makes_the_container() -> None:
    asked: list[tuple[str, ...]] = []
    containers(SandboxSpec(engine="podman", runtime="runc"), ask=engine(asked))
    made = next(command for command in asked if "create" in command)
    assert made[made.index("--runtime") + 1] == "runc"


def test_an_image_that_is_not_built_is_missing() -> None:
    rows = containers(SandboxSpec(), ask=engine(image=NO))
    assert states(*rows) == [("engine", "ok"), ("image", "missing")]
    assert "make image" in rows[1].advice


def test_an_image_made_from_another_recipe_is_stale() -> None:
    rows = containers(SandboxSpec(), wanted="sha256:other", ask=engine())
    assert states(*rows) == [("engine", "ok"), ("image", "weaker"), ("container", "ok")]


@pytest.mark.parametrize("command", ["create", "start"])
def test_a_container_that_does_not_run_is_missing(command: str) -> None:
    row = containers(SandboxSpec(), ask=engine(**{command: NO}))[-1]
    assert (row.name, row.state) == ("container", State.MISSING)
    assert "it does not work" in row.detail


def test_a_container_that_was_looked_at_is_removed() -> None:
    asked: list[tuple[str, ...]] = []
    containers(SandboxSpec(), ask=engine(asked))
    made = asked[3][asked[3].index("--name") + 1]
    assert asked[-1] == ("docker", "rm", "--force", "--volumes", made)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ({"user": "0:0"}, "runs as user 0:0"),
        ({"network": ["eth0"]}, "has a network (eth0)"),
        ({"writable": ["/etc"]}, "can write to /etc"),
        ({"capabilities": 8}, "has capabilities"),
        ({"new_privileges": True}, "can gain privileges"),
        ({"seccomp": False}, "has no system call filter"),
    ],
)
def test_a_container_that_is_looser_than_asked_is_named_for_it(gap: dict[str, Any], words: str) -> None:
    row = containers(SandboxSpec(), ask=engine(start=Reply(good=True, text=json.dumps(TIGHT | gap))))[-1]
    assert (row.state, row.detail) == (State.WEAKER, f"looser than asked: {words}")


@pytest.mark.parametrize("name", ["Dockerfile", "requirements/sandbox.lock"])
def test_the_recipe_of_the_image_follows_what_it_is_built_from(name: str, tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM one")
    (tmp_path / "requirements" / "sandbox.lock").write_text("numpy==1")
    before = recipe(tmp_path)
    (tmp_path / name).write_text("something else")
    assert recipe(tmp_path) not in (before, "")


@pytest.mark.parametrize(("version", "state"), [((3, 10, 9), "missing"), ((3, 11, 0), "ok"), ((3, 13, 1), "ok")])
def test_an_old_python_is_refused(version: tuple[int, ...], state: str) -> None:
    assert python(version).state == state


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"numpy": "2.4", "rich": "15"}, [("numpy", "ok"), ("packages", "ok")]),
        ({"numpy": "2.3", "rich": "15"}, [("numpy", "weaker"), ("packages", "ok")]),
        ({"numpy": "2.4", "rich": "14"}, [("numpy", "ok"), ("packages", "weaker")]),
        ({"numpy": "2.4"}, [("numpy", "ok"), ("packages", "missing")]),
    ],
)
def test_packages_are_compared_with_their_pins(found: dict[str, str], expected: list[tuple[str, str]]) -> None:
    rows = packages({"numpy": "2.4", "rich": "15"}, lambda name: found.get(name, ""))
    assert states(*rows) == expected


def test_a_grader_without_pins_says_so() -> None:
    assert states(*packages({}, str)) == [("packages", "weaker")]


def test_the_pins_are_those_of_the_lock_and_a_condition_is_left_to_others(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "run.lock"
    lock.write_text("# by hand\nnumpy==2.4.6\ncolorama==0.4 ; sys_platform == 'win32'\n")
    assert pins(tmp_path) == {"numpy": "2.4.6"}


def test_a_missing_package_takes_only_watching_away() -> None:
    assert [watching("json").state, watching("no_such_package").state] == [State.OK, State.WEAKER]


@pytest.mark.parametrize(("has", "state"), [(True, "ok"), (False, "weaker")])
def test_a_system_without_limits_makes_the_process_sandbox_weaker(has: bool, state: str) -> None:
    assert process_sandbox(lambda *_: has).state == state


@pytest.mark.parametrize(("free", "state"), [(2**29, "weaker"), (2**31, "ok")])
def test_a_full_disk_is_told(free: int, state: str) -> None:
    assert disk(free).state == state


def test_packages_that_are_not_compiled_are_told_with_what_to_do(tmp_path: Path) -> None:
    there = tmp_path / "numpy" / "__pycache__" / "__init__.pyc"
    there.parent.mkdir(parents=True)
    there.touch()
    files = {"numpy": str(there), "IPython": str(tmp_path / "IPython" / "__pycache__" / "__init__.pyc"), "absent": None}
    assert compiled(["numpy", "absent"], files.get).state is State.OK
    row = compiled([*files], files.get)
    assert (row.state, "1 of 2" in row.detail) == (State.WEAKER, True)
    assert row.advice.endswith(f"-m compileall -q {tmp_path}")


CARDS = Files("deck", "The Deck", {"cards.csv": "5a" * 32}, read=len, mirrors=("http://mirror.invalid/",))
DICE = Drawn("rolled", "dice", draw=lambda: [6], kept=lambda: Path(__file__))
UNKEPT = replace(DICE, kept=None)


def facts(files: Files | None, drawn: Drawn | None, uses: str, state: str = "whole") -> Facts:
    """Return what is known of a data set where its files, all in one state, lie in one folder."""
    place = Place("cache", Path("mine"), (File("cards.csv", state, ""),))
    used = {"files": files, "drawn": drawn}.get(uses)
    return Facts(DataSet("cards", files, drawn), (place,), used, place if uses == "refused" else None)


@pytest.mark.parametrize(
    ("found", "state", "detail"),
    [
        (facts(CARDS, DICE, "files"), "ok", "The Deck in mine"),
        (facts(CARDS, UNKEPT, "drawn"), "weaker", "dice, drawn when they are first needed: there is no The Deck"),
        (facts(CARDS, DICE, "drawn"), "weaker", "dice, kept in the cache: there is no The Deck"),
        (facts(None, DICE, "drawn"), "ok", "dice, kept in the cache"),
        (facts(CARDS, DICE, "refused", "wrong"), "missing", "mine (cache) does not hold The Deck"),
        (facts(CARDS, None, "nothing", "missing"), "missing", "is not on this machine"),
    ],
)
def test_the_data_that_a_grading_uses_is_told(found: Facts, state: str, detail: str) -> None:
    row = data_row(found)
    assert (row.name, row.state, row.detail) == ("cards", state, detail)
    assert bool(row.advice) == (state != "ok")


def test_the_rubric_that_ships_is_ok() -> None:
    assert rubric_row("byomlp").state is State.OK


@pytest.mark.parametrize(("line", "state"), [("x = 1", "ok"), ("x = 2", "weaker")])
def test_a_template_that_is_not_what_the_reference_gives_is_stale(line: str, state: str, tmp_path: Path) -> None:
    for folder, text in (("reference", "x = 1"), ("student_template", line)):
        (tmp_path / folder / "byomlp").mkdir(parents=True)
        (tmp_path / folder / "byomlp" / "mlp.py").write_text(text)
    row = template_row("byomlp", tmp_path / "reference" / "byomlp", tmp_path / "student_template" / "byomlp", {})
    assert (row.state, bool(row.advice)) == (state, state == "weaker")


def test_broken_course_material_is_told_and_not_raised(tmp_path: Path) -> None:
    row = template_row("byomlp", tmp_path / "reference" / "byomlp", tmp_path / "student_template" / "byomlp", {})
    assert row.state is State.WEAKER
    assert "no course material" in row.detail


def test_everything_is_looked_at_also_where_there_is_no_engine() -> None:
    rows = examine(SandboxSpec(engine="no-such-client"), sandbox=lambda kind, _: Row(kind, State.OK, ""))
    assert {"Python", "numpy", "packages", "plots", "disk", "engine", "bubblewrap", "digits", "rubric byomlp"} <= {
        row.name for row in rows
    }
    assert [row.name for row in rows if row.state is not State.OK and not row.advice] == []
