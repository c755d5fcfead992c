"""Measuring the networks of a main notebook on points and digits that the notebook never saw, and on those that it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.believing import outputs_in
from grader.assignments.modules.main.files import as_ink, labels_of
from grader.assignments.modules.main.scaling import Scaling, scaling_of
from grader.digits import unseen
from grader.digits.answers import estimates
from grader.digits.principal import principal_components
from grader.model import Array, Digits, Problem, ProblemKind
from grader.plain import plain_problem
from grader.sandbox import Session, operations

UNSEEN = {"full": 5000}
UNSEEN_ELSE = 2000
POINTS = 500
CENTRE = 2.0
CANDIDATES = 4
PIECE = 1000
SAMPLE = 4000
SHOWN, PICTURES, COMPONENTS = 10, 24, 30
PCA_IMAGES = 5000
# of keys: rows that were rounded to single precision, after some arithmetic
ROUNDING = 300

now = time.monotonic


@dataclass(frozen=True)
class Measuring:
    """What is measured with: the digits that were laid beside the notebook, and until when there is time."""

    session: Session
    digits: Digits
    until: float
    keys: Callable[[Array], Array]

    def outputs(self, network: nets.Network, rows: Array) -> tuple[Array | None, dict[str, str] | None]:
        """Return what a network makes of rows (N, d), (N, m) float32, or None and the problem that kept it from that."""
        parts: list[Array] = []
        for first in range(0, len(rows), PIECE):
            left = self.until - now()
            piece = rows[first : first + PIECE]
            if left <= 0:
                late = "the time for this notebook was over before the network was measured"
                return None, plain_problem(Problem(ProblemKind.TIMEOUT, late))
            asked = operations.plugged("main_outputs", "forward()", index=network["index"], rows=piece)
            (answer,) = self.session.run(operations.within(left, asked))
            found = None if answer.problem else outputs_in(answer.value, len(piece))
            if found is None or (parts and found.shape[1] != parts[0].shape[1]):
                return None, plain_problem(answer.problem)
            parts.append(found)
        return np.concatenate(parts), None


def measure(measuring: Measuring, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Note in ``measured`` of `seen` what the toy model, the final model and an autoencoder are worth."""
    measured = seen["measured"]
    if toys := nets.toys(seen["networks"]):
        measured["toy"] = _toy(measuring, toys[-1], rng)
    images, labels = unseen(measuring.digits, UNSEEN.get(seen["size"], UNSEEN_ELSE), rng)
    seen["labels"] = labels.astype(np.uint8)
    # as the file has them: ink is 1
    rows = (1 - images).astype(np.float32)
    found = [_digits(measuring, each, rows, labels) for each in nets.final_candidates(seen["networks"])[:CANDIDATES]]
    if nets.final_candidates(seen["networks"]) and not nets.has(nets.final_candidates(seen["networks"])[0], "Dropout"):
        # without dropout it is anyone's guess which of them is final: the best one
        found.sort(key=lambda each: -each["right"])
    if found:
        measured["digits"] = found[0]
        _known(measuring, seen["networks"], found[0], rng)
    if autoencoders := nets.autoencoders(seen["networks"]):
        measured["autoencoder"] = _autoencoder(measuring, autoencoders[-1], rows)


