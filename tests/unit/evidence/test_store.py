from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import check, failed, passed
from grader.evidence import Store, folder, store
from grader.model import Evidence, Finding, Observation, Problem, ProblemKind, Submission
from grader.sandbox import Probe, Session

KEY, OTHER = "ab" * 32, "cd" * 32
ALICE = Submission("alice", "sha256:12", {"mlp.py": b"x = 1"}, ("a note",))


def ask(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask nothing."""


@check(reads=["forward"])
def is_right(forward: Observation) -> Finding:
    """It is right."""
    return passed() if forward.data["value"] else failed("no", hint="do")


FORWARD = Probe("forward", "the forward pass", ask)
MAIN = Probe("main", "the notebook", ask, after=("forward",), verdicts=(is_right,))
ASIDE = Probe("disc", "the disc", ask, lane=1)


def seen(*observations: Observation, seed: int = 1) -> Evidence:
    return Evidence({each.probe: each for each in observations}, seed, "process", 2.5, {"python": "3"}, "printed")


RIGHT = Observation("forward", {"value": 1.0}, None, "", 0.5)


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    """Return a store with what was seen of alice."""
    made = Store(tmp_path / "store")
    made.keep(KEY, seen(RIGHT), ALICE, assignment="byomlp")
    return made


def file(of: Store, key: str = KEY) -> Path:
    return of.path / key[:2] / f"{key}.zst"


def test_what_is_kept_is_taken_again(kept: Store) -> None:
    assert kept.take(KEY, replace(ALICE, id="bob", notes=()), [FORWARD]) == seen(RIGHT)
    assert kept.taken == 1


@pytest.mark.parametrize(
    ("key", "submission", "probes"),
    [
        (OTHER, ALICE, [FORWARD]),
        (KEY, replace(ALICE, files={"mlp.py": b"x = 2"}), [FORWARD]),
        (KEY, ALICE, [FORWARD, ASIDE]),
        (KEY, ALICE, [ASIDE]),
    ],
)
def test_what_was_not_kept_is_not_taken(kept: Store, key: str, submission: Submission, probes: list[Probe]) -> None:
    assert kept.take(key, submission, probes) is None
    assert kept.taken == 0


DAMAGE = {
    "empty": lambda raw: b"",
    "cut short": lambda raw: raw[:-9],
    "zeros": lambda raw: bytes(len(raw)),
    "nonsense": lambda raw: b"nonsense" * 40,
    "another bit": lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:],
    "a report": lambda raw: folder.as_bytes(seen(RIGHT), ALICE, assignment="byomlp"),
    "another's": lambda raw: folder.as_bytes(seen(RIGHT), ALICE, assignment="byomlp", key=OTHER),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_an_entry_that_is_damaged_is_passed_over_and_made_again(kept: Store, how: str) -> None:
    file(kept).write_bytes(DAMAGE[how](file(kept).read_bytes()))
    assert kept.take(KEY, ALICE, [FORWARD]) is None
    kept.keep(KEY, seen(RIGHT), ALICE, assignment="byomlp")
    assert kept.take(KEY, ALICE, [FORWARD]) == seen(RIGHT)


@pytest.mark.parametrize(
    ("told", "expected"),
    [({"is_right": "passed"}, True), ({"is_right": "failed"}, False), ({}, False), ("nonsense", False)],
)
def test_evidence_is_taken_only_when_checks_tell_a_probe_what_they_told_it_then(
    tmp_path: Path, told: Any, expected: bool
) -> None:
    of = Store(tmp_path)
    of.keep(KEY, seen(RIGHT, Observation("main", {"verdicts": told})), ALICE, assignment="modules")
    assert (of.take(KEY, ALICE, [FORWARD, MAIN]) is not None) is expected


BY_THE_HOUR = {
    "a fault": Observation("forward", {}, fault="the engine went away"),
    "the end of time": Observation("forward", {}, Problem(ProblemKind.TIMEOUT, "forward does not come to an end")),
    "a death": Observation("forward", {}, Problem(ProblemKind.DIED, "killed")),
    "a call out of time": Observation("forward", {"cases": [{"problem": {"kind": "timeout", "message": "5 s"}}]}),
    "no memory": Observation("forward", {"problem": {"kind": "memory", "message": "", "where": ""}}),
    "a cell that was interrupted": Observation("main", {"cells": [{"error": {"name": "x", "interrupted": True}}]}),
    "a cell out of time": Observation("main", {"cells": [{"kind": "code", "name": "timeout"}]}),
    "a notebook that was cut": Observation("main", {"cut": "300 s were over"}),
}


@pytest.mark.parametrize("what", BY_THE_HOUR)
def test_what_may_be_otherwise_at_another_hour_is_not_kept(tmp_path: Path, what: str) -> None:
    of = Store(tmp_path)
    of.keep(KEY, seen(BY_THE_HOUR[what]), ALICE, assignment="byomlp")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_students_code_is_kept(tmp_path: Path) -> None:
    of, raised = Store(tmp_path), Problem(ProblemKind.RAISED, "ValueError: no", "mlp.py line 3")
    wrong = Observation("forward", {"cut": "", "cells": [{"interrupted": False, "kind": "code"}]}, raised)
    of.keep(KEY, seen(wrong), ALICE, assignment="byomlp")
    assert of.take(KEY, ALICE, [FORWARD]) == seen(wrong)


def noise(number: int) -> Evidence:
    return seen(Observation("forward", {"value": np.random.default_rng(number).random(10_000)}))


def test_what_was_not_used_for_longest_goes_when_there_is_no_room(tmp_path: Path) -> None:
    of = Store(tmp_path, limit=300_000)
    names = [f"{number:02x}" * 32 for number in range(5)]
    for number, name in enumerate(names):
        of.keep(name, noise(number), ALICE, assignment="byomlp")
        if file(of, name).exists():
            os.utime(file(of, name), (number, number))
        # the first is used again and again
        assert of.take(names[0], ALICE, [FORWARD]) is not None
    assert [name for name in names if file(of, name).exists()] == [names[0], names[3], names[4]]
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 300_000


def test_what_killed_writers_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / "ab" / ".a.zst.12345678", tmp_path / "ab" / ".a.zst.12345679"
    old.parent.mkdir()
    for path in (old, new):
        path.touch()
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    Store(tmp_path).keep(KEY, seen(RIGHT), ALICE, assignment="byomlp")
    assert (old.exists(), new.exists()) == (False, True)


def test_many_may_write_and_read_at_once(tmp_path: Path) -> None:
    of = [Store(tmp_path, limit=200_000) for _ in range(4)]

    def work(number: int) -> bool:
        each, key = of[number % 4], f"{number % 5:02x}" * 32
        each.keep(key, noise(number % 5), ALICE, assignment="byomlp")
        found = each.take(key, ALICE, [FORWARD])
        return found is None or np.array_equal(
            found.observations["forward"].data["value"], noise(number % 5).observations["forward"].data["value"]
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(60)))
    assert list(tmp_path.glob("*/.*")) == []


def test_a_place_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    of = Store(tmp_path / "file" / "store")
    of.keep(KEY, seen(RIGHT), ALICE, assignment="byomlp")
    assert of.take(KEY, ALICE, [FORWARD]) is None


@pytest.fixture
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLPGRADER_STORE", "MLPGRADER_CACHE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_bare")
def test_the_store_of_the_user_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path))
    assert store.of_the_user() == Store(tmp_path / "evidence")
    monkeypatch.setenv("MLPGRADER_STORE", str(tmp_path / "mine"))
    assert store.of_the_user() == Store(tmp_path / "mine")
    monkeypatch.setenv("MLPGRADER_STORE", "")
    assert store.of_the_user() is None


@pytest.mark.usefixtures("_bare")
def test_the_store_of_the_user_lies_in_the_cache_of_the_system() -> None:
    of = store.of_the_user()
    assert of is not None
    assert of.path.parts[-2:] == ("mlpgrader", "evidence")
