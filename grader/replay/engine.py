"""The class that lies over a student's: their public calls are recorded and carried out later, many at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from grader.replay import batches, calls, rows
from grader.replay.calls import ABSENT
from grader.replay.network import Array, Network
from grader.replay.recording import MOST_CALLS, Replay

FLOAT = np.dtype(np.float64)
FINITE = 1e300
# what Python, notebooks and copying look for in any object
ASKED_OF_ANYTHING = ("__", "_repr_", "_ipython_", "_replay")


class Engine:
    """A multilayer perceptron with the public calls of the assignment, and of nothing else."""

    on_missing: ClassVar[Callable[[Any, str], None] | None] = None
    on_block: ClassVar[Callable[[Any, Array, Array, list[batches.Event]], None] | None] = None
    on_forward: ClassVar[Callable[[Any, Array, Array, Any, Any], None] | None] = None
    # whether every call is carried out at once, with the functions that were given
    direct: ClassVar[bool] = False
    # examples with a step each, of all networks, after which these are worth compiling
    compile_after: ClassVar[int] = 30_000
    _replay: Replay

    def __init__(self, d: Any = ABSENT, est_lossderiv: Any = ABSENT, *more: Any, **named: Any) -> None:
        if est_lossderiv is ABSENT or more or named:
            self._given("__init__", {"d": d, "est_lossderiv": est_lossderiv}, more, named)
        self._replay = Replay(Network(d, est_lossderiv))

    def add_layer(
        self, m: Any = ABSENT, f: Any = ABSENT, fderiv: Any = ABSENT, name: Any = ABSENT, *more: Any, **named: Any
    ) -> None:
        """Add a layer at the end."""
        if fderiv is ABSENT or more or named:
            given = {"m": m, "f": f, "fderiv": fderiv, "name": name}
            m, f, fderiv, name = self._given("add_layer", given, more, named)
        settle(self)
        self._replay.network.add(m, f, fderiv, None if name is ABSENT else name)
        self._replay.close()
        self._replay.ahead.forget()

    def forward(self, x: Any = ABSENT, start: Any = None, end: Any = None, *more: Any, **named: Any) -> Any:
        """Return the output for one input, of the layers from the one named start to the one named end."""
        if x is ABSENT or more or named:
            x, start, end = self._given("forward", {"x": x, "start": start, "end": end}, more, named)
        replay = self._replay
        if replay.calls:
            _flush(self)
        network = replay.network
        span = (0, len(network.layers)) if start is None and end is None else network.span(start, end)
        ahead = replay.ahead
        y = None if self.direct else ahead.serve(x, span)
        if y is not None:
            return y
        _tell_forward(self)
        if self.direct or not _takes(network, x, span):
            y = network.forward(x, *span)
            _tell_one(self, x, y, start, end)
            return y
        with np.errstate(all="ignore"):
            y = ahead.look(network, x, span)
            if y is not None:
                return y
            y = rows.outputs(network, x, span)
        _tell_one(self, x, y, start, end)
        return y

    def backward(self, x: Any = ABSENT, y: Any = ABSENT, *more: Any, **named: Any) -> None:
        """Add the gradients of the loss for one example to the accumulators."""
        if y is ABSENT or more or named:
            x, y = self._given("backward", {"x": x, "y": y}, more, named)
        replay = self._replay
        # the usual case, spelt out because it is called millions of times
        usual = type(x) is np.ndarray and x.shape == replay.x_shape and x.dtype is FLOAT
        usual = usual and type(y) is np.ndarray and y.shape == replay.y_shape and y.dtype is FLOAT
        if self.direct or not (usual or replay.fits(x, y)):
            settle(self)
            replay.network.gather()
            replay.network.backward(x, y)
            _tell_block(self, x, y, [])
            return
        k = replay.count
        if k == replay.capacity:
            _flush(self)
            k = 0
        replay.X[k] = x
        replay.Y[k] = y
        replay.count = k + 1

    def step(self, alpha: Any = ABSENT, *more: Any, **named: Any) -> None:
        """Subtract alpha times the accumulated gradients from the parameters."""
        if alpha is ABSENT or more or named:
            alpha = self._given("step", {"alpha": alpha}, more, named)
        replay = self._replay
        if replay.X is not None and type(alpha) is float and -FINITE < alpha < FINITE:
            waiting = replay.calls
            waiting.append(replay.count)
            waiting.append(alpha)
            if len(waiting) > MOST_CALLS:
                _flush(self)
            return
        settle(self)
        replay.ahead.forget()
        replay.network.step(alpha)
        _tell_event(self, ("step", 0, alpha))

    def zero_grad(self, *more: Any, **named: Any) -> None:
        """Forget the accumulated gradients."""
        if more or named:
            self._given("zero_grad", {}, more, named)
        replay = self._replay
        if replay.X is not None:
            waiting = replay.calls
            waiting.append(replay.count)
            waiting.append(None)
            if len(waiting) > MOST_CALLS:
                _flush(self)
            return
        settle(self)
        replay.network.zero()
        _tell_event(self, ("zero", 0))

    def _given(self, method: str, given: dict[str, Any], more: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return calls.sort(self, method, given, more, named, tell=_tell_missing)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(ASKED_OF_ANYTHING):
            _tell_missing(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        settle(self)
        return super().__reduce_ex__(protocol)


def lay_over(cls: type) -> type:
    """Return a class of the same name in which the engine's public methods stand before those of `cls`."""
    return type(
        cls.__name__,
        (Engine, cls),
        {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__},
    )


