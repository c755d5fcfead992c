"""The Docker sandbox with podman as its engine: graded, refused, limited and removed as with Docker."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from attacks import table
from attacks.sandbox import Sandbox, opened
from attacks.table import ATTACKS, Attack, finding, graded
from grader.doctor import refusals
from grader.doctor.row import Outcome
from grader.pipeline import grade, load_rubric

pytestmark = [pytest.mark.podman, pytest.mark.xdist_group("podman")]
# one for each way in which an engine has to do something about it
NAMES = ("leaves", "walks", "deaf", "fork_bomb", "memory_bomb", "fills_files", "reaches_out", "segfaults")
TRIED = [attack for attack in ATTACKS if attack.name in NAMES]
# crun does not start where both versions of control groups are mounted; runc does, and is there wherever Docker is
RUNTIME = "runc" if shutil.which("runc") else ""


@pytest.fixture(scope="module")
def podman() -> Iterator[Sandbox]:
    with opened("docker", client="podman", runtime=RUNTIME) as sandbox:
        yield sandbox


def test_the_reference_earns_everything(podman: Sandbox, root: Path) -> None:
    items = ("forward", "backprop")
    made = grade(
        root / "reference" / "byomlp",
        table.BYOMLP,
        rubric=load_rubric(table.BYOMLP),
        launcher=podman.launcher,
        seed=1,
        items=items,
    )
    assert made.score.marks.earned == made.score.marks.possible == 25
    assert podman.left() == []


def test_everything_that_must_be_refused_is_refused_but_for_the_number_of_files(podman: Sandbox) -> None:
    said = refusals.tried(podman.launcher, "podman")
    assert [each.name for each in said.refusals if each.outcome is not Outcome.HELD] == ["files without end"], said


def test_every_chosen_attack_is_in_the_table() -> None:
    assert len(TRIED) == len(NAMES)


@pytest.mark.parametrize("attack", TRIED, ids=lambda attack: attack.name)
def test_an_attack_costs_its_own_points_and_leaves_nothing(attack: Attack, podman: Sandbox, tmp_path: Path) -> None:
    with refusals.planted("mlpgrader-podman") as asked:
        made = graded(attack, podman.launcher, tmp_path, **table.reaching(asked))
    assert re.search(str(attack.pattern("docker")), finding(made, attack.check).message)
    assert made.score.marks.earned >= attack.keeps
    assert made.score.marks.withheld == 0
    assert table.PLANTED not in made.evidence.output
    assert not (tmp_path / "mark").exists()
    assert podman.left() == []
