"""An assignment as small as can be: can mlp.py be loaded, does it define the function answer, and is that right?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from grader.assignments import Assignment
from grader.checks import check, failed, passed
from grader.model import Evidence, Finding, Limits, Observation, Report, Rubric, RubricItem, Submission
from grader.pipeline import judge
from grader.sandbox import Inside, Probe, Session
from grader.sandbox.operations import load

RIGHT = "def answer():\n    return 42\n"
WRONG = "def reply():\n    return 41\n"


def module(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Load mlp.py and note what it defines."""
    (answer,) = session.run(load())
    data.update(functions=sorted((answer.value or {}).get("functions", {})), problem=str(answer.problem or ""))


def dice(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Note numbers that hang on the seed alone."""
    data.update(rolls=rng.integers(6, size=8))


@check(reads=["module"])
def loads(module: Observation) -> Finding:
    """mlp.py can be loaded."""
    return failed(module.data["problem"], hint="Run it yourself.") if module.data["problem"] else passed()


@check(reads=["module"], after=[loads])
def answers(module: Observation) -> Finding:
    """There is a function answer."""
    return passed() if "answer" in module.data["functions"] else failed("no function answer", hint="Write one.")


@check(reads=["module", "dice"], after=[loads], thresholds=["most"])
def rolls(module: Observation, dice: Observation, most: float) -> Finding:
    """Dice show six numbers."""
    total = int(np.asarray(dice.data["rolls"]).sum())
    return passed(f"{total} pips") if total <= most else failed(f"{total} pips", hint="Roll again.")


ASSIGNMENT = Assignment(
    id="small",
    title="A small assignment",
    rubric=Path("small.toml"),
    required=("mlp.py",),
    provided={},
    inside=Inside(),
    probes=(Probe("module", "loading", module), Probe("dice", "rolling", dice, lane=1)),
    checks=(loads, answers, rolls),
)
ITEMS = (
    RubricItem("code", "Code", 3.0, {"loads": 1.0, "answers": 2.0}),
    RubricItem("luck", "Luck", 4.0, {"rolls": 4.0}, public=False),
)
RUBRIC = Rubric("small", "A small assignment", ITEMS, {"rolls": {"most": 40.0}}, Limits(), "sha256:" + "5a" * 32)
MODULE = Observation("module", {"functions": ["answer"], "problem": ""})
DICE = Observation("dice", {"rolls": np.arange(6)})


def evidence(*observations: Observation, **facts: str) -> Evidence:
    """Return evidence with these observations."""
    return Evidence({each.probe: each for each in observations}, seed=7, sandbox="process", seconds=0.5, facts=facts)


def submission(name: str = "alice") -> Submission:
    """Return a submission of that name."""
    return Submission(name, "sha256:" + "0f" * 32, {"mlp.py": RIGHT.encode()})


def report(*observations: Observation) -> Report:
    """Return the report on these observations, on all when none is given."""
    return judge(submission(), evidence(*(observations or (MODULE, DICE))), ASSIGNMENT, RUBRIC)


def hand_in(folder: Path, text: str = RIGHT) -> Path:
    """Write a submission into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mlp.py").write_text(text, encoding="utf-8")
    return folder
