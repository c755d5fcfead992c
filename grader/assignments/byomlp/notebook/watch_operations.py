"""What is asked about the networks of a notebook: to watch them from the start, and which there are by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import numpy as np

from grader.model import Array
from grader.records import AtMost, Count, Numbers, Row, records
from grader.sandbox.operations import Operation, map_rows, plugged

NETWORKS, LAYERS, PASSES, BATCHES, RATES, CURVE, INPUTS = 60, 100, 420, 60, 420, 130, 40
TEXT, WIDTH = 400, 2**20
Name = Annotated[str, AtMost(TEXT)]
# what the engine is asked
Question = dict[str, Any]


class PassRecord(TypedDict):
    """A pass over the data, which ends when an image comes for the second time.

    `order` is a number that equal orders have in common. `sorted` and `same_class` are the shares of neighbours that are
    neighbours in the data set and of one class (-1 where it is not known), `whole` is the share of the training images
    that were met, `train` and `test` count images. `rates` are the smallest and the largest of its steps.
    """

    examples: Count
    order: Count
    sorted: float
    same_class: float
    same_as_before: bool
    whole: float
    train: Count
    test: Count
    rates: Annotated[list[float], Row((float, float))]
    steps: Count
    cell: Count


class TrainingLog(TypedDict):
    """How a network was trained, by calls: how many examples, steps and clearings, rows of which kind, in which order.

    `rescaling` are a and c where rows were ``a * paper + c``, empty where none was an image. `labels_right` is -1 where there
    were no labels to compare with. `batches` are [examples before the step, cleared before the next, rate, how often] and
    `rates` [rate, steps] in order; `curve` has examples, loss and accuracy. `passes` are those that are kept, of `passes_total`.
    """

    examples: Count
    steps: Count
    zeros: Count
    forwards: Count
    train_rows: Count
    test_rows: Count
    unknown_rows: Count
    rescaling: Annotated[list[float], AtMost(2)]
    targets_are_inputs: float
    labels_right: float
    passes: Annotated[list[PassRecord], AtMost(PASSES)]
    passes_total: Count
    batches: Annotated[list[Annotated[list[Any], Row((int, bool, float, Count))]], AtMost(BATCHES)]
    rates: Annotated[list[Annotated[list[Any], Row((float, Count))]], AtMost(RATES)]
    curve: Annotated[Array, Numbers(np.float64, (CURVE, 3), columns=3)]


class ToldLog(TrainingLog):
    """The same as it comes from inside: with the first rows that the network was trained on."""

    inputs: Annotated[Array, Numbers(np.float64, (INPUTS, WIDTH))]


class LayerRecord(TypedDict):
    """A layer as it was asked for; functions by the names of those that they behave like, empty where there is none."""

    width: Count
    name: Name | None
    activation: Name
    slope: Name


class Watched(TypedDict):
    """A network, held as `name`: made in which cell, copied from which one (-1: from none), and what the engine is `missing`.

    `loss` is the derivative that it was given. `fault` says what kept the watch from following it. What it can do is `vouched`
    for when we have trained one of our own by its calls, and None where there is no engine; `doubt` says why it is not,
    `begun` what of that is due to what it began with.
    """

    name: Name
    cell: Count
    copied_from: int
    inputs: Count
    loss: Name
    layers: Annotated[list[LayerRecord], AtMost(LAYERS)]
    missing: Annotated[list[Name], AtMost(NETWORKS)]
    fits: bool
    fault: Name
    vouched: bool | None
    doubt: Name
    begun: Name


class NetworkRecord(Watched):
    """The same as it comes from inside."""

    log: ToldLog


class Network(Watched):
    """The same as it is kept: `rescaling` are the a and c of what it was fed with, ``a * paper + c``."""

    log: TrainingLog
    rescaling: list[float]


def watch(mode: str, digits: Mapping[str, Array], *, import_seconds: float) -> Operation:
    """Watch every network that is made from now on; to be asked before the kernel is opened, and after `watch_outside`.

    `digits` are what `laid` returns. With mode ``engine`` the networks are those of the engine outside, with ``own`` they are
    the student's own. The answer's value is ``{"mode": str, "problem": str, "mlp": str}``: why an ``mlp.py`` had to be
    replaced.
    """
    return plugged("watch", "importing mlp.py", mode=mode, import_seconds=import_seconds, **digits)


def watch_outside(mode: str, digits: Mapping[str, Array]) -> Question:
    """Let the engine be ready for the calls of networks."""
    return {"op": "watch", "mode": mode, **digits}


def laid(train_images: Array, train_labels: Array, test_images: Array, test_labels: Array) -> dict[str, Array]:
    """Return the digits beside a notebook as both sides are told of them.

    Images are uint8 (N, 784) as in the data set's files, labels uint8 (N,).
    """
    names = ("train", "train_labels", "test", "test_labels")
    given = (train_images, train_labels, test_images, test_labels)
    return {name: np.asarray(each, dtype=np.uint8) for name, each in zip(names, given, strict=True)}


def settle() -> Operation:
    """Let the engine be told of all that was called so far; to be asked before `networks`.

    Every network is held as ``net-k`` from then on, and its forward calls are not counted until the next cell.
    """
    return plugged("settle", "looking at the networks")


def networks() -> Question:
    """Ask the engine for every network that was made so far, in order: a list of `NetworkRecord`."""
    return {"op": "networks"}


def outputs_outside(network: str, rows: Array, **where: Any) -> Question:
    """Ask the engine what a network makes of each of the rows (N, n), (N, m), None where it does not know.

    `where` is `start` or `end`, the name of a layer.
    """
    return {"op": "outputs", "network": int(network.removeprefix("net-")), "rows": rows, "where": where}


def outputs(network: str, rows: Array, **where: Any) -> Operation:
    """Return what `forward` of the object of a student's that is held as `network` makes of each of the rows (N, n)."""
    return map_rows(network, "forward", rows, **where)


def validated(value: Any) -> list[NetworkRecord]:
    """Return the networks in an answer to `networks`, without those that have not the form they should have."""
    return [each for each in records(NetworkRecord, value, NETWORKS) if each["name"].startswith("net-")]
