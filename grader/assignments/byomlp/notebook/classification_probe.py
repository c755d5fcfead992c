"""Running Classification.ipynb, and measuring its two networks on digits that it never saw and on those that it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.byomlp.notebook.architectures import LARGE, SMALL, has_widths
from grader.assignments.byomlp.notebook.measuring import ink, outputs_of, rescaled
from grader.assignments.byomlp.notebook.probe import Run, Task, questions_about
from grader.digits import paper, unseen
from grader.digits.answers import estimates
from grader.model import Array
from grader.sandbox import Session

WANTED = {"small": SMALL, "large": LARGE}
TASK = Task("Classification.ipynb", "classification", WANTED)
UNSEEN = {"full": 5000}
UNSEEN_ELSE = 2000
# at most so many unseen digits are kept as pictures: those that a network is most wrong about
PICTURES = 24
CHUNK = 5000


def measure(session: Session, seen: dict[str, Any], rng: np.random.Generator, run: Run) -> None:
    """Note what the two networks make of unseen digits, and how many of those beside the notebook they get right."""
    count = UNSEEN.get(seen["size"], UNSEEN_ELSE)
    images, labels = unseen(run.digits, count, rng)
    seen["labels"] = labels.astype(np.uint8)
    chosen = {which: seen["networks"][k] for which, k in seen["chosen"].items() if k is not None}
    # a network of other widths is only named: it is not judged
    networks = {which: network for which, network in chosen.items() if has_widths(network, WANTED[which])}
    for which, network in networks.items():
        seen["measured"][which] = _unseen(session, network, images, labels, run)
    # what is said of another network may be true all the same
    for which, network in chosen.items():
        seen["measured"].setdefault(which, {})
        for split in ("test", "train"):
            _seen(session, network, split, seen["measured"][which], run)


def _unseen(session: Session, network: Mapping[str, Any], images: Array, labels: Array, run: Run) -> dict[str, Any]:
    rows = rescaled(images, tuple(network["rescaling"]))
    output, problem = outputs_of(session, network["name"], rows, until=run.until)
    measured: dict[str, Any] = {"output": output, "problem": problem}
    if output is not None and output.shape == (len(labels), 10):
        worst = most_wrong(output, labels)[:PICTURES]
        measured |= {"worst": worst, "worst_images": ink(images[worst])}
    return measured


def _seen(session: Session, network: Mapping[str, Any], split: str, measured: dict[str, Any], run: Run) -> None:
    """Note how many of the images that were laid beside the notebook the network gets right."""
    images, labels = (
        (run.digits.train_images, run.digits.train_labels)
        if split == "train"
        else (run.digits.test_images, run.digits.test_labels)
    )
    right = 0
    for first in range(0, len(labels), CHUNK):
        rows = rescaled(paper(images[first : first + CHUNK]), tuple(network["rescaling"]))
        output, problem = outputs_of(session, network["name"], rows, until=run.until)
        if output is None:
            measured[f"{split}_problem"] = problem
            return
        right += int(np.sum(estimates(output) == labels[first : first + CHUNK]))
    measured[f"{split}_right"] = right


def most_wrong(output: Array, labels: Array) -> Array:
    """Return the indices of wrongly classified digits, those of which the network is surest first."""
    estimate = estimates(output)
    wrong = np.flatnonzero((estimate != labels) & (estimate >= 0))
    sure = output[wrong, estimate[wrong]]
    order: Array = wrong[np.argsort(-sure, kind="stable")]
    return order


classification, classification_own = questions_about(TASK, measure)
