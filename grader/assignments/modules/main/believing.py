"""Whether a network of a main notebook is what it is told to be: computed here from its parameters, drawn at first, then trained.

What comes from inside are arrays and answers of layers, which may be anything. So what a network is worth is what its parameters
give here, by layers that are known; where that is not what the network itself gives, it has to depend on its parameters. A
network that is good before it was trained, or whose first parameters do not look drawn, or that leaps to others, was not
trained here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

import numpy as np

from grader import functions
from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.replaying import ARRAYS, LAYERS, One, doubt_of, replayed, steps_in, told_of
from grader.assignments.modules.main.validated import NetworkRecord, outputs_in
from grader.datasets.digits.answers import estimates
from grader.drawn import looks_drawn
from grader.kits.explaining import Layer, known_layer, mixed, near, sorted_back
from grader.model import Array
from grader.records import AtMost, Count, is_a
from grader.text import counted, percent

LEAPS, PLACES = 5, 96
# rows by which a layer is known, others by which a whole network is, and those on which its worth is judged
KNOWN_BY, TRIED_ON, JUDGED_ON = 16, 32, 600
# right for so many digits no network is by chance; of losses that are told, what parameters have to give at least
GOOD, LEARNED = 0.5, 0.3
SHARE, SLACK, FALLEN = 0.4, 0.05, 0.7
TINY = 1e-15
# how far from a place that was kept a network may land that comes back to it, in steps
BACK = 3.0
TIMES, FAR = 10.0, 0.3

UNCLEAR, SILENT = "its parameters could not be looked at", "its forward gave nothing for other rows"
STILL = "nothing in it moved while it was trained"
ENDED = "the process ended before it could be looked at"
Learned = Annotated[list[Annotated[list[Array], AtMost(ARRAYS)]], AtMost(LAYERS)]


class LooksRecord(TypedDict):
    """What a network had learned, by layer, when it was met and at the end, and where it `landed` after leaps.

    `origins` are the networks that layers come from, -1 for none. Of the way a few numbers were followed: `places` on it, one of
    `every` so many; `here` at the last pass back, `end` now; it is `way` long in so many `steps` (root mean squares). A leap came
    after so many places (`landed_after`).
    """

    first: Learned
    last: Learned
    origins: Annotated[list[int], AtMost(LAYERS)]
    landed: Annotated[list[Learned], AtMost(LEAPS)]
    landed_at: Annotated[list[One], AtMost(LEAPS)]
    landed_after: Annotated[list[int], AtMost(LEAPS)]
    leaps: Count
    here: One
    end: One
    places: Annotated[list[One], AtMost(PLACES)]
    every: Count
    steps: Count
    way: float
    replays: list[Any]


Rows = Callable[[Array], Array | None]


@dataclass(frozen=True)
class Asking:
    """How a network is asked inside: what it is made of, what it or one of its layers makes of rows, None where it fails."""

    looks: Callable[[int], Any]
    outputs: Callable[[int, Array, list[list[Array]]], Any]
    layer: Callable[[int, int, Array], Any]
    rng: np.random.Generator
    seed: int = 0


@dataclass(frozen=True)
class Task:
    """What a network is for: rows that it never saw and, of digits, their labels; rows it was trained on, with theirs."""

    unseen: Array
    labels: Array | None
    laid: Array
    laid_labels: Array | None


@dataclass(frozen=True)
class Belief:
    """What is believed of a network: `doubt` says why it does not count, "" where it does; `told` is for staff.

    `outputs` makes of rows what its parameters give, where that was found out.
    """

    index: int
    doubt: str = ""
    told: str = ""
    outputs: Rows | None = None
    origins: frozenset[int] = field(default_factory=frozenset)


def believed(asking: Asking, network: NetworkRecord, task: Task) -> Belief:
    """Return what is to be believed of a network; whatever it answers, there is something to be believed."""
    try:
        with np.errstate(all="ignore"):
            return _believed(asking, network, task)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return Belief(
            network["index"], UNCLEAR, f"What it answered could not be made sense of ({type(error).__name__})."
        )


def _believed(asking: Asking, network: NetworkRecord, task: Task) -> Belief:
    index = network["index"]
    raw = asking.looks(index)
    if not is_a(LooksRecord, raw) or not _fits(raw):
        return Belief(index, UNCLEAR, "Its parameters could not be looked at.")
    looks: LooksRecord = raw
    chain = _chain(asking, index, looks["last"], task.unseen[:KNOWN_BY].astype(np.float64))
    tried = task.unseen[KNOWN_BY : KNOWN_BY + TRIED_ON]
    own = outputs_in(asking.outputs(index, tried, []), len(tried))
    if own is None:
        return Belief(index, SILENT, "It gives no outputs for rows that it did not see.")
    explained = chain is not None and (ours := chain.outputs(tried, looks["last"])) is not None and near(own, ours)
    by: By
    if explained:
        assert chain is not None
        by = chain.outputs
        how = f"Its outputs were computed here from its parameters: {chain.told}."
    else:
        by = lambda rows, arrays: outputs_in(asking.outputs(index, rows, arrays), len(rows))  # noqa: E731
        how = "Its outputs could not be computed here from its parameters by layers that are known"
        if not _depends(asking, looks, task, by, own, tried):
            doubt = "its outputs do not depend on its parameters"
            return Belief(index, doubt, f"{how}, and they stay when its parameters are exchanged for others.")
        how += ", but they change when these are exchanged for others."
    doubt = _doubt(network, looks, task, _Network(by, chain.uses if explained and chain else _weighted(network)))
    origins = frozenset(each for each in looks["origins"] if each >= 0)
    records = steps_in(looks["replays"])
    found = [replayed(chain.layers, each, asking.seed) for each in records] if chain else []
    steps = [each for each in found if each is not None]
    doubt = doubt or doubt_of(steps)
    told = " ".join(filter(None, [how, _way_told(looks), told_of(steps, len(records))]))
    outputs = (lambda rows: by(rows, looks["last"])) if explained else None
    return Belief(index, doubt, told, outputs, origins)


def believed_unasked(network: NetworkRecord, raw: Any) -> Belief:
    """Return what is to be believed of a network whose process has ended, by what was seen before, `raw`."""
    index = network["index"]
    if not is_a(LooksRecord, raw) or not _fits(raw):
        return Belief(index, ENDED, "Its process ended before it was looked at.")
    looks: LooksRecord = raw
    nothing = np.zeros((0, network["inputs"]), np.float32)
    try:
        with np.errstate(all="ignore"):
            doubt = _doubt(
                network, looks, Task(nothing, None, nothing, None), _Network(lambda *_: None, _weighted(network))
            )
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return Belief(index, UNCLEAR, f"What was seen of it could not be made sense of ({type(error).__name__}).")
    origins = frozenset(each for each in looks["origins"] if each >= 0)
    return Belief(index, doubt, f"Its process ended before it was asked. {_way_told(looks)}", None, origins)


def _fits(looks: LooksRecord) -> bool:
    learned = [looks["first"], looks["last"], *looks["landed"]]
    arrays = [each for one in learned for layer in one for each in layer]
    return (
        len(looks["first"]) == len(looks["last"]) == len(looks["origins"])
        and len(looks["landed"]) == len(looks["landed_at"]) == len(looks["landed_after"])
        and all(each.dtype == np.float32 and each.ndim in (1, 2) for each in arrays)
    )


By = Callable[[Array, list[list[Array]]], Array | None]


@dataclass(frozen=True)
class _Network:
    """How a network is computed with arrays for each layer, and which of these are weights and biases."""

    by: By
    uses: Sequence[tuple[int, ...]]

    def learned(self, arrays: Sequence[Sequence[Array]]) -> list[list[Array]]:
        """Return weights and biases of each layer among its arrays."""
        pairs = zip(arrays, self.uses, strict=False)
        return [[layer[k] for k in uses if k < len(layer)] for layer, uses in pairs]


def _weighted(network: NetworkRecord) -> list[tuple[int, ...]]:
    """Return the places of arrays that may be weights and biases, by layer: all of those that give any."""
    return [tuple(range(ARRAYS)) if layer["outputs"] else () for layer in network["layers"]]


@dataclass(frozen=True)
class _Chain:
    layers: Sequence[Layer]

    @property
    def uses(self) -> list[tuple[int, ...]]:
        return [layer.uses for layer in self.layers]

    @property
    def told(self) -> str:
        return ", ".join(layer.name for layer in self.layers)

    def outputs(self, rows: Array, arrays: Sequence[Sequence[Array]]) -> Array | None:
        """Return what the layers make of rows (N, d) with these arrays for each: float32 (N, m); None where they do not fit."""
        u = rows.astype(np.float64)
        try:
            with np.errstate(all="ignore"):
                for layer, mine in zip(self.layers, arrays, strict=True):
                    u = layer.of(u, mine)
        except (ValueError, IndexError):
            return None
        return u.astype(np.float32)


def _chain(asking: Asking, index: int, learned: Sequence[Sequence[Array]], rows: Array) -> _Chain | None:
    """Return the layers of a network, if each of them is known, or treats what it is given alike."""
    found: list[Layer] = []
    for place, arrays in enumerate(learned):
        output = outputs_in(asking.layer(index, place, rows), len(rows))
        if output is None:
            return None
        layer = known_layer(rows, output.astype(np.float64), arrays) or _alike(asking, index, place, rows, output)
        if layer is None:
            return None
        found.append(layer)
        rows = np.asarray(layer.of(rows, arrays), dtype=np.float64)
    return _Chain(found)


def _alike(asking: Asking, index: int, place: int, rows: Array, output: Array) -> Layer | None:
    """Return a layer that is asked, with its inputs in an order of their own for each row, if it does not heed this order."""

    def of(u: Array, _: Sequence[Array]) -> Array:
        given, orders = mixed(u, asking.rng)
        answer = outputs_in(asking.layer(index, place, given), len(given))
        if answer is None or answer.shape != u.shape:
            raise ValueError("the layer does not answer")
        return sorted_back(answer.astype(np.float64), orders)

    try:
        return Layer("a layer of its own that treats all its inputs alike", of) if near(of(rows, ()), output) else None
    except ValueError:
        return None


def _depends(
    asking: Asking,
    looks: LooksRecord,
    task: Task,
    by: By,
    own: Array,
    tried: Array,
) -> bool:
    """Tell whether a network is nothing without its parameters: with drawn ones in their place it gives others, and worse."""
    drawn = [
        [np.asarray(asking.rng.standard_normal(each.shape) * _spread(each), np.float32) for each in layer]
        for layer in looks["last"]
    ]
    other = by(tried, drawn)
    if other is None or near(own, other):
        return False
    if task.labels is None:
        return True
    right = _right(by(task.unseen[:JUDGED_ON], drawn), task.labels[:JUDGED_ON])
    return right is None or right < GOOD


def _spread(values: Array) -> float:
    """Return how far numbers spread, 1 where they do not."""
    return float(values.std()) or 1.0 if values.size else 1.0


def _right(outputs: Array | None, labels: Array) -> float | None:
    if outputs is None or outputs.shape != (len(labels), nets.CLASSES):
        return None
    return float(np.mean(estimates(outputs) == labels))


def _doubt(network: NetworkRecord, looks: LooksRecord, task: Task, found: _Network) -> str:
    """Return why what is told of the training of a network is not believed, or ""."""
    if not _moved(looks, found):
        return STILL
    fresh = all(origin < 0 for origin in looks["origins"])
    if why := _begins(looks["first"], looks["origins"], task, found, fresh=fresh):
        return f"before it was trained {why}"
    if looks["leaps"] > LEAPS:
        return "its weights were exchanged for others again and again while it was trained"
    landed = list(zip(looks["landed_at"], looks["landed_after"], looks["landed"], strict=True))
    usual = looks["way"] / max(looks["steps"], 1)
    if looks["here"].shape == looks["end"].shape and looks["end"].size:
        gap = _rms(looks["end"] - looks["here"])
        if gap > TIMES * usual and gap > FAR * float(looks["end"].std()):
            landed.append((looks["end"], len(looks["places"]) * looks["every"], looks["last"]))
    for at, after, arrays in landed:
        if _was_at(at, looks, after, usual) or not _begins(arrays, [], task, found, fresh=True):
            continue
        return "its weights were exchanged for others that were not learned here"
    return _losses_doubted(network, looks, task, found.by)


def _moved(looks: LooksRecord, found: _Network) -> bool:
    layers = zip(found.learned(looks["first"]), found.learned(looks["last"]), strict=True)
    pairs = [pair for both in layers for pair in zip(*both, strict=False)]
    return not pairs or looks["way"] > 0 or any(not np.array_equal(one, other) for one, other in pairs)


def _begins(
    arrays: Sequence[Sequence[Array]],
    origins: Sequence[int],
    task: Task,
    found: _Network,
    *,
    fresh: bool,
) -> str:
    """Return what is odd about parameters that training begins with, or ""."""
    known = [*origins, *[-1] * len(arrays)]
    for layer, origin in zip(found.learned(arrays), known, strict=False):
        weights = next((each for each in layer if each.ndim == 2), None)
        # what is all equal holds nothing
        if weights is None or not weights.size or origin >= 0 or float(np.ptp(weights)) == 0:
            continue
        bias = next((each for each in layer if each.ndim == 1), None)
        if why := looks_drawn(weights, bias):
            return f"its parameters do not look drawn: {why}"
    if task.labels is None or not fresh or not any(len(layer) for layer in arrays):
        return ""
    right = _right(found.by(task.unseen[:JUDGED_ON], [list(each) for each in arrays]), task.labels[:JUDGED_ON])
    return f"it was right for {percent(right)} of unseen digits" if right is not None and right >= GOOD else ""


def _was_at(at: Array, looks: LooksRecord, after: int, usual: float) -> bool:
    """Tell whether a network had been at a place before, among the first so many: it goes back to what it was."""
    before = looks["places"][: -(-after // max(looks["every"], 1))]
    places = [each for each in before if each.shape == at.shape]
    nearest = min((_rms(at - each) for each in places), default=np.inf)
    return bool(nearest <= BACK * usual * max(looks["every"], 1))


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values.astype(np.float64) ** 2)))


def _losses_doubted(
    network: NetworkRecord,
    looks: LooksRecord,
    task: Task,
    by: By,
) -> str:
    """Return why losses that are told cannot be those of the parameters, or ""."""
    start, end = nets.loss_ends(network)
    if not (np.isfinite(end) and end <= FALLEN * start) or network["outputs"] not in (nets.CLASSES, nets.CLOUDS):
        return ""
    outputs = by(task.laid, looks["last"])
    if outputs is None or not np.all(np.isfinite(outputs)) or outputs.ndim != 2 or not len(outputs):
        return ""
    p = _probabilities(outputs.astype(np.float64))
    # dropout and other losses are off by factors
    is_log_loss = network["criterion"] == "ClassNLLCriterion" and not nets.has(network, "Dropout")
    if task.laid_labels is None:
        if network["outputs"] == nets.CLASSES and not is_log_loss:
            return ""
        least = float(-np.log(np.maximum(p.max(axis=1), TINY)).mean())
    else:
        right = _right(outputs, task.laid_labels)
        if right is not None and right < LEARNED:
            return (
                f"its losses are told as {end:.3g}, and it is right for {percent(right)} of the digits of the notebook"
            )
        if right is None or not is_log_loss:
            return ""
        chosen = p[np.arange(len(p)), task.laid_labels]
        least = float(-np.log(np.maximum(chosen, TINY)).mean())
    if end < SHARE * least - SLACK:
        return f"its losses are told as {end:.3g}, and its parameters give {least:.3g}"
    return ""


def _probabilities(outputs: Array) -> Array:
    with np.errstate(over="ignore"):
        for p in (outputs, np.exp(outputs)):
            if np.all(p >= 0) and np.allclose(p.sum(axis=1), 1, atol=1e-3):
                return p
    return functions.softmax(outputs)


def _way_told(looks: LooksRecord) -> str:
    way = f"Of its weights some were followed over {counted(looks['steps'], 'step')}"
    return f"{way}, with {counted(looks['leaps'], 'leap')}." if looks["leaps"] else f"{way}, without a leap."
