"""The watch in the sandbox: networks that cells make are told of, held, and answer when they are asked."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp import ASSIGNMENT
from grader.assignments.byomlp.network.networks import Layer, Network
from grader.assignments.byomlp.network.parameters import explain
from grader.assignments.byomlp.notebook import watch_operations
from grader.model import Limits
from grader.sandbox import Launcher, Session, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.conversation import Conversation
from kit import ROOT
from kit.asking import session, worker

LIMITS = Limits(call_seconds=60, session_seconds=300, memory_mb=1024, files_mb=32, answer_mb=16, output_kb=16)
MLP = ROOT / "reference" / "byomlp" / "mlp.py"
FILES = {"mlp.py": MLP.read_bytes(), **ASSIGNMENT.provided}
RNG = np.random.default_rng(5)
TRAIN, TEST = (RNG.integers(0, 256, (n, 784), dtype=np.uint8) for n in (80, 20))
LABELS = (np.arange(80) % 10).astype(np.uint8), (np.arange(20) % 10).astype(np.uint8)
CELLS = [
    "import numpy as np\nnp.random.seed(2)\nfrom layers import *\nfrom losses import *\nfrom mlp import MLP\n"
    "X, Y = np.random.rand(80, 784), np.eye(10)[np.arange(80) % 10]\nnp.random.seed(3)",
    "net = MLP(784, softmax_est_crossentropy_deriv)\nnet.add_layer(20, leaky_relu, leaky_relu_deriv, name='hidden')\n"
    "net.add_layer(10, softmax, None, name='last')",
    "for epoch in range(3):\n    for i in np.random.permutation(80):\n        net.backward(X[i], Y[i])\n"
    "        net.step(0.01)\n        net.zero_grad()\nprint(net.forward(X[0]).sum())",
]  # fmt: skip
HAS_ENGINE = importlib.util.find_spec("grader.replay") is not None
BOTH = pytest.mark.parametrize(
    "mode",
    [
        pytest.param("engine", marks=pytest.mark.skipif(not HAS_ENGINE, reason="there is no replay engine here")),
        "own",
    ],
)


@pytest.fixture(scope="module")
def conversation() -> Iterator[Conversation]:
    with open_launcher("process") as launcher:
        yield from _opened(launcher)


def _opened(launcher: Launcher) -> Iterator[Conversation]:
    with worker(launcher, FILES, ASSIGNMENT.inside, limits=LIMITS) as conversation:
        yield conversation


Asked = tuple[Session, list[dict[str, Any]]]


@contextmanager
def run(conversation: Conversation, mode: str) -> Iterator[Asked]:
    """Run the cells in a session of their own; gives it with the networks that were made."""
    asked = session(conversation, limits=LIMITS, seconds=120)
    digits = watch_operations.laid(TRAIN, LABELS[0], TEST, LABELS[1])
    asked.ask_beside(watch_operations.watch_outside(mode, digits), seconds=20)
    watched, opened = asked.run(watch_operations.watch(mode, digits, import_seconds=20), op.open_kernel())
    assert (watched.problem, opened.problem) == (None, None)
    assert watched.value == {"mode": mode, "problem": "", "mlp": ""}
    cells = [asked.run(op.cell(source, number, seconds=60))[0] for number, source in enumerate(CELLS, start=1)]
    assert [answer.value["error"] for answer in cells] == [None] * len(CELLS)
    (answer,) = asked.run(watch_operations.settle())
    assert answer.problem is None
    yield asked, watch_operations.validated(asked.ask_beside(watch_operations.networks(), seconds=20))
    conversation.end(5.0)


@BOTH
def test_the_networks_of_a_notebook_are_told_of(conversation: Conversation, mode: str) -> None:
    with run(conversation, mode) as (_, (found,)):
        layers, log = found["layers"], found["log"]
    assert (found["name"], found["cell"], found["fits"], found["fault"]) == ("net-0", 2, mode == "engine", "")
    assert [(each["width"], each["activation"]) for each in layers] == [(20, "leaky_relu"), (10, "softmax")]
    assert [(each["examples"], each["cell"]) for each in log["passes"]] == [(80, 3)] * 3
    assert log["batches"] == [[1, True, 0.01, 240]]


def test_a_held_network_is_read_by_its_layer_names(conversation: Conversation) -> None:
    layers = (Layer(20, "leaky_relu", "hidden"), Layer(10, "softmax", "last", derivative=False))
    rows = np.random.default_rng(1).random((4, 784))
    with run(conversation, "own") as (asked, _):
        way, _ = explain(asked, "net-0", Network(784, layers, "crossentropy"), rows)
    assert way == "names"


def test_both_ways_of_running_a_notebook_end_with_the_same_network(conversation: Conversation) -> None:
    rows = np.random.default_rng(2).random((5, 784))
    outputs = []
    for mode in ("engine", "own") if HAS_ENGINE else ("own", "own"):
        with run(conversation, mode) as (asked, _):
            outputs.append(asked.run(op.map_rows("net-0", "forward", rows))[0].value["results"])
    assert outputs[0].shape == (5, 10)
    assert np.allclose(*outputs, rtol=1e-9, atol=0)