def settle(net: Engine) -> None:
    """Carry out all calls that wait, and tell of them."""
    _tell_forward(net)
    _flush(net)


def parameters(net: Engine) -> list[dict[str, Array]]:
    """Return copies of weights W (m, n) and biases b (m,) of every layer, after all calls so far."""
    settle(net)
    return [{"W": layer.W.copy(), "b": layer.b.copy()} for layer in net._replay.network.layers]


def outputs(net: Engine, X: Array, start: Any = None, end: Any = None) -> Array | None:
    """Return what `forward` would make of each of the rows X (K, d), all at once: (K, m).

    None where that is not known to be the same: another `forward`, functions or names that are not known, other widths.
    """
    settle(net)
    network = net._replay.network
    names = [None, *(layer.name for layer in network.layers)]
    if inspect.getattr_static(net, "forward") is not Engine.forward or start not in names or end not in names:
        return None
    span = network.span(start, end)
    if X.ndim != 2 or not len(X) or not _takes(network, X[0], span):
        return None
    with np.errstate(all="ignore"):
        return rows.outputs(network, X, span)


def _flush(net: Engine) -> None:
    """Carry out the recorded calls, and tell of them; an interruption loses what is under way, but repeats nothing."""
    replay = net._replay
    count = replay.count
    if not count and not replay.calls:
        return
    program = replay.take()
    X, Y = replay.X[:count], replay.Y[:count]
    if program.steps:
        _tell_forward(net)
        replay.ahead.forget()
    with np.errstate(all="ignore"):
        batches.carry_out(replay.network, X, Y, program, compile_after=net.compile_after)
    tell = type(net).on_block
    if tell is not None:
        tell(net, X, Y, program.events)


def _takes(network: Network, x: Any, span: tuple[int, int]) -> bool:
    """Tell whether x is one row of float64 for a chain of layers that are all known."""
    if type(x) is not np.ndarray or x.dtype != FLOAT or x.ndim != 1 or not x.flags.c_contiguous:
        return False
    layers = network.layers[slice(*span)]
    return bool(layers) and len(x) == layers[0].W.shape[1] > 0 and all(layer.kind for layer in layers)


def _tell_forward(net: Engine) -> None:
    """Tell of the forward calls that were served from what was worked out ahead."""
    tell = type(net).on_forward
    untold = net._replay.ahead.untold()
    if tell is not None and untold is not None:
        X, Y, (first, stop) = untold
        layers = net._replay.network.layers
        start, end = layers[first].name if first else None, layers[stop - 1].name if stop < len(layers) else None
        tell(net, X, Y, start, end)


def _tell_one(net: Engine, x: Any, y: Any, start: Any, end: Any) -> None:
    """Tell of one forward call, if it was about one row."""
    tell = type(net).on_forward
    if tell is not None and np.ndim(x) == np.ndim(y) == 1:
        tell(net, np.array(x, dtype=np.float64)[None], np.array(y, dtype=np.float64)[None], start, end)


def _tell_block(net: Engine, x: Any, y: Any, events: list[batches.Event]) -> None:
    """Tell of one example that was carried out at once, if it was about one row."""
    tell = type(net).on_block
    layers = net._replay.network.layers
    if tell is not None and layers and np.ndim(x) == 1 and np.ndim(y) <= 1:
        Y = np.broadcast_to(np.array(y, dtype=np.float64), (1, len(layers[-1].b)))
        tell(net, np.array(x, dtype=np.float64)[None], Y, events)


def _tell_event(net: Engine, event: batches.Event) -> None:
    """Tell of a step or zero that was carried out at once."""
    tell = type(net).on_block
    layers = net._replay.network.layers
    if tell is not None and layers:
        tell(net, np.empty((0, layers[0].W.shape[1])), np.empty((0, len(layers[-1].b))), [event])


def _tell_missing(net: Any, what: str) -> None:
    """Tell of something that the network was asked for and has not."""
    tell = type(net).on_missing
    if tell is not None:
        tell(net, what)


for _name in calls.NAMES:
    getattr(Engine, _name).__signature__ = inspect.signature(getattr(calls.Calls, _name))
