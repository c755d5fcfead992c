"""Running Classification.ipynb, and measuring its two networks on digits that it never saw and on those that it did."""

from __future__ import annotations

from typing import Any, TypedDict, cast

import numpy as np

from grader.assignments.byomlp.notebook.architectures import LARGE, SMALL, has_widths
from grader.assignments.byomlp.notebook.measuring import outputs_of, scaling_of
from grader.assignments.byomlp.notebook.probe import OWN, Run, Seen, Task, questions_about
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits import paper, unseen
from grader.datasets.digits.answers import estimates, most_wrong
from grader.datasets.digits.pictures import as_bytes
from grader.model import Array, Observation
from grader.plain import PlainProblem
from grader.sandbox import Session

WANTED = {"small": SMALL, "large": LARGE}
TASK = Task("Classification.ipynb", "classification", WANTED)
UNSEEN = {"full": 5000}
UNSEEN_ELSE = 2000
# at most so many unseen digits are kept as pictures: those that a network is most wrong about
PICTURES = 24
CHUNK = 5000


class Measured(TypedDict, total=False):
    """What a network makes of unseen digits, those that it is most surely `worst` at, and of how many laid ones it is right."""

    output: Array | None
    problem: PlainProblem | None
    worst: Array
    worst_images: Array
    train_right: int
    test_right: int
    train_right_own: int
    test_right_own: int
    train_problem: PlainProblem | None
    test_problem: PlainProblem | None


class ClassificationSeen(Seen, total=False):
    """What is observed of Classification.ipynb; measured are `small` and `large`."""

    measured: dict[str, Measured]


def seen_in(observed: Observation) -> ClassificationSeen:
    """Return what was observed, by its type."""
    return cast("ClassificationSeen", observed.data)


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
            _seen(session, network, split, seen["measured"][which], run, mode=seen["mode"])


def _unseen(session: Session, network: Network, images: Array, labels: Array, run: Run) -> Measured:
    rows = scaling_of(network).applied(images)
    output, problem = outputs_of(session, network, rows, until=run.until)
    measured = Measured(output=output, problem=problem)
    if output is not None and output.shape == (len(labels), 10):
        worst = most_wrong(output, labels)[:PICTURES]
        measured |= {"worst": worst, "worst_images": as_bytes(1 - images[worst])}
    return measured


def _seen(session: Session, network: Network, split: str, measured: dict[str, Any], run: Run, *, mode: str) -> None:
    """Note how many of the images that were laid beside the notebook the network gets right."""
    images, labels = (
        (run.digits.train_images, run.digits.train_labels)
        if split == "train"
        else (run.digits.test_images, run.digits.test_labels)
    )
    right, problem = _right(session, network, images, labels, run)
    if right is None:
        measured[f"{split}_problem"] = problem
    else:
        measured[f"{split}_right"] = right
    if mode == OWN and network["vouched"] is not None:
        # what a notebook prints is true, too, where it is what the student's own object says
        own, _ = _right(session, {**network, "vouched": None}, images, labels, run)
        if own is not None:
            measured[f"{split}_right_own"] = own


def _right(
    session: Session, network: Network, images: Array, labels: Array, run: Run
) -> tuple[int | None, PlainProblem | None]:
    """Return how many of the images a network gets right, None and the problem that kept it from saying."""
    right = 0
    for first in range(0, len(labels), CHUNK):
        rows = scaling_of(network).applied(paper(images[first : first + CHUNK]))
        output, problem = outputs_of(session, network, rows, until=run.until)
        if output is None:
            return None, problem
        right += int(np.sum(estimates(output) == labels[first : first + CHUNK]))
    return right, None


classification, classification_own = questions_about(TASK, measure)
