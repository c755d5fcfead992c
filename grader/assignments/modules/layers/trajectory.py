"""Training steps replayed on the trusted side, through a class of the student's among modules of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader import functions
from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.asking import Stage, Training
from grader.assignments.modules.layers.batch_mean_mistakes import RULES, Rule
from grader.assignments.modules.layers.trajectory_probe import MOMENTUM, RATE, Link
from grader.kits.trajectory import Compared, Comparison, compare
from grader.model import Array
from grader.numerics import is_nearly_float32

# what one module has learned so far, in the order (w, t) or (W, b); nothing for most
Learned = tuple[Array, ...]
# the number of a module in the chain, and which of what it has learned
Place = tuple[int, int]


class _Pass:
    """One pass forward and back through the chain; the mean that is kept goes on to the next one."""

    def __init__(self, chain: Sequence[Link], rule: Rule, before: Array) -> None:
        self.chain, self.rule = chain, rule
        moving = [link for link in chain if link.kind == "BatchMeanSubtraction"]
        self.mean = rule(None, before.mean(axis=0), moving[0].given[0]) if moving else None

    def gradients(self, learned: Sequence[Learned], x: Array, target: Array, *, nll: bool) -> list[Learned]:
        given = [x]
        for link, each in zip(self.chain, learned, strict=True):
            given.append(self._forward(link, each, given[-1]))
        output = given.pop()
        grad = closed_forms.nll_gradient(output, target) if nll else 2 * (output - target) / len(target)
        found: list[Learned] = []
        for link, each, seen in zip(reversed(self.chain), reversed(learned), reversed(given), strict=True):
            grad, mine = _back(link, each, seen, grad)
            found.insert(0, mine)
        return found

    def _forward(self, link: Link, learned: Learned, x: Array) -> Array:
        if link.kind == "BatchMeanSubtraction":
            self.mean = self.rule(self.mean, x.mean(axis=0), link.given[0])
            return np.asarray(x - self.mean)
        match link.kind:
            case "@Curved":
                return closed_forms.curved(x, learned[0], learned[1])
            case "@Squared":
                return np.asarray(x + 0.25 * x**2)
            case "Linear":
                return np.asarray(x @ learned[0].T + learned[1])
            case "LeakyReLU":
                return functions.leaky_relu(x, link.given[0])
            case "ELU":
                return functions.elu(x, link.given[0])
            case "SoftPlus":
                return functions.softplus(x)
            case "@Normalised":
                return closed_forms.normalised(x)
            case _:
                return functions.softmax(x)


def _back(link: Link, learned: Learned, x: Array, grad: Array) -> tuple[Array, Learned]:
    """Return the gradient with respect to the input of a module, and those with respect to what it learns."""
    match link.kind:
        case "@Curved":
            inner, *mine = closed_forms.curved_gradients(x, learned[0], learned[1], grad)
            return inner, tuple(mine)
        case "@Squared":
            return grad * (1 + 0.5 * x), ()
        case "Linear":
            return grad @ learned[0], (grad.T @ x, grad.sum(axis=0))
        case "LeakyReLU":
            return grad * functions.leaky_relu_slope(x, link.given[0]), ()
        case "ELU":
            return grad * functions.elu_slope(x, link.given[0]), ()
        case "SoftPlus":
            return grad * functions.logistic(x), ()
        case "BatchMeanSubtraction":
            return closed_forms.without_mean(grad, link.given[0]), ()
        case "@Normalised":
            return closed_forms.normalised_gradient(x, grad), ()
        case _:
            return closed_forms.softmax_gradient(x, grad), ()


def chain_of(record: Training) -> list[Link]:
    """Return the chain of a record of evidence."""
    return [Link(kind, tuple(given)) for kind, given in record["chain"]]


def sound(record: Training) -> Training:
    """Return a record in which modules have learned arrays of the shapes that they must have, or nothing at all."""
    width = record["before"].shape[1]
    shapes = [_shapes(link, width) for link in chain_of(record)]

    def fitting(learned: list[list[Array]]) -> list[list[Array]]:
        pairs = zip(learned, shapes, strict=True)
        return [arrays if tuple(each.shape for each in arrays) == wanted else [] for arrays, wanted in pairs]

    stages: list[Stage] = [{**stage, "after": fitting(stage["after"])} for stage in record["stages"]]
    return {**record, "start": fitting(record["start"]), "stages": stages}


def learns(link: Link) -> bool:
    """Tell whether a module of the chain has parameters."""
    return bool(_shapes(link, 0))


def _shapes(link: Link, width: int) -> tuple[tuple[int, ...], ...]:
    match link.kind:
        case "@Curved":
            return (width,), (width,)
        case "Linear":
            n, m = (int(each) for each in link.given)
            return (m, n), (m,)
        case _:
            return ()


def replayed(record: Training, rule: Rule) -> Iterator[list[Learned]]:
    """Yield what every module of the chain has learned at every look, from what it was at the first one."""
    passed = _Pass(chain_of(record), rule, record["before"])
    learned = [tuple(arrays) for arrays in record["start"]]
    speeds = [tuple(np.zeros_like(array) for array in arrays) for arrays in learned]
    for stage in record["stages"]:
        for index in stage["order"].tolist():
            x, target = record["batches"][index], record["targets"][index]
            found = passed.gradients(learned, x, target, nll=record["nll"])
            speeds = [
                tuple(MOMENTUM * speed + RATE * each for speed, each in zip(*pair, strict=True))
                for pair in zip(speeds, found, strict=True)
            ]
            learned = [
                tuple(array - speed for array, speed in zip(*pair, strict=True))
                for pair in zip(learned, speeds, strict=True)
            ]
        yield learned


def followed(record: Training) -> Comparison[Place]:
    """Return how the training in a `sound` record compares with the same steps taken here.

    Before its first batch a moving mean may be anything that the assignment allows: what fits best counts.
    """
    rules = RULES if any(kind == "BatchMeanSubtraction" for kind, _ in record["chain"]) else RULES[:1]
    single = _is_single(record)
    return min((compare(_looks(record, rule), single=single) for rule in rules), key=lambda found: found.most)


def _looks(record: Training, rule: Rule) -> list[tuple[int, list[Compared[Place]]]]:
    with np.errstate(all="ignore"):
        wants = list(replayed(record, rule))
    return [
        (len(stage["order"]), _blocks(record["start"], stage["after"], want))
        for stage, want in zip(record["stages"], wants, strict=True)
    ]


def _blocks(start: Sequence[Any], after: Sequence[Any], want: Sequence[Learned]) -> list[Compared[Place]]:
    """Return what all modules have learned, the last one first: where all is lost, that one is named."""
    found = [
        Compared((module, block), after[module][block] if after[module] else None, array, start[module][block])
        for module, arrays in enumerate(want)
        for block, array in enumerate(arrays)
    ]
    return found[::-1]


def _is_single(record: Training) -> bool:
    """Tell whether some array of the student's is kept in single precision, before or after training."""
    mine = [index for index, (kind, _) in enumerate(record["chain"]) if kind == "Linear"]
    looks = [record["start"], *(stage["after"] for stage in record["stages"])]
    return any(is_nearly_float32(array) for look in looks for index in mine for array in look[index])
