"""Submissions with notebooks, as small as they can be and still do all that is asked: built from cells, run in a sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import numpy as np

from grader.assignments import find
from grader.checks import run_checks
from grader.datasets.digits import Digits
from grader.datasets.digits.drawing import draw
from grader.model import Evidence, Finding, Limits, Setting, Submission
from grader.pipeline import load_rubric
from kit import ROOT, warm
from kit.digits_samples import as_data
from kit.kept import observe

TRAIN, TEST = 200, 60
NUMBERS = {
    "classification_train": TRAIN,
    "classification_test": TEST,
    "autoencoder_train": TRAIN,
    "autoencoder_test": TEST,
    "cell_seconds": 60.0,
    "notebook_seconds": 150.0,
}

START = """
import numpy as np
from mlp import MLP
from layers import *
from losses import *
from digits import get_digits, plot_digits_dimreduced_examples
X, Y = get_digits("Digits")
X_test, Y_test = get_digits("DigitsTest")
"""
SGD = """
def accuracy(net, X, Y):
    return np.mean([np.argmax(net.forward(x)) == y for x, y in zip(X, Y)])

def train(net, epochs=100, alpha=0.02):
    for epoch in range(epochs):
        for i in np.random.permutation(len(X)):
            net.backward(X[i], np.eye(10)[Y[i]])
            net.step(alpha)
            net.zero_grad()
    print(f"train {accuracy(net, X, Y):.4f} test {accuracy(net, X_test, Y_test):.4f}")
"""
SMALL = """
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv)
net.add_layer(10, softmax, None)
train(net)
"""
LARGE = """
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(40, relu, relu_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv)
net.add_layer(10, softmax, None)
train(net)
"""
COMPARISON = (
    "# The second network works better than the first: its additional layer puts strokes together. Both overfit on so few "
    "digits, for they get all training images right, and clearly fewer of the test images than of those."
)
AUTOENCODER = """
ae = MLP(784, squared_loss_deriv)
for width in (512, 256, 128):
    ae.add_layer(width, leaky_relu, leaky_relu_deriv)
ae.add_layer(2, logistic, logistic_deriv, name="latent")
ae.add_layer(128, leaky_relu, leaky_relu_deriv, name="up128")
for width in (256, 512):
    ae.add_layer(width, leaky_relu, leaky_relu_deriv)
ae.add_layer(784, logistic, None)
alpha = 1e-4
for epoch in range(3):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), 16):
        for i in order[start:start + 16]:
            ae.backward(X[i], X[i])
        ae.step(alpha)
        ae.zero_grad()
    alpha /= 2
"""
PLOT = "plot_digits_dimreduced_examples(X_test, Y_test, ae)"

CLASSIFICATION = (START, SGD, SMALL, LARGE, COMPARISON)


def notebook(*cells: str) -> bytes:
    """Return a notebook of these cells; one that begins like a comment is Markdown. Outputs that are saved in it are lies."""
    lie = {"output_type": "stream", "name": "stdout", "text": "train 0.9999 test 0.9999"}
    made = []
    for cell in cells:
        if cell.startswith("# "):
            made.append({"cell_type": "markdown", "metadata": {}, "source": cell[2:]})
        else:
            made.append({"cell_type": "code", "metadata": {}, "source": cell, "outputs": [lie], "execution_count": 1})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def good(**changes: bytes) -> dict[str, bytes]:
    """Return the files of a submission that does all that is asked; `changes` are files without the dot in their names."""
    return {
        "mlp.py": (ROOT / "reference" / "byomlp" / "mlp.py").read_bytes(),
        "Classification.ipynb": notebook(*CLASSIFICATION),
        "Autoencoder.ipynb": notebook(START, AUTOENCODER, PLOT),
        **{name.replace("_ipynb", ".ipynb").replace("_py", ".py"): content for name, content in changes.items()},
    }


@cache
def digits() -> Digits:
    """Return a few drawn digits."""
    rng = np.random.default_rng(11)
    return Digits("drawn", *draw(TRAIN, rng), *draw(TEST, rng))


def observed(files: Mapping[str, bytes], *probes: str, size: str = "quick", **numbers: float) -> Evidence:
    """Return what the probes of these names see of a submission in the process sandbox, at a size that takes seconds.

    An autoencoder that learns nothing is tried again and again, as bad luck, where the size is not the reduced one.
    """
    assignment = find("byomlp")
    provided = {path.name: path.read_bytes() for path in (ROOT / "grader/assignments/byomlp/provided").glob("*.py")}
    submission = Submission("alice", "sha256:" + "0f" * 32, {**files, **provided})
    chosen = [probe for probe in assignment.probes if probe.name in probes]
    parameters = load_rubric(assignment).parameters
    setting = Setting(size, NUMBERS | numbers, NUMBERS | numbers, as_data(digits()), parameters)
    launcher = warm.launcher_for(chosen)
    return observe(
        submission,
        chosen,
        assignment.inside,
        assignment="byomlp",
        launcher=launcher,
        seed=5,
        limits=Limits(),
        setting=setting,
    )


def findings(evidence: Evidence, *probes: str) -> dict[str, Finding]:
    """Return what the checks say that read nothing but these probes."""
    assignment = find("byomlp")
    checks = [check for check in assignment.checks if set(check.reads) <= set(probes)]
    return {each.check: each for each in run_checks(checks, evidence, load_rubric(assignment).thresholds)}
