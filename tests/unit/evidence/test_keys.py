from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader import evidence
from grader.datasets.digits import Digits
from grader.evidence import keys, sources
from grader.model import Limits, Setting, Submission
from grader.sandbox import Inside, Launcher, Probe
from grader.sandbox.launching import Running
from kit import ROOT
from kit.digits_samples import as_data

ALICE = Submission("alice", "sha256:12", {"mlp.py": b"x = 1", "layers.py": b"y"}, ("a note",))


def launch(limits: Limits, seconds: float) -> Running:
    raise AssertionError("nothing is started for a key")


def ask(session: Any, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask nothing."""


def other(session: Any, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask nothing else."""


def is_bad_luck(data: dict[str, Any]) -> bool:
    return not data


def digits(value: int = 0) -> Digits:
    images, labels = np.full((2, 784), value, np.uint8), np.zeros(2, np.uint8)
    return Digits("drawn", images, labels, images, labels)


PROBE = Probe("forward", "the forward pass", ask, parameters=("slope",))
ASKED: dict[str, Any] = {
    "submission": ALICE,
    "probes": (PROBE,),
    "inside": Inside(modules={"aids.py": b"a"}, ours={"grader/functions.py": b"f"}),
    "assignment": "byomlp",
    "launcher": Launcher("docker", {"image": "sha256:1"}, launch),
    "limits": Limits(),
    "setting": Setting("quick", {"train": 100.0}, {"train": 10.0}, as_data(digits()), {"slope": 0.03, "file": "a.py"}),
    "seed": None,
}


def key(**changes: Any) -> str:
    return evidence.key(**{**ASKED, **changes})


def with_parameters(**changes: Any) -> Setting:
    setting: Setting = ASKED["setting"]
    return replace(setting, parameters={**setting.parameters, **changes})


CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "a file": lambda: {"submission": replace(ALICE, files={**ALICE.files, "mlp.py": b"x = 2"})},
    "the name of a file": lambda: {"submission": replace(ALICE, files={"mlp2.py": b"x = 1", "layers.py": b"y"})},
    "what was left out": lambda: {"submission": replace(ALICE, left_out={"big.ipynb": "is too large"})},
    "the assignment": lambda: {"assignment": "modules"},
    "one more probe": lambda: {"probes": (PROBE, replace(PROBE, name="backward"))},
    "the name of a probe": lambda: {"probes": (replace(PROBE, name="backward"),)},
    "the lane of a probe": lambda: {"probes": (replace(PROBE, lane=1),)},
    "the seconds of a probe": lambda: {"probes": (replace(PROBE, seconds=3.0),)},
    "the tries of a probe": lambda: {"probes": (replace(PROBE, tries=2),)},
    "when a probe is asked again": lambda: {"probes": (replace(PROBE, again=is_bad_luck),)},
    "the function of a probe": lambda: {"probes": (replace(PROBE, run=other),)},
    "that a probe runs notebooks": lambda: {"probes": (replace(PROBE, kernel=True),)},
    "what students meet inside": lambda: {"inside": replace(ASKED["inside"], modules={"aids.py": b"b"})},
    "what of ours travels inside": lambda: {"inside": replace(ASKED["inside"], ours={"grader/functions.py": b"g"})},
    "that notebooks can be run": lambda: {"inside": replace(ASKED["inside"], kernel=True)},
    "the sandbox": lambda: {"launcher": Launcher("process", {"image": "sha256:1"}, launch)},
    "the image": lambda: {"launcher": Launcher("docker", {"image": "sha256:2"}, launch)},
    "a limit": lambda: {"limits": Limits(memory_mb=1024)},
    "the size": lambda: {"setting": replace(ASKED["setting"], size="full")},
    "a number": lambda: {"setting": replace(ASKED["setting"], numbers={"train": 101.0})},
    "a number of the reduced size": lambda: {"setting": replace(ASKED["setting"], reduced={"train": 11.0})},
    "the digits": lambda: {"setting": replace(ASKED["setting"], data=as_data(digits(1)))},
    "that there are no digits": lambda: {"setting": replace(ASKED["setting"], data={})},
    "a parameter that a probe declares": lambda: {"setting": with_parameters(slope=0.01)},
    "which parameters a probe declares": lambda: {"probes": (replace(PROBE, parameters=("slope", "file")),)},
    "the seed": lambda: {"seed": 0},
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_key_changes_with(what: str) -> None:
    assert key(**CHANGES[what]()) != key()


SAME: dict[str, Callable[[], dict[str, Any]]] = {
    "who handed it in": lambda: {"submission": replace(ALICE, id="bob", digest="sha256:13", notes=())},
    "the order of the files": lambda: {"submission": replace(ALICE, files=dict(sorted(ALICE.files.items())))},
    "a parameter that no probe declares": lambda: {"setting": with_parameters(file="b.py", more=1.0)},
    "the very object of the digits": lambda: {"setting": replace(ASKED["setting"], data=as_data(digits()))},
}


@pytest.mark.parametrize("what", SAME)
def test_the_key_stays_whatever(what: str) -> None:
    assert key(**SAME[what]()) == key()


def test_the_key_changes_with_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.setattr(keys, "installed", lambda: ("numpy-9.9.9",))
    assert key() != before


def test_numpy_is_among_what_is_installed() -> None:
    assert f"numpy-{np.__version__}" in keys.installed()


def test_what_is_sent_inside_is_the_same_bytes_in_every_process() -> None:
    program = (
        "import sys; from hashlib import sha256; from grader import assignments; from grader.model import Limits; "
        "from grader.sandbox.payload import payload; "
        "sent = (payload(assignments.find(name).inside, {}, Limits(), folder='') for name in assignments.ids()); "
        "print(*(sha256(each).hexdigest() for each in sent))"
    )
    line = [sys.executable, "-c", program]
    digests = [
        subprocess.run(
            line, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    ]
    assert len(set(digests)) == 1
    assert len(set(digests[0].split())) == 2


def test_what_answers_calls_from_outside_is_in_the_key_of_probes_that_run_notebooks() -> None:
    serving = Inside(beside="grader.assignments.byomlp.engine.serving")
    asking = (Probe("asks", "asking", ask, kernel=True),)
    assert key(probes=asking, inside=serving) != key(probes=asking, inside=Inside())
    assert key(inside=serving) == key(inside=Inside())


def test_the_engine_is_followed_to_its_last_file() -> None:
    found = sources.files_behind(["grader.assignments.byomlp.engine.serving"])
    assert {
        "grader.replay.singles",
        "grader.replay.loop",
        "grader.functions",
        "grader.watching.logs.epochs",
    } <= found.keys()