def clouds(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return fresh points (1000, 2) of the two clouds, and which cloud (1000,) each is of."""
    which = np.repeat([0, 1], POINTS)
    return rng.standard_normal((2 * POINTS, 2)) + np.where(which, -CENTRE, CENTRE)[:, None], which


def _toy(measuring: Measuring, network: nets.Network, rng: np.random.Generator) -> dict[str, Any]:
    points, which = clouds(rng)
    output, problem = measuring.outputs(network, points)
    return {"index": network["index"], "points": points, "which": which, "output": output, "problem": problem}


def _digits(measuring: Measuring, network: nets.Network, rows: Array, labels: Array) -> dict[str, Any]:
    scaling = scaling_of(network["samples"], measuring.digits)
    output, problem = measuring.outputs(network, scaling.applied(rows))
    measured: dict[str, Any] = {
        "index": network["index"],
        "output": output,
        "problem": problem,
        "scaling": str(scaling),
    }
    measured["right"] = -1
    if output is not None and output.shape == (len(labels), nets.CLASSES):
        estimate = estimates(output)
        wrong = np.flatnonzero(estimate != labels)
        order = wrong[np.argsort(-output[wrong].max(axis=1), kind="stable")]
        worst = np.concatenate([order, np.flatnonzero(estimate == labels)])[:PICTURES]
        measured |= {"right": int(np.sum(estimate == labels)), "shown": worst, "shown_rows": _as_bytes(rows[worst])}
    return measured


def _known(
    measuring: Measuring, networks: list[nets.Network], measured: dict[str, Any], rng: np.random.Generator
) -> None:
    """Note how many of the laid digits the final model gets right: those that it was not trained on, those it was, and all."""
    network = next(each for each in networks if each["index"] == measured["index"])
    scaling = scaling_of(network["samples"], measuring.digits)
    keys = _keys_of_all(measuring, scaling)
    held_out, trained = (_near(keys, network[name]) for name in ("held_out_keys", "trained_keys"))
    labels = labels_of(measuring.digits)
    for name, wanted in (("validation", held_out), ("training", trained), ("all", np.full(len(keys), True))):
        which = np.flatnonzero(wanted)
        if len(which) > SAMPLE:
            which = np.sort(rng.choice(which, SAMPLE, replace=False))
        if not len(which):
            continue
        output, _ = measuring.outputs(network, scaling.applied(_rows(measuring.digits, which)))
        if output is not None and output.shape == (len(which), nets.CLASSES):
            measured[f"{name}_right"] = int(np.sum(estimates(output) == labels[which]))
            measured[f"{name}_count"] = len(which)


def _keys_of_all(measuring: Measuring, scaling: Scaling) -> Array:
    count = len(measuring.digits.train_labels) + len(measuring.digits.test_labels)
    pieces = [np.arange(first, min(first + PIECE, count)) for first in range(0, count, PIECE)]
    return np.concatenate([measuring.keys(scaling.applied(_rows(measuring.digits, piece))) for piece in pieces])


def _near(keys: Array, wanted: Array) -> Array:
    """Tell of each key whether it is among those wanted (in ascending order), but for rounding."""
    if not len(wanted):
        return np.full(len(keys), False)
    right = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    left = np.maximum(right - 1, 0)
    off: Array = np.minimum(np.abs(wanted[right] - keys), np.abs(wanted[left] - keys))
    return off <= ROUNDING


def _rows(digits: Digits, which: Array) -> Array:
    """Return those of the laid digits as the file has them, by their place in it."""
    train = len(digits.train_labels)
    images = np.empty((len(which), digits.train_images.shape[1]), dtype=np.uint8)
    images[which < train] = digits.train_images[which[which < train]]
    images[which >= train] = digits.test_images[which[which >= train] - train]
    return as_ink(images)


def _autoencoder(measuring: Measuring, network: nets.Network, rows: Array) -> dict[str, Any]:
    scaling = scaling_of(network["samples"], measuring.digits)
    rows = rows[:UNSEEN_ELSE]
    output, problem = measuring.outputs(network, scaling.applied(rows))
    train = as_ink(measuring.digits.train_images[:PCA_IMAGES]).astype(np.float64)
    back = principal_components(train, COMPONENTS).back(rows.astype(np.float64))
    measured: dict[str, Any] = {"index": network["index"], "problem": problem, "loss": None}
    measured["pca_loss"] = float(np.mean(np.sum((back - rows) ** 2, axis=1)))
    if output is not None and output.shape == rows.shape:
        given = scaling.undone(output)
        measured["loss"] = float(np.mean(np.sum((given - rows) ** 2, axis=1)))
        shown = {"shown_rows": rows[:SHOWN], "shown_back": given[:SHOWN], "shown_pca": back[:SHOWN]}
        measured |= {name: _as_bytes(images) for name, images in shown.items()}
    return measured


def _as_bytes(rows: Array) -> Array:
    """Return rows with ink 1 as uint8, for pictures; what is not a number is ink."""
    return np.asarray(np.rint(255 * np.clip(np.nan_to_num(rows, nan=1.0), 0, 1)), dtype=np.uint8)


def share(measured: Mapping[str, Any], name: str) -> float | None:
    """Return the accuracy of the final model on one part of the laid digits, or None."""
    count = measured.get(f"{name}_count")
    return measured[f"{name}_right"] / count if count else None
