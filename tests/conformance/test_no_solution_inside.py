"""Nothing that solves the homework is within reach of student code: not as text, not as code, in no lane and no sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp import ASSIGNMENT
from grader.assignments.byomlp.notebook import watch_operations
from grader.model import Limits
from grader.sandbox import Inside, Launcher
from grader.sandbox import operations as op
from grader.sandbox.payload import payload, worker_source
from kit import ROOT
from kit.asking import session, worker
from kit.kinds import holding
from kit.walking import CANARY, INSIDE, WALK, canary, hashes_of, solutions

LIMITS = Limits(call_seconds=100, session_seconds=300, memory_mb=1500, files_mb=32, answer_mb=32, output_kb=64)
# the class is empty, so that what is found is nobody's but ours
MLP = f'''{WALK}

# {CANARY}
PLANTED = """
{CANARY}
"""

class MLP:
    def __init__(self, d=0, est_lossderiv=None): pass
    def add_layer(self, m, f, fderiv, name=None): pass
    def forward(self, x, start=None, end=None): pass
    def backward(self, x, y): pass
    def step(self, alpha): pass
    def zero_grad(self): pass
    def lines(self): return walk()[0]
    def codes(self): return walk()[1]
'''
FILES = {"mlp.py": MLP.encode(), **ASSIGNMENT.provided}
PLAIN = replace(ASSIGNMENT.inside, kernel=False, notebook_plugins=(), notebook_ours={}, beside="")
# whatever else comes to travel, a solution is one
TRAVELS = [
    *(ROOT / name for name in worker_source() if name != "grader/__init__.py"),
    *sorted((ROOT / "grader/watching").rglob("*.py")),
    *sorted((ROOT / "grader/assignments/byomlp/inside").glob("*.py")),
    *sorted((ROOT / "grader/assignments/byomlp/provided").glob("*.py")),
]
DIGITS = np.random.default_rng(0).integers(0, 256, (20, 784), dtype=np.uint8)
LABELS = (np.arange(20) % 10).astype(np.uint8)
each_sandbox = holding("solutions")


def solved() -> tuple[set[int], set[int]]:
    """Return the hashes of lines and code that are in solutions and in nothing that travels."""
    lines, codes = hashes_of(solutions())
    known_lines, known_codes = hashes_of(TRAVELS)
    return lines - known_lines, codes - known_codes


def assert_none_is_found(lines: set[int], codes: set[int]) -> None:
    wanted_lines, wanted_codes = solved()
    assert canary() in lines
    # code that is there is found
    assert codes & hashes_of(TRAVELS)[1]
    assert len(wanted_lines) > 300
    assert len(wanted_codes) > 40
    assert (lines & wanted_lines, codes & wanted_codes) == (set(), set())


@each_sandbox
def test_beside_a_module_there_is_no_solution(launcher: Launcher) -> None:
    with worker(launcher, FILES, PLAIN, limits=LIMITS) as conversation:
        asked = session(conversation, limits=LIMITS, seconds=200)
        loaded, made = asked.run(op.load(), op.create("net", "mlp.MLP"))
        assert (loaded.problem, made.problem) == (None, None)
        lines, codes = (asked.run(op.call("net", name))[0] for name in ("lines", "codes"))
        assert (lines.problem, codes.problem) == (None, None)
        assert_none_is_found(set(lines.value.tolist()), set(codes.value.tolist()))


@each_sandbox
def test_beside_a_notebook_there_is_no_solution(launcher: Launcher) -> None:
    digits = watch_operations.laid(DIGITS, LABELS, DIGITS[:5], LABELS[:5])
    with worker(launcher, FILES, ASSIGNMENT.inside, limits=LIMITS) as conversation:
        asked = session(conversation, limits=LIMITS, seconds=300)
        asked.ask_beside(watch_operations.watch_outside("engine", digits), seconds=60)
        watched, opened = asked.run(
            op.within(100, watch_operations.watch("engine", digits, import_seconds=60)), op.open_kernel()
        )
        assert (watched.problem, opened.problem) == (None, None)
        (loaded,) = asked.run(op.load())
        assert loaded.problem is None
        (made,) = asked.run(op.create("net", "mlp.MLP", 3, op.function("losses.squared_loss_deriv")))
        assert made.problem is None
        lines, codes = (asked.run(op.call("net", name))[0] for name in ("lines", "codes"))
        assert (lines.problem, codes.problem) == (None, None)
        assert_none_is_found(set(lines.value.tolist()), set(codes.value.tolist()))


@pytest.mark.parametrize("inside", [PLAIN, ASSIGNMENT.inside], ids=["plain", "notebooks"])
def test_the_first_message_holds_no_solution(inside: Inside) -> None:
    raw = payload(inside, {}, LIMITS, folder="/").decode(errors="replace")
    lines: Any = {line.strip() for line in raw.split("\n")}
    found = hashes_of(solutions())[0] - hashes_of(TRAVELS)[0]
    assert {each for each in lines if INSIDE["line_hashes"](each) & found} == set()  # type: ignore[operator]
