"""Calibrate the thresholds of the notebooks: train the assignment's networks from many seeds and see how far they get.

    python benchmarks/calibrate_digits.py [--network small|large|autoencoder] [--size full|quick|reduced] [--data DIR | --drawn]
                                          [--runs 40] [--first 0] [--jobs 2] [--rate 1e-4] [--biases 0.1|1]
                                          [--single] [--csv FILE]

Every run draws its own images of the size that the rubric gives, trains as the reference notebooks do (the replay engine does
what any correct `mlp.py` does) and measures on unseen digits as a grading does. Prints a line for each run, then the
distribution and what the thresholds of the rubric would have said.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import numpy as np
from scipy.linalg.blas import sgemm

from grader import datasets, pipeline
from grader.assignments import find
from grader.assignments.byomlp.engine.desk import COMPILE_AFTER
from grader.assignments.byomlp.notebook.architectures import AUTOENCODER, LARGE, SMALL
from grader.assignments.byomlp.notebook.autoencoder_checks import neighbours_agree
from grader.assignments.byomlp.notebook.autoencoder_probe import box, squared_error
from grader.assignments.byomlp.provided import layers, losses
from grader.datasets.digits import DIGITS, Digits, digits_of, idx, paper, principal, unseen
from grader.model import Array, Setting
from grader.watching.recording.thin import Thin, lay_over, settle
from kit.engine_in_thread import Seat, layers_of

WIDTHS = {"small": SMALL.widths, "large": LARGE.widths, "autoencoder": AUTOENCODER.widths}
EPOCHS = {"small": 100, "large": 100, "autoencoder": 3}
UNSEEN = 2000


class Plain:
    """What the engine lies over."""


NETWORK = lay_over(Plain, Seat(compile_after=COMPILE_AFTER))
Functions = tuple[Any, Any]
RELU: Functions = (layers.relu, layers.relu_deriv)
LEAKY: Functions = (layers.leaky_relu, layers.leaky_relu_deriv)
LOGISTIC: Functions = (layers.logistic, layers.logistic_deriv)


@cache
def data(folder: Path | None, *, drawn: bool) -> Digits:
    """Return the digits to train on."""
    wanted = replace(DIGITS, files=None) if drawn else DIGITS
    return digits_of(Setting(data={DIGITS.name: datasets.load(wanted, folder)}))


def classifier(widths: tuple[int, ...]) -> Thin:
    """Return a network that ends in a softmax."""
    net = NETWORK(784, losses.softmax_est_crossentropy_deriv)
    for m in widths[:-1]:
        net.add_layer(m, *(RELU if m == 40 else LEAKY))
    net.add_layer(widths[-1], layers.softmax, None)
    return net


def autoencoder(widths: tuple[int, ...]) -> Thin:
    """Return a network with two logistic codes in the middle."""
    net = NETWORK(784, losses.squared_loss_deriv)
    for k, m in enumerate(widths):
        name = AUTOENCODER.names.get(k)
        net.add_layer(m, *(LOGISTIC if k in (3, len(widths) - 1) else LEAKY), name=name)
    return net


def widen(net: Thin, biases: float) -> None:
    """Give the biases of an untrained network this standard deviation."""
    for layer in layers_of(net):
        layer.b *= biases / 0.1


def train(net: Thin, X: Array, Y: Array, *, epochs: int, batch: int, rate: float, halved: bool) -> None:
    """Train as the reference notebooks do: each image once an epoch, in a fresh order."""
    for _ in range(epochs):
        for place, k in enumerate(np.random.permutation(len(X)), start=1):  # noqa: NPY002 - as notebooks do
            net.backward(X[k], Y[k])
            if place % batch == 0:
                net.step(rate)
                net.zero_grad()
        rate = rate / 2 if halved else rate
    settle(net)
    net.seat.settled()  # type: ignore[attr-defined]


def train_single(net: Thin, X: Array, *, epochs: int, batch: int, rate: float) -> None:
    """Train an autoencoder as `train` does, with the rate halved, in single precision; its parameters are then laid back.

    The step of a batch is one product for each layer that BLAS adds to the weights themselves.
    """
    layers_ = layers_of(net)
    # column by column, as BLAS wants what it changes in place: W.T of each layer, (inputs, m)
    weights = [np.array(layer.W.T, dtype=np.float32, order="F") for layer in layers_]
    biases = [layer.b.astype(np.float32) for layer in layers_]
    logistic = [layer.f is layers.logistic for layer in layers_]
    for _ in range(epochs):
        order = np.random.permutation(len(X))  # noqa: NPY002 - as notebooks do
        for first in range(0, len(X) - batch + 1, batch):
            outputs, slopes = [X[order[first : first + batch]]], []
            for W, b, is_logistic in zip(weights, biases, logistic, strict=True):
                a = outputs[-1] @ W
                a += b
                if is_logistic:
                    e = np.exp(-np.abs(a))
                    outputs.append(np.where(a > 0, np.float32(1), e) / (1 + e))
                    slopes.append(e / (1 + e) ** 2)
                else:
                    outputs.append(np.maximum(a, np.float32(0.01) * a))
                    slopes.append(np.where(a > 0, np.float32(1), np.float32(0.01)))
            g = outputs[-1] - outputs[0]
            gradients = [g]
            for W, slope in zip(weights[:0:-1], slopes[-2::-1], strict=True):
                g = (g @ W.T) * slope
                gradients.append(g)
            for k, (h, g) in enumerate(zip(outputs[:-1], reversed(gradients), strict=True)):
                sgemm(-rate, h.T, g.T, beta=1.0, c=weights[k], trans_b=1, overwrite_c=1)
                biases[k] -= np.float32(rate) * g.sum(axis=0)
        rate /= 2
    for layer, W, b in zip(layers_, weights, biases, strict=True):
        layer.W[:], layer.b[:] = W.T, b


def run(
    seed: int, *, network: str, size: str, folder: Path | None, drawn: bool, rate: float, biases: float, single: bool
) -> dict[str, float]:
    """Return what a grading measures of one network trained from `seed`."""
    started = time.perf_counter()
    source = data(folder, drawn=drawn)
    rng = np.random.default_rng([seed, 17])
    np.random.seed(seed)  # noqa: NPY002
    numbers = pipeline.load_rubric(find("byomlp")).sizes[size]
    kind = "autoencoder" if network == "autoencoder" else "classification"
    chosen = idx.balanced(source.train_labels, int(numbers[f"{kind}_train"]), rng)
    X, labels = paper(source.train_images[chosen]), source.train_labels[chosen]
    rows, truth = unseen(source, UNSEEN, rng)
    if network != "autoencoder":
        net = classifier(WIDTHS[network])
        widen(net, biases)
        train(net, X, np.eye(10)[labels], epochs=EPOCHS[network], batch=1, rate=rate, halved=False)
        found = np.array([np.argmax(net.forward(x)) for x in rows])
        return {"accuracy": float(np.mean(found == truth)), "seconds": time.perf_counter() - started}
    net = autoencoder(WIDTHS[network])
    widen(net, biases)
    if single:
        train_single(net, X.astype(np.float32), epochs=EPOCHS[network], batch=16, rate=rate)
    else:
        train(net, X, X, epochs=EPOCHS[network], batch=16, rate=rate, halved=True)
    back = np.array([net.forward(x) for x in rows])
    codes = np.array([net.forward(x, end="latent") for x in rows])
    return {
        "loss": float(np.mean(squared_error(back, rows))),
        "pca": float(np.mean(squared_error(principal.principal_components(X, 2).back(rows), rows))),
        "mean_image": float(np.mean(squared_error(np.broadcast_to(X.mean(axis=0), rows.shape), rows))),
        "box": min(box(codes)),
        "told": neighbours_agree(codes, truth),
        "seconds": time.perf_counter() - started,
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=WIDTHS, default="small")
    parser.add_argument("--size", choices=("full", "quick", "reduced"), default="quick")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--drawn", action="store_true")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--biases", type=float, default=0.1, help="the standard deviation of the first biases")
    parser.add_argument("--single", action="store_true", help="train the autoencoder in single precision")
    parser.add_argument("--csv", type=Path, help="a file that each run is added to; what it holds is not run again")
    asked = parser.parse_args()
    settings = {"network": asked.network, "size": asked.size, "rate": asked.rate, "biases": asked.biases}
    one = partial(run, folder=asked.data, drawn=asked.drawn, single=asked.single, **settings)
    what = {**settings, "data": data(asked.data, drawn=asked.drawn).name, "single": asked.single}
    print(", ".join(f"{key} {value}" for key, value in what.items()), flush=True)
    seen = kept(asked.csv, what)
    seeds = [seed for seed in range(asked.first, asked.first + asked.runs) if seed not in seen]
    with ProcessPoolExecutor(asked.jobs) as pool:
        for seed, got in zip(seeds, pool.map(one, seeds), strict=True):
            seen[seed] = got
            keep(asked.csv, what, seed, got)
            print(f"  seed {seed}: " + ", ".join(f"{key} {value:.4g}" for key, value in got.items()), flush=True)
    runs = list(seen.values())
    for key in runs[0]:
        values = np.array([each[key] for each in runs])
        low, middle, high = values.min(), np.median(values), values.max()
        print(
            f"{key}: {len(runs)} runs, least {low:.4g}, median {middle:.4g}, most {high:.4g}, deviation {values.std():.3g}"
        )


def kept(file: Path | None, what: dict[str, object]) -> dict[int, dict[str, float]]:
    """Return the runs of these settings in a file, by seed."""
    if file is None or not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if all(row[key] == str(value) for key, value in what.items())]
    return {
        int(row["seed"]): {key: float(value) for key, value in row.items() if key not in what and key != "seed"}
        for row in rows
    }


def keep(file: Path | None, what: dict[str, object], seed: int, got: dict[str, float]) -> None:
    """Add a run to a file, which holds one kind of network."""
    if file is None:
        return
    row = {**what, "seed": seed, **got}
    begins = not file.exists()
    with file.open("a", newline="") as lines:
        writer = csv.DictWriter(lines, row)
        if begins:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
