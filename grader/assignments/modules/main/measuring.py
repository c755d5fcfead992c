"""Measuring the networks of a main notebook on points and digits that the notebook never saw, and on those that it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.files import as_ink, labels_of
from grader.assignments.modules.main.validated import NetworkRecord, outputs_in
from grader.datasets.digits import Digits, unseen
from grader.datasets.digits.answers import estimates, most_wrong
from grader.datasets.digits.pictures import as_bytes
from grader.datasets.digits.principal import principal_components
from grader.datasets.digits.scaling import Scaling, Sharpness, scaling_of
from grader.model import Array
from grader.notebooks import measuring
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session
from grader.sandbox.operations import plugged

UNSEEN = {"full": 5000}
UNSEEN_ELSE = 2000
POINTS = 500
CENTRE = 2.0
CANDIDATES = 4
# of the unseen digits, those by which two models may differ that are as good
NEARLY = 0.02
PIECE = 1000
SAMPLE = 4000
# samples are kept in single precision, and a mean over other images than ours is nearly the same one
SHARPNESS = Sharpness(alike=1e-6, rounding=1e-3, enough=3, centred=1e-3)
SHOWN, PICTURES, COMPONENTS = 10, 24, 30
PCA_IMAGES = 5000
# of keys: rows that were rounded to single precision, after some arithmetic
ROUNDING = 300


class MeasuredToy(TypedDict):
    """What the toy model makes of fresh `points` (1000, 2) of the two clouds; `which` says of which cloud each is."""

    index: int
    points: Array
    which: Array
    output: Array | None
    problem: PlainProblem | None


class MeasuredDigits(TypedDict, total=False):
    """What the final model makes of unseen digits, and of how many laid ones it is right.

    `right` counts unseen digits, -1 where it could not be asked; `scaling` says how digits were changed for it; `shown` numbers
    those that are shown, the most wrong first, and `shown_rows` are their pixels. Of laid digits, `validation` are those that it
    was not trained on, `training` those that it was.
    """

    index: int
    output: Array | None
    problem: PlainProblem | None
    scaling: str
    right: int
    shown: Array
    shown_rows: Array
    validation_right: int
    validation_count: int
    training_right: int
    training_count: int
    all_right: int
    all_count: int


class MeasuredAutoencoder(TypedDict, total=False):
    """Squared errors of an autoencoder and of principal components on unseen digits; some of these, and what is given back."""

    index: int
    problem: PlainProblem | None
    loss: float | None
    pca_loss: float
    shown_rows: Array
    shown_back: Array
    shown_pca: Array


class Measured(TypedDict, total=False):
    """What the networks of a main notebook are worth."""

    toy: MeasuredToy
    digits: MeasuredDigits
    autoencoder: MeasuredAutoencoder


@dataclass(frozen=True)
class Measuring:
    """What is measured with: the digits that were laid beside the notebook, and until when there is time."""

    session: Session
    digits: Digits
    until: float
    keys: Callable[[Array], Array]
    # by number of a network, what its parameters make of rows
    explained: dict[int, Callable[[Array], Array | None]] = field(default_factory=dict)
    kept: dict[str, frozenset[bytes]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many digits were laid."""
        return len(self.digits.train_labels) + len(self.digits.test_labels)

    def knows(self, network: NetworkRecord, scaling: Scaling) -> bool:
        """Tell whether a network met rows that are digits which were laid, as this scaling has them."""
        samples = network["samples"]
        if not len(samples) or samples.shape[1] != self.digits.train_images.shape[1]:
            return False
        if "laid" not in self.kept:
            images = (*self.digits.train_images, *self.digits.test_images)
            self.kept["laid"] = frozenset(each.tobytes() for each in images)
        grey = np.clip(np.rint(scaling.undone(samples) * 255), 0, 255).astype(np.uint8)
        return any(each.tobytes() in self.kept["laid"] for each in grey)

    def scaling(self, network: NetworkRecord) -> Scaling:
        """Return how the digits were changed before a network got them; 1 was ink."""
        return scaling_of(network["samples"], [self.digits.train_images, self.digits.test_images], as_ink, SHARPNESS)

    def outputs(self, network: NetworkRecord, rows: Array) -> tuple[Array | None, PlainProblem | None]:
        """Return what a network makes of rows (N, d), (N, m) float32, or None and the problem that kept it from that.

        Where its parameters explain it, this is what they give here.
        """
        if (by := self.explained.get(network["index"])) is not None:
            parts = [by(rows[start : start + PIECE]) for start in range(0, len(rows), PIECE)]
            known = [each for each in parts if each is not None]
            return (np.concatenate(known), None) if len(known) == len(parts) and parts else (None, None)
        output, problem = measuring.outputs_of(
            self.session,
            rows,
            until=self.until,
            piece=PIECE,
            ask=lambda part: plugged("main_outputs", "forward()", index=network["index"], rows=part, arrays=[]),
            validated=outputs_in,
        )
        return output, plain_problem(problem)


