"""How much faster the replay engine trains than the plain reference: the same loop as in a notebook, interleaved rounds.

    python benchmarks/replay.py [--rounds N] [--torch-python PATH]

Every case trains with the reference `mlp.py`, with the engine in numpy alone and, where numba is installed, with the engine
compiled, one after another in each round, so that a busy moment of the machine meets all of them alike. Printed are the
medians of the microseconds an example and of the ratios within a round. `--torch-python` is an interpreter in which PyTorch
is installed; it trains the two classification networks with one example a step, eagerly. Run with one thread for BLAS
(OPENBLAS_NUM_THREADS=1), as in the sandbox.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "reference" / "byomlp")]

import layers  # noqa: E402 - the course's own modules, found by the line above
import losses  # noqa: E402
import mlp  # noqa: E402

from grader.watching.recording.thin import Thin, lay_over, settle  # noqa: E402
from kit.engine_in_thread import Seat  # noqa: E402

LEAKY, RELU = (layers.leaky_relu, layers.leaky_relu_deriv), (layers.relu, layers.relu_deriv)
LOGISTIC, SOFTMAX = (layers.logistic, layers.logistic_deriv), (layers.softmax, None)
CODER = [(width, LEAKY) for width in (512, 256, 128)]
# layers, loss, examples a step, examples of a round for the reference and for the engine
CASES: dict[str, tuple[list[Any], Any, int, int, int]] = {
    "784-20-10": ([(20, LEAKY), (10, SOFTMAX)], losses.softmax_est_crossentropy_deriv, 1, 2000, 8000),
    "784-40-20-10": ([(40, RELU), (20, LEAKY), (10, SOFTMAX)], losses.softmax_est_crossentropy_deriv, 1, 2000, 8000),
    "autoencoder": (
        [*CODER, (2, LOGISTIC), *CODER[::-1], (784, LOGISTIC)],
        losses.squared_loss_deriv, 16, 64, 512,
    ),
}  # fmt: skip
NEVER = 1 << 60
TORCH = """
import sys, time, torch
torch.set_num_threads(1)
for widths in ([20, 10], [40, 20, 10]):
    sizes = [784, *widths]
    steps = [part for m, n in zip(sizes, widths) for part in (torch.nn.Linear(m, n), torch.nn.LeakyReLU())][:-1]
    net = torch.nn.Sequential(*steps)
    optimizer, loss = torch.optim.SGD(net.parameters(), lr=1e-4), torch.nn.CrossEntropyLoss()
    X, y = torch.rand(1500, 1, 784), torch.randint(10, (1500, 1))
    for k in range(len(X)):
        if k == 500:
            begin = time.perf_counter()
        optimizer.zero_grad(); loss(net(X[k]), y[k]).backward(); optimizer.step()
    print((time.perf_counter() - begin) / 1000 * 1e6)
"""


def build(cls: type, case: str) -> Any:
    """Return a network of a case."""
    made, loss, *_ = CASES[case]
    np.random.seed(1)  # noqa: NPY002 - what the networks draw from
    net = cls(784, loss)
    for width, (f, slope) in made:
        net.add_layer(width, f, slope)
    return net


def train(net: Any, X: np.ndarray, Y: np.ndarray, batch: int) -> float:
    """Train as a notebook does over a fresh order; return the microseconds an example."""
    order = np.random.default_rng(0).permutation(len(X))
    begin = time.perf_counter()
    for count, i in enumerate(order, 1):
        net.backward(X[i], Y[i])
        if count % batch == 0:
            net.step(1e-4)
            net.zero_grad()
    if isinstance(net, Thin):
        settle(net)
        net.seat.settled()  # type: ignore[attr-defined]
    return (time.perf_counter() - begin) / len(X) * 1e6


def evaluate(net: Any, X: np.ndarray) -> float:
    """Run all rows forward as a notebook does; return the microseconds an example."""
    begin = time.perf_counter()
    for x in X:
        net.forward(x)
    return (time.perf_counter() - begin) / len(X) * 1e6


def engine(compile_after: int) -> type:
    """Return the engine over the reference's class, compiling after so many steps."""
    return lay_over(mlp.MLP, Seat(compile_after=compile_after))


def torch_times(python: str) -> dict[str, float]:
    """Return the microseconds a step of PyTorch at batch 1 for the classification networks."""
    answer = subprocess.run([python, "-c", TORCH], capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(["784-20-10", "784-40-20-10"], map(float, answer), strict=True))


def main() -> None:
    """Run the rounds and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds (default: 7)")
    parser.add_argument("--torch-python", default=sys.executable if importlib.util.find_spec("torch") else "")
    chosen = parser.parse_args()
    kinds: dict[str, Callable[[], type]] = {"reference": lambda: mlp.MLP, "numpy": lambda: engine(NEVER)}
    if importlib.util.find_spec("numba"):
        kinds["numba"] = lambda: engine(0)
    rng = np.random.default_rng(0)
    X, T = rng.random((8000, 784)), np.eye(10)[rng.integers(10, size=8000)]
    found: dict[tuple[str, str, str], list[float]] = {}
    for case, (_, _, batch, few, many) in CASES.items():
        nets = {kind: build(make(), case) for kind, make in kinds.items()}
        for number in range(chosen.rounds + 1):
            for kind, net in nets.items():
                rows = X[: few if kind == "reference" else many]
                targets = T if batch == 1 else X
                times = {"train": train(net, rows, targets, batch), "forward": evaluate(net, rows)}
                # the first round compiles and warms up
                for task, microseconds in times.items() if number else ():
                    found.setdefault((case, task, kind), []).append(microseconds)
            if number and chosen.torch_python and batch == 1:
                found.setdefault((case, "train", "torch"), []).append(torch_times(chosen.torch_python)[case])
    print(f"{'network':14} {'task':8} {'what':10} {'us an example':>14} {'reference / this':>17} {'torch / this':>13}")
    for (case, task, kind), values in found.items():
        plain, eager = found[case, task, "reference"], found.get((case, task, "torch"))
        ratio = statistics.median(a / b for a, b in zip(plain, values, strict=True))
        against = f"{statistics.median(a / b for a, b in zip(eager, values, strict=True)):13.1f}" if eager else ""
        print(f"{case:14} {task:8} {kind:10} {statistics.median(values):14.1f} {ratio:17.1f} {against}")


if __name__ == "__main__":
    main()
