"""What the doctor says of the sandboxes of this machine: what must be refused is refused in them, and nothing is left."""

from __future__ import annotations

import pytest

from grader.doctor.engine import Reply, ask, containers
from grader.doctor.refusals import tried
from grader.doctor.row import Outcome
from grader.model import SandboxSpec
from grader.sandbox import open_launcher

# what each of them does not hold, as docs/security.md says
WEAKER = {"docker": set(), "bubblewrap": {"running written programs", "files without end", "memory of all together"}}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in WEAKER])
def test_a_sandbox_refuses_everything_but_what_it_is_said_to_be_weaker_in(kind: str) -> None:
    with open_launcher(kind) as launcher:
        found = {each.name for each in tried(launcher, launcher.name).refusals if each.outcome is Outcome.NOT_HELD}
    assert found <= WEAKER[kind]


@pytest.mark.docker
def test_this_engine_makes_tight_containers_and_leaves_none() -> None:
    asked: list[tuple[str, ...]] = []

    def listening(*command: str) -> Reply:
        asked.append(command)
        return ask(*command)

    rows = containers(SandboxSpec(), ask=listening)
    assert [(row.name, row.state.value) for row in rows] == [("engine", "ok"), ("image", "ok"), ("container", "ok")]
    assert "No such container" in ask("docker", "container", "inspect", asked[-1][-1]).complaint
