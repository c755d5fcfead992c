"""A run in which eight have answered in words: three alike, two nothing, and three like no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.marker import Marker
from kit.reviewing import answering, made_run
from kit.visiting import Visit

SAID = {
    "ann": "The leaky network is better.",
    "bob": "the leaky network is BETTER",
    "cyd": "Better is the leaky network!",
    "dan": "",
    "eve": "",
    "fay": "Both reach 93 percent, and the small one is cheaper.",
    "gus": "The large one, as it has more room.",
    "hal": "I could not tell them apart.",
}


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_run(tmp_path_factory.mktemp("run") / "graded", [answering(*each) for each in SAID.items()])


@pytest.fixture
def marker(visit: Visit) -> Marker:
    """Return the owner of the run, who marks the one item that waits."""
    return Marker(visit.owner, visit.writes, visit.review)
