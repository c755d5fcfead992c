"""What is believed of networks: right ones in every style count, and one that knows by other means does not."""

from __future__ import annotations

import builtins
import contextlib
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.inside.main_watch import OPERATIONS, _described
from grader.assignments.modules.inside.networks import Watch
from grader.assignments.modules.main import believing
from grader.assignments.modules.main.believing import Asking, Belief, Task, believed, believed_unasked
from grader.assignments.modules.main.files import SOLVED
from grader.assignments.modules.main.replaying import Step, doubt_of
from grader.model import Array
from grader.watching.recording.looking import arrays_in

WIDTH, KINDS = 24, 10
Space = dict[str, Any]
# where several run side by side, those that look at the same networks are done by one
one_worker = pytest.mark.xdist_group("networks that were trained")


def points(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return points (count, 24) of ten clouds, and which cloud (count,) each is of."""
    centres = np.random.default_rng(3).normal(0, 1, (KINDS, WIDTH))
    labels = rng.integers(0, KINDS, count)
    return centres[labels] + rng.normal(0, 0.3, (count, WIDTH)), labels


X, LABELS = points(400, np.random.default_rng(1))
UNSEEN, TRUTH = points(300, np.random.default_rng(2))
Y = np.eye(KINDS)[LABELS]
TASK = Task(UNSEEN.astype(np.float32), TRUTH, X.astype(np.float32), LABELS)


@dataclass
class Bench:
    """What carries out operations as the worker does."""

    session: dict[str, Any]


@contextlib.contextmanager
def notebook() -> Iterator[Space]:
    """Give a notebook's names: the right modules, which are watched, data, and a loop."""
    build_class = builtins.__build_class__
    watch = Watch(1000, lambda: 1, 7)
    watch.start()
    names: Space = {"__name__": "modules", "X": X, "Y": Y, "watch": watch, "copy": copy}
    exec(compile(SOLVED.read_text(encoding="utf-8"), "modules", "exec"), names)
    exec(LOOP, names)
    # what notebooks draw from
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    try:
        yield names
    finally:
        np.random.set_state(state)  # noqa: NPY002
        builtins.__build_class__ = build_class


@pytest.fixture
def space() -> Iterator[Space]:
    """Give a notebook's names."""
    with notebook() as names:
        yield names


LOOP = """
def one(*layers):
    net = Sequential()
    for layer in layers:
        net.add(layer)
    return net

def plain():
    return one(Linear(24, 16), ReLU(), Linear(16, 10), SoftMax())

def descend(pairs, state, rate):
    for p, g in pairs:
        p -= rate * g

def pairs_of(net):
    def flat(nested):
        return [nested] if isinstance(nested, np.ndarray) else [each for part in nested for each in flat(part)]
    return list(zip(flat(net.getParameters()), flat(net.getGradParameters())))

def train(net, steps=150, rate=0.3, update=descend, criterion=None, size=32):
    criterion, state = criterion or ClassNLLCriterion(), {}
    for step in range(steps):
        chosen = np.random.randint(0, len(X), size)
        net.zeroGradParameters()
        output = net.forward(X[chosen])
        criterion.forward(output, Y[chosen])
        net.backward(X[chosen], criterion.backward(output, Y[chosen]))
        update(pairs_of(net), state, rate)
"""
MOMENTUM = """
def update(pairs, state, rate):
    for k, (p, g) in enumerate(pairs):
        state[k] = 0.9 * state.get(k, 0) + rate * (g + 1e-3 * p)
        p -= state[k]
"""
ADAM = """
def update(pairs, state, rate):
    t = state['t'] = state.get('t', 0) + 1
    for k, (p, g) in enumerate(pairs):
        m, v = state.get(k, (0, 0))
        state[k] = m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        p -= rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
"""
OWN_LAYERS = """
class Tanh(Module):
    def updateOutput(self, input):
        self.output = np.tanh(input)
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * (1 - self.output**2)
        return self.gradInput

class Swish(Module):
    def updateOutput(self, input):
        self.s = 1 / (1 + np.exp(-input))
        self.output = input * self.s
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * (self.s + input * self.s * (1 - self.s))
        return self.gradInput

class Dense(Module):
    def __init__(self, n, m):
        super().__init__()
        self.kernel, self.shift = np.random.randn(n, m) * np.sqrt(2 / n), np.zeros((1, m))
        self.dkernel, self.dshift = np.zeros((n, m)), np.zeros((1, m))
    def updateOutput(self, input):
        self.output = input @ self.kernel + self.shift
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput @ self.kernel.T
        return self.gradInput
    def accGradParameters(self, input, gradOutput):
        self.dkernel[...], self.dshift[...] = input.T @ gradOutput, gradOutput.sum(axis=0)
    def getParameters(self):
        return [self.kernel, self.shift]
    def getGradParameters(self):
        return [self.dkernel, self.dshift]
"""
CONTAINER = """
class Model(Module):
    def __init__(self):
        super().__init__()
        self.first, self.relu, self.second, self.softmax = Linear(24, 16), ReLU(), Linear(16, 10), SoftMax()
        self.layers = [self.softmax, self.second, self.relu, self.first]
    def updateOutput(self, input):
        self.output = self.softmax.forward(self.second.forward(self.relu.forward(self.first.forward(input))))
        return self.output
    def updateGradInput(self, input, gradOutput):
        gradOutput = self.softmax.backward(self.second.output, gradOutput)
        gradOutput = self.relu.backward(self.first.output, self.second.backward(self.relu.output, gradOutput))
        self.gradInput = self.first.backward(input, gradOutput)
        return self.gradInput
    def getParameters(self):
        return [layer.getParameters() for layer in (self.first, self.second)]
    def getGradParameters(self):
        return [layer.getGradParameters() for layer in (self.first, self.second)]
    def zeroGradParameters(self):
        self.first.zeroGradParameters(); self.second.zeroGradParameters()
"""
# each leaves a network that was trained in `net`
RIGHT = {
    "plain": "net = plain()\ntrain(net)",
    "momentum and weight decay": f"{MOMENTUM}\nnet = plain()\ntrain(net, update=update, rate=0.05)",
    "adam": f"{ADAM}\nnet = plain()\ntrain(net, update=update, rate=0.02)",
    "mean subtraction": "net = one(Linear(24, 16), BatchMeanSubtraction(0.3), ELU(), Linear(16, 10), SoftMax())\ntrain(net)",
    "dropout": "net = one(Linear(24, 32), SoftPlus(), Dropout(0.3), Linear(32, 10), SoftMax())\ntrain(net)",
    "a rate that grows and falls": "net = plain()\nfor rate in (0.001, 0.5, 0.05, 0.5, 0.01):\n    train(net, 60, rate)",
    "own layers": f"{OWN_LAYERS}\nnet = one(Dense(24, 16), Tanh(), Dense(16, 12), Swish(), Dense(12, 10), SoftMax())\ntrain(net)",
    "weights drawn anew": "net = plain()\nnet.modules[0].W = np.random.randn(16, 24) * 0.1\ntrain(net)",
    "weights drawn anew after a try": "net = plain()\ntrain(net, 5)\nnet.forward(X)\n"
    "for layer in net.modules[::2]:\n    layer.W[...] = np.random.randn(*layer.W.shape) * 0.2\ntrain(net)",
    "the best weights are put back": "net = plain()\ntrain(net, 100)\nbest = [p.copy() for p, _ in pairs_of(net)]\n"
    "train(net, 40, rate=5.0)\nfor (p, _), kept in zip(pairs_of(net), best):\n    p[...] = kept",
    "the best weights are put back and trained on": "net = plain()\ntrain(net, 100)\n"
    "best = [p.copy() for p, _ in pairs_of(net)]\ntrain(net, 40, rate=5.0)\n"
    "for (p, _), kept in zip(pairs_of(net), best):\n    p[...] = kept\ntrain(net, 50, rate=0.01)",
    "a copy is trained on": "first = plain()\ntrain(first)\nnet = copy.deepcopy(first)\ntrain(net, 50, rate=0.01)",
    "layers of another network": "first = plain()\ntrain(first)\n"
    "net = one(*first.modules[:2], Linear(16, 10), SoftMax())\ntrain(net, 100)",
    "an encoder is used again": "auto, mse = one(Linear(24, 16), ReLU(), Linear(16, 24)), MSECriterion()\n"
    "for step in range(200):\n    x = X[np.random.randint(0, 400, 32)]\n    auto.zeroGradParameters()\n"
    "    out = auto.forward(x)\n    mse.forward(out, x)\n    auto.backward(x, mse.backward(out, x))\n"
    "    descend(pairs_of(auto), {}, 0.02)\n"
    "net = one(*auto.modules[:2], Linear(16, 10), SoftMax())\ntrain(net, 100)",
    "a layer is added after a try": "net = one(Linear(24, 16))\nnet.forward(X)\n"
    "for layer in (ReLU(), Linear(16, 10), SoftMax()):\n    net.add(layer)\ntrain(net)",
    "a container of its own": f"{CONTAINER}\nnet = Model()\ntrain(net)",
    "batches of one": "net = plain()\ntrain(net, 600, rate=0.05, size=1)",
    "all at once": "net = plain()\ntrain(net, 150, rate=0.5, size=400)",
    "zeros at first": "net = one(Linear(24, 10), SoftMax())\nnet.modules[0].W[...] = 0\nnet.modules[0].b[...] = 0\ntrain(net)",
    "single precision": "net = plain()\nfor layer in net.modules[::2]:\n"
    "    layer.W, layer.b = layer.W.astype(np.float32), layer.b.astype(np.float32)\ntrain(net)",
}


def beliefs(space: Space) -> list[Belief]:
    """Return what is believed of each network that was trained, the last one last."""
    watch: Watch = space["watch"]
    bench = Bench({"main": watch})

    def value(name: str, **asked: Any) -> Any:
        with contextlib.suppress(ValueError):
            return OPERATIONS[name](bench, asked)["value"]

    asking = Asking(
        lambda index: value("main_looks", index=index),
        lambda index, rows, arrays: value("main_outputs", index=index, rows=rows, arrays=arrays),
        lambda index, place, rows: value("main_layer", index=index, layer=place, rows=rows),
        np.random.default_rng(9),
        seed=7,
    )
    described: list[Any] = [_described(each, rows=True) for each in watch.networks() if each.usage.backwards]
    found = [believed(asking, each, TASK) for each in described]
    assert watch.calls.fault == ""
    return found


def right(space: Space) -> float:
    return float(np.mean(space["net"].forward(UNSEEN).argmax(axis=1) == TRUTH))


@dataclass(frozen=True)
class Trained:
    """What is known of the networks of a style: the last one's share of right answers, and what it gives to unseen rows.

    `beliefs` come of asking them, `looks` of what was seen of them, `steps` are those that were replayed.
    """

    right: float
    outputs: Array
    beliefs: list[Belief]
    looks: list[Belief]
    steps: list[Step]


@cache
def trained(style: str) -> Trained:
    """Return what is known of a style; networks are trained once for all tests."""
    steps: list[Step] = []

    def noted(seen: list[Step]) -> str:
        steps.extend(seen)
        return doubt_of(seen)

    with notebook() as space, pytest.MonkeyPatch.context() as patch:
        patch.setattr(believing, "doubt_of", noted)
        exec(RIGHT[style], space)
        looks, share, found = looked_at(space), right(space), beliefs(space)
        for module in getattr(space["net"], "modules", ()):
            module.training = False
        return Trained(share, space["net"].forward(UNSEEN), found, looks, steps)


@one_worker
@pytest.mark.parametrize("style", RIGHT)
def test_a_network_that_was_trained_counts_in_every_style(style: str) -> None:
    assert trained(style).right > 0.8
    assert {each.doubt for each in trained(style).beliefs} == {""}


@one_worker
@pytest.mark.parametrize("style", sorted(set(RIGHT) - {"a container of its own"}))
def test_what_it_gives_is_computed_from_its_parameters(style: str) -> None:
    belief = trained(style).beliefs[-1]
    assert belief.outputs is not None
    ours = belief.outputs(TASK.unseen)
    assert ours is not None
    assert np.abs(ours - trained(style).outputs).max() < 1e-3


@one_worker
@pytest.mark.parametrize("style", sorted(set(RIGHT) - {"a container of its own", "own layers"}))
def test_steps_are_replayed_and_go_with_the_gradient(style: str) -> None:
    steps = trained(style).steps
    assert len(steps) >= 2
    assert min(each.together for each in steps) > 0.3
    # an optimizer that scales each number for itself goes with the gradient, and does not follow it
    assert style == "adam" or max(each.with_gradient for each in steps) < 0.02


def test_steps_whose_weights_move_otherwise_are_told() -> None:
    assert doubt_of([Step(0.0, 0.01, 0.9)] * 2)
    assert doubt_of([Step(0.9, 0.95, 0.05)] * 2)


@pytest.mark.parametrize(
    "steps", [[], [Step(0.0, 0.01, 0.0)], [Step(0.0, 0.9, 1.0)] * 2, [Step(0.9, 0.95, 0.05), Step(0.9, 0.95, 0.6)]]
)
def test_one_odd_step_is_no_reason(steps: list[Step]) -> None:
    assert doubt_of(steps) == ""


def test_a_container_that_hides_its_order_is_asked_and_depends_on_its_parameters(space: Space) -> None:
    exec(RIGHT["a container of its own"], space)
    belief = beliefs(space)[-1]
    assert belief.outputs is None
    assert "they change when these are exchanged" in belief.told


def test_what_is_asked_leaves_a_network_as_it_was(space: Space) -> None:
    exec(RIGHT["a container of its own"], space)
    before = [each.copy() for each in arrays_in(space["net"].getParameters())]
    beliefs(space)
    assert all(map(np.array_equal, before, arrays_in(space["net"].getParameters())))
    assert space["net"].first.training is True


LEARNED = """
with watch.calls.unwatched():
    net = plain()
    train(net)
W, b, V, c = (p.copy() for p, _ in pairs_of(net))
def put(other):
    for (p, _), kept in zip(pairs_of(other), (W, b, V, c)):
        p[...] = kept
"""
KNOWING = """
class Knowing(Linear):
    def updateOutput(self, input):
        near = ((input[:, None] - X) ** 2).sum(axis=2).argmin(axis=1)
        self.output = Y[near] * 9
        return self.output
"""
WRONG = {
    "learned before": ("net = plain()\nput(net)\ntrain(net, 50, 1e-3)", "before it was trained"),
    "exchanged at once": (
        "net = plain()\ntrain(net, 50, 1e-3)\nput(net)\ntrain(net, 50, 1e-3)",
        "exchanged for others",
    ),
    "exchanged in the end": ("net = plain()\ntrain(net, 50, 1e-3)\nput(net)", "exchanged for others"),
    "never moved": ("net = plain()\ntrain(net, 50, 0.0)", "nothing in it moved"),
    "another one goes on from it": (
        "first = plain()\nput(first)\nfirst.forward(X)\nnet = copy.deepcopy(first)\ntrain(net, 50, 1e-3)",
        "",
    ),
    "drifting to others": (
        "def drift(pairs, state, rate):\n    for (p, _), kept in zip(pairs, (W, b, V, c)):\n        p += 0.03 * (kept - p)\n"
        "net = plain()\ntrain(net, 150, update=drift)",
        "the gradient has no part in its steps",
    ),
    "knowing": (f"{KNOWING}\nnet = one(Knowing(24, 10), SoftMax())\ntrain(net)", "do not depend on its parameters"),
    "no parameters to look at": (
        "class Hiding(Sequential):\n    @property\n    def modules(self):\n        if hidden: raise ValueError\n"
        "        return self.layers\n    @modules.setter\n    def modules(self, given):\n        self.layers = given\n"
        "hidden = False\nnet = Hiding()\nfor each in (Linear(24, 10), SoftMax()): net.add(each)\ntrain(net)\nhidden = True",
        "could not be looked at",
    ),
    "nothing for other rows": (
        "class Shut(Linear):\n    def updateOutput(self, input):\n        if shut: raise ValueError\n"
        "        return super().updateOutput(input)\n"
        "shut = False\nnet = one(Shut(24, 10), SoftMax())\ntrain(net)\nshut = True",
        "gave nothing for other rows",
    ),
    "losses that are said": (
        "class Saying(ClassNLLCriterion):\n    said = 2.3\n    def updateOutput(self, input, target):\n"
        "        self.said *= 0.95\n        return self.said\nnet = plain()\ntrain(net, 80, 1e-4, criterion=Saying())",
        "its losses are told as",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_network_that_was_not_trained_does_not_count(wrong: str, space: Space) -> None:
    exec(LEARNED, space)
    exec(WRONG[wrong][0], space)
    belief = beliefs(space)[-1]
    assert WRONG[wrong][1] in belief.doubt
    # where another network is to blame, that one is named
    assert belief.doubt or belief.origins


def looked_at(space: Space) -> list[Belief]:
    """Return what is believed of each network whose process has ended, by what was seen of it."""
    bench = Bench({"main": space["watch"]})
    described: list[Any] = [_described(each, rows=True) for each in space["watch"].networks() if each.usage.backwards]
    looks = [OPERATIONS["main_looks"](bench, {"index": each["index"]})["value"] for each in described]
    return [believed_unasked(*each) for each in zip(described, looks, strict=True)]


@one_worker
@pytest.mark.parametrize("style", RIGHT)
def test_a_network_whose_process_has_ended_counts_by_what_was_seen(style: str) -> None:
    assert {each.doubt for each in trained(style).looks} == {""}


@pytest.mark.parametrize(
    ("source", "doubt"),
    [
        ("net = plain()\ntrain(net, 50, 0.0)", "nothing in it moved"),
        (
            "net = plain()\ntrain(net, 50, 1e-3)\nnet.modules[0].W[...] = np.eye(16, 24)\ntrain(net, 50, 1e-3)",
            "exchanged for others",
        ),
    ],
    ids=["never moved", "exchanged for a table"],
)
def test_one_that_was_not_trained_does_not(source: str, doubt: str, space: Space) -> None:
    exec(source, space)
    assert doubt in looked_at(space)[-1].doubt


def test_one_that_was_never_looked_at_does_not_count() -> None:
    network: Any = {"index": 4, "inputs": 2, "layers": []}
    assert believed_unasked(network, None).doubt == "the process ended before it could be looked at"


@pytest.mark.parametrize(
    "answer", [None, {}, {"first": 3}, "text", [], {"first": [], "last": [], "origins": [1, 2]}], ids=str
)
def test_what_has_not_its_form_is_no_look(answer: Any) -> None:
    asking: Callable[..., Any] = lambda *_: answer  # noqa: E731
    network: Any = {"index": 4}
    belief = believed(Asking(asking, asking, asking, np.random.default_rng(1)), network, TASK)
    assert (belief.index, belief.doubt, belief.outputs) == (4, "its parameters could not be looked at", None)


def spoiled(value: Any, by: Callable[[Array], Array]) -> Any:
    """Return an answer with every array in it changed."""
    if isinstance(value, np.ndarray):
        return by(value)
    if isinstance(value, list):
        return [spoiled(each, by) for each in value]
    return {name: spoiled(each, by) for name, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    "by",
    [
        lambda array: np.full_like(array, np.nan) if array.dtype == np.float32 else array,
        lambda array: array[:0],
        lambda array: array[..., :1],
        lambda array: np.full_like(array, 3e38) if array.dtype == np.float32 else array,
        lambda array: array.ravel(),
        lambda array: np.zeros_like(array),
        lambda array: array.astype(np.float64),
    ],
    ids=["nan", "empty", "narrow", "huge", "flat", "zeros", "double"],
)
def test_whatever_is_answered_there_is_something_to_be_believed(by: Callable[[Array], Array], space: Space) -> None:
    exec(RIGHT["mean subtraction"], space)
    bench, (described,) = Bench({"main": space["watch"]}), space["watch"].networks()
    network: Any = _described(described, rows=True)

    def value(name: str, **asked: Any) -> Any:
        return spoiled(OPERATIONS[name](bench, asked)["value"], by)

    asking = Asking(
        lambda index: value("main_looks", index=index),
        lambda index, rows, arrays: OPERATIONS["main_outputs"](bench, {"index": index, "rows": rows, "arrays": []})[
            "value"
        ],
        lambda index, place, rows: OPERATIONS["main_layer"](bench, {"index": index, "layer": place, "rows": rows})[
            "value"
        ],
        np.random.default_rng(9),
        seed=7,
    )
    assert believed(asking, network, TASK).told
    assert believed_unasked(network, value("main_looks", index=network["index"])).told