def measure(asked: Measuring, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Note in ``measured`` of `seen` what the toy model, the final model and an autoencoder are worth."""
    measured = seen["measured"]
    if (toy := nets.toy_model(seen["networks"])) is not None:
        measured["toy"] = _toy(asked, toy, rng)
    rows, labels = digits_unseen(asked.digits, UNSEEN.get(seen["size"], UNSEEN_ELSE), rng)
    seen["labels"] = labels.astype(np.uint8)
    candidates = nets.final_candidates(seen["networks"], seen["digits"])[:CANDIDATES]
    found = [_digits(asked, each, rows, labels) for each in candidates]
    if found:
        most = max(each["right"] for each in found) - NEARLY * len(labels)
        merits = [_merit(net, good=each["right"] >= most) for net, each in zip(candidates, found, strict=True)]
        # of equals the last one that was trained
        measured["digits"] = found[merits.index(max(merits))]
        measured["digits"] |= _known(asked, seen["networks"], measured["digits"], rng)
    if autoencoders := nets.autoencoders(seen["networks"]):
        measured["autoencoder"] = _autoencoder(asked, autoencoders[-1], rows)


def digits_unseen(digits: Digits, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return digits that exist nowhere else as the file would have them, float32 (N, 784) with ink 1, and their labels (N,)."""
    images, labels = unseen(digits, count, rng)
    return (1 - images).astype(np.float32), labels


def clouds(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return fresh points (1000, 2) of the two clouds, and which cloud (1000,) each is of."""
    which = np.repeat([0, 1], POINTS)
    return rng.standard_normal((2 * POINTS, 2)) + np.where(which, -CENTRE, CENTRE)[:, None], which


def _toy(asked: Measuring, network: NetworkRecord, rng: np.random.Generator) -> MeasuredToy:
    points, which = clouds(rng)
    output, problem = asked.outputs(network, points)
    return {"index": network["index"], "points": points, "which": which, "output": output, "problem": problem}


def _digits(asked: Measuring, network: NetworkRecord, rows: Array, labels: Array) -> MeasuredDigits:
    scaling = asked.scaling(network)
    output, problem = asked.outputs(network, scaling.applied(rows))
    measured: MeasuredDigits = {
        "index": network["index"],
        "output": output,
        "problem": problem,
        "scaling": str(scaling),
    }
    measured["right"] = -1
    if output is not None and output.shape == (len(labels), nets.CLASSES):
        estimate = estimates(output)
        right = np.flatnonzero(estimate == labels)
        worst = np.concatenate([most_wrong(output, labels), np.flatnonzero(estimate < 0), right])[:PICTURES]
        measured["right"], measured["shown"], measured["shown_rows"] = len(right), worst, as_bytes(rows[worst])
    return measured


def _merit(network: NetworkRecord, *, good: bool) -> int:
    """Return how much of what a final model is to do a network does, in the measure of the points that are given for it."""
    return 6 * good + 2 * nets.holds_out(network) + 2 * nets.drops_in_training_only(network) + nets.decays(network)


def _known(
    asked: Measuring, networks: list[NetworkRecord], measured: MeasuredDigits, rng: np.random.Generator
) -> dict[str, int]:
    """Return how many of the laid digits the final model gets right: those that it was not trained on, those it was, and all."""
    network = next(each for each in networks if each["index"] == measured["index"])
    scaling = asked.scaling(network)
    keys = _keys_of_all(asked, scaling)
    held_out, trained = (_near(keys, network[name]) for name in ("held_out_keys", "trained_keys"))
    labels = labels_of(asked.digits)
    known: dict[str, int] = {}
    for name, wanted in (("validation", held_out), ("training", trained), ("all", np.full(len(keys), True))):
        which = np.flatnonzero(wanted)
        if len(which) > SAMPLE:
            which = np.sort(rng.choice(which, SAMPLE, replace=False))
        if not len(which):
            continue
        output, _ = asked.outputs(network, scaling.applied(_rows(asked.digits, which)))
        if output is not None and output.shape == (len(which), nets.CLASSES):
            known |= {f"{name}_right": int(np.sum(estimates(output) == labels[which])), f"{name}_count": len(which)}
    return known


def _keys_of_all(asked: Measuring, scaling: Scaling) -> Array:
    count = len(asked.digits.train_labels) + len(asked.digits.test_labels)
    pieces = [np.arange(first, min(first + PIECE, count)) for first in range(0, count, PIECE)]
    return np.concatenate([asked.keys(scaling.applied(_rows(asked.digits, piece))) for piece in pieces])


def _near(keys: Array, wanted: Array) -> Array:
    """Tell of each key whether it is among those wanted (in ascending order), but for rounding."""
    if not len(wanted):
        return np.full(len(keys), False)
    right = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    left = np.maximum(right - 1, 0)
    off: Array = np.minimum(np.abs(wanted[right] - keys), np.abs(wanted[left] - keys))
    return off <= ROUNDING


def laid_rows(digits: Digits, which: Array) -> tuple[Array, Array]:
    """Return those of the laid digits as the file has them, by their place in it, and their labels."""
    return _rows(digits, which), labels_of(digits)[which]


def _rows(digits: Digits, which: Array) -> Array:
    """Return those of the laid digits as the file has them, by their place in it."""
    train = len(digits.train_labels)
    images = np.empty((len(which), digits.train_images.shape[1]), dtype=np.uint8)
    images[which < train] = digits.train_images[which[which < train]]
    images[which >= train] = digits.test_images[which[which >= train] - train]
    return as_ink(images)


def _autoencoder(asked: Measuring, network: NetworkRecord, rows: Array) -> MeasuredAutoencoder:
    scaling = asked.scaling(network)
    rows = rows[:UNSEEN_ELSE]
    output, problem = asked.outputs(network, scaling.applied(rows))
    train = as_ink(asked.digits.train_images[:PCA_IMAGES]).astype(np.float64)
    back = principal_components(train, COMPONENTS).back(rows.astype(np.float64))
    measured: MeasuredAutoencoder = {"index": network["index"], "problem": problem, "loss": None}
    measured["pca_loss"] = float(np.mean(np.sum((back - rows) ** 2, axis=1)))
    if output is not None and output.shape == rows.shape:
        given = scaling.undone(output)
        measured["loss"] = float(np.mean(np.sum((given - rows) ** 2, axis=1)))
        measured["shown_rows"], measured["shown_back"] = as_bytes(rows[:SHOWN]), as_bytes(given[:SHOWN])
        measured["shown_pca"] = as_bytes(back[:SHOWN])
    return measured


def share(measured: Mapping[str, Any], name: str) -> float | None:
    """Return the accuracy of the final model on one part of the laid digits, or None."""
    count = measured.get(f"{name}_count")
    return measured[f"{name}_right"] / count if count else None
