"""Calibrate the thresholds of the notebooks: train the assignment's networks from many seeds and see how far they get.

    python benchmarks/calibrate_digits.py [--network small|large|autoencoder] [--size full|quick|reduced] [--data DIR | --drawn]
                                          [--runs 40] [--first 0] [--jobs 2] [--rate 1e-4]

Every run draws its own images of the size that the rubric gives, trains as the reference notebooks do (the replay engine does
what any correct `mlp.py` does) and measures on unseen digits as a grading does. Prints a line for each run, then the
distribution and what the thresholds of the rubric would have said.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from grader import datasets, pipeline
from grader.assignments import find
from grader.assignments.byomlp.notebook.architectures import AUTOENCODER, LARGE, SMALL
from grader.assignments.byomlp.notebook.autoencoder_checks import neighbours_agree
from grader.assignments.byomlp.notebook.autoencoder_probe import box, squared_error
from grader.assignments.byomlp.provided import layers, losses
from grader.datasets.digits import DIGITS, Digits, digits_of, idx, paper, principal, unseen
from grader.model import Array, Setting
from grader.replay import Engine, settle

WIDTHS = {"small": SMALL.widths, "large": LARGE.widths, "autoencoder": AUTOENCODER.widths}
EPOCHS = {"small": 100, "large": 100, "autoencoder": 3}
UNSEEN = 2000
Functions = tuple[Any, Any]
RELU: Functions = (layers.relu, layers.relu_deriv)
LEAKY: Functions = (layers.leaky_relu, layers.leaky_relu_deriv)
LOGISTIC: Functions = (layers.logistic, layers.logistic_deriv)


@cache
def data(folder: Path | None, *, drawn: bool) -> Digits:
    """Return the digits to train on."""
    wanted = replace(DIGITS, files=None) if drawn else DIGITS
    return digits_of(Setting(data={DIGITS.name: datasets.load(wanted, folder)}))


def classifier(widths: tuple[int, ...]) -> Engine:
    """Return a network that ends in a softmax."""
    net = Engine(784, losses.softmax_est_crossentropy_deriv)
    for m in widths[:-1]:
        net.add_layer(m, *(RELU if m == 40 else LEAKY))
    net.add_layer(widths[-1], layers.softmax, None)
    return net


def autoencoder(widths: tuple[int, ...]) -> Engine:
    """Return a network with two logistic codes in the middle."""
    net = Engine(784, losses.squared_loss_deriv)
    for k, m in enumerate(widths):
        name = AUTOENCODER.names.get(k)
        net.add_layer(m, *(LOGISTIC if k in (3, len(widths) - 1) else LEAKY), name=name)
    return net


def train(net: Engine, X: Array, Y: Array, *, epochs: int, batch: int, rate: float, halved: bool) -> None:
    """Train as the reference notebooks do: each image once an epoch, in a fresh order."""
    for _ in range(epochs):
        for place, k in enumerate(np.random.permutation(len(X)), start=1):  # noqa: NPY002 - as notebooks do
            net.backward(X[k], Y[k])
            if place % batch == 0:
                net.step(rate)
                net.zero_grad()
        rate = rate / 2 if halved else rate
    settle(net)


def run(seed: int, *, network: str, size: str, folder: Path | None, drawn: bool, rate: float) -> dict[str, float]:
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
        train(net, X, np.eye(10)[labels], epochs=EPOCHS[network], batch=1, rate=rate, halved=False)
        found = np.array([np.argmax(net.forward(x)) for x in rows])
        return {"accuracy": float(np.mean(found == truth)), "seconds": time.perf_counter() - started}
    net = autoencoder(WIDTHS[network])
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
    asked = parser.parse_args()
    one = partial(run, network=asked.network, size=asked.size, folder=asked.data, drawn=asked.drawn, rate=asked.rate)
    name = data(asked.data, drawn=asked.drawn).name
    print(f"{asked.network}, {name}, {asked.size}, rate {asked.rate:g}", flush=True)
    with ProcessPoolExecutor(asked.jobs) as pool:
        seen = []
        for seed, got in enumerate(pool.map(one, range(asked.first, asked.first + asked.runs)), start=asked.first):
            seen.append(got)
            print(f"  seed {seed}: " + ", ".join(f"{key} {value:.4g}" for key, value in got.items()), flush=True)
    for key in seen[0]:
        values = np.array([each[key] for each in seen])
        low, middle, high = values.min(), np.median(values), values.max()
        print(f"{key}: least {low:.4g}, median {middle:.4g}, most {high:.4g}, deviation {values.std(ddof=1):.3g}")


if __name__ == "__main__":
    main()
