"""The class that lies over a student's: it has their public calls and no arithmetic; an engine outside is told of each."""

from __future__ import annotations

import inspect
import operator
import struct
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from numpy import array, asarray, bool_, dtype, empty, float32, float64, int32, int64, ndarray, uint8, zeros
from numpy.random import get_state, set_state

from grader.watching import frames
from grader.watching.frames import Frame, Reader
from grader.watching.recording import public_calls, trying
from grader.watching.recording.ahead import Ahead
from grader.watching.recording.public_calls import ABSENT
from grader.watching.recording.shipping import Shipper

Array = ndarray[Any, Any]
FLOAT = dtype(float64)
FINITE = 1e300
# what Python, notebooks and copying look for in any object
ASKED_OF_ANYTHING = ("__", "_repr_", "_ipython_", "_thin")
REAL = frozenset("?bBhHiIlLqQefd")
NUMBERS = frozenset((float, int, bool, float64, float32, int64, int32, uint8, bool_))
CAPACITY = 256
# of the list of calls, which has two entries for each
MOST_CALLS = 8 * CAPACITY
BUFFER = 1 << 19  # numbers
# the generator whose state travels
TWISTER = "MT19937"
Questions = dict[int, list[trying.Question]]
# the names under which the state of a copied or pickled network is kept, and what it is
KEPT, KEPT_STATE = "_thin", "_thin_state"


@dataclass
class Functions:
    """The functions that a network was given, as the notebook has them: the loss's derivative, and two of each layer."""

    loss: Any
    layers: list[tuple[Any, Any]] = field(default_factory=list)


class Seat(Protocol):
    """What networks of a notebook stand on: who tells of their calls, and knows them by number."""

    shipper: Shipper
    functions: dict[int, Functions]
    questions: Questions

    def index(self, net: Any, came_from: tuple[int, int] | None) -> int:
        """Return the number of a network, which may be a copy: of the network with a number, as it was at a snapshot."""

    def missing(self, net: Any, what: str) -> None:
        """Note something that a network was asked for and has not."""

    def cell(self) -> int:
        """Return which cell is running."""


class Calls:
    """The calls of one network that wait: `count` examples in the first rows of X and Y, and the calls among them."""

    def __init__(self, index: int, d: Any) -> None:
        self.index = index
        self.widths: list[Any] = [d]
        self.names: list[Any] = []
        self.known: list[bool] = []
        self.slopes: list[bool] = []
        self.loss_known = False
        self.ahead = Ahead()
        self.count = 0
        # two entries a call, in order: how many examples were before it, and its rate, or None for a clearing
        self.calls: list[Any] = []
        self.close()

    def close(self) -> None:
        """Give the buffers up; the next example that fits gets new ones."""
        self.X: Any = None
        self.Y: Any = None
        self.x_shape: tuple[int, ...] | None = None
        self.y_shape: tuple[int, ...] | None = None
        self.capacity = 0

    @property
    def follows(self) -> bool:
        """Whether all that training needs is known by name, so that calls can wait."""
        return bool(self.known) and self.loss_known and all(self.known) and all(self.slopes[:-1])

    @property
    def work(self) -> int:
        """How many parameters an example meets."""
        return sum((n + 1) * m for n, m in zip(self.widths, self.widths[1:], strict=False))

    def open(self) -> bool:
        """Make room for examples; False when calls cannot wait."""
        if not self.follows or not all(self.widths):
            return False
        inputs, width = int(self.widths[0]), self.widths[-1]
        self.capacity = min(CAPACITY, max(16, BUFFER // inputs))
        self.X, self.Y = empty((self.capacity, inputs)), empty((self.capacity, width))
        self.x_shape, self.y_shape = (inputs,), (width,)
        return True

    def fits(self, x: Any, y: Any) -> bool:
        """Tell whether an example is what the network takes: x (d,), y (m,) or a number if there is one output."""
        if self.X is None and not self.open():
            return False
        if type(x) is not ndarray or x.shape != self.x_shape or x.dtype.char not in REAL:
            return False
        if type(y) is ndarray:
            return y.shape == self.y_shape and y.dtype.char in REAL
        return self.y_shape == (1,) and type(y) in NUMBERS

    def takes(self, x: Any, span: tuple[int, int]) -> bool:
        """Tell whether x is one row of float64 for a chain of layers that are all known."""
        if type(x) is not ndarray or x.dtype != FLOAT or x.ndim != 1 or not x.flags.c_contiguous:
            return False
        first, stop = span
        return first < stop and len(x) == self.widths[first] > 0 and all(self.known[first:stop])

    def span(self, start: Any, end: Any) -> tuple[int, int]:
        """Return the numbers of the first layer to run and of the one after the last; ValueError for unknown names."""
        for name in (start, end):
            if name is not None and name not in self.names:
                raise ValueError(f"no layer is named {name!r}; the names, in order, are {self.names}")
        first = 0 if start is None else self.names.index(start)
        return first, len(self.names) if end is None else self.names.index(end) + 1


class Thin:
    """A multilayer perceptron with the public calls of the assignment, and of nothing else."""

    seat: ClassVar[Seat]
    _thin: Calls

    def __init__(self, d: Any = ABSENT, est_lossderiv: Any = ABSENT, *more: Any, **named: Any) -> None:
        if est_lossderiv is ABSENT or more or named:
            d, est_lossderiv = self._given("__init__", {"d": d, "est_lossderiv": est_lossderiv}, more, named)
        seat = self.seat
        calls = Calls(seat.index(self, None), d)
        seat.functions[calls.index] = Functions(est_lossderiv)
        inputs = int(d) if hasattr(d, "__index__") else 0
        told = built(inputs, est_lossderiv, seat.questions)
        calls.loss_known = bool(seat.shipper.line.ask(frames.BUILT, calls.index, told).numbers("B")[0])
        self._thin = calls

    def add_layer(
        self, m: Any = ABSENT, f: Any = ABSENT, fderiv: Any = ABSENT, name: Any = ABSENT, *more: Any, **named: Any
    ) -> None:
        """Add a layer at the end."""
        if fderiv is ABSENT or more or named:
            given = {"m": m, "f": f, "fderiv": fderiv, "name": name}
            m, f, fderiv, name = self._given("add_layer", given, more, named)
        settle(self)
        calls, seat = self._thin, self.seat
        width, inputs = operator.index(m), operator.index(calls.widths[-1])
        if width < 0 or inputs < 0:
            raise ValueError("negative dimensions are not allowed")
        name = None if name is ABSENT else name
        told, flags = layer(width, inputs, f, fderiv, name, seat.questions)
        answer = seat.shipper.line.ask(frames.LAYER, calls.index, told + _state_bytes(), flags)
        (known,) = answer.numbers("B")
        _draw_on(answer)
        seat.functions[calls.index].layers.append((f, fderiv))
        calls.widths.append(width)
        calls.names.append(name)
        calls.known.append(bool(known & frames.KNOWN_VALUE))
        calls.slopes.append(bool(known & frames.KNOWN_SLOPE))
        calls.close()
        calls.ahead.forget()

    def forward(self, x: Any = ABSENT, start: Any = None, end: Any = None, *more: Any, **named: Any) -> Any:
        """Return the output for one input, of the layers from the one named start to the one named end."""
        if x is ABSENT or more or named:
            x, start, end = self._given("forward", {"x": x, "start": start, "end": end}, more, named)
        calls = self._thin
        if calls.calls:
            _ship(self)
        span = (0, len(calls.names)) if start is None and end is None else calls.span(start, end)
        ahead = calls.ahead
        y = ahead.serve(x, span)
        if y is not None:
            return y
        _tell_served(self)
        ship = self.seat.shipper
        if not calls.takes(x, span):
            payload = struct.pack("<HH", *span) + _value(x, calls.widths[span[0]])
            return ship.line.ask(frames.FORWARD, calls.index, payload, 1).value()
        rows = ahead.look(x, span)
        if rows is not None:
            y = ahead.work_out(x, span, ship.outputs(calls.index, rows, *span))
            if y is not None:
                return y
        y = ship.outputs(calls.index, x[None], *span)[0]
        ship.line.tell(frames.SERVED, calls.index, struct.pack("<I", 1))
        return y

    def backward(self, x: Any = ABSENT, y: Any = ABSENT, *more: Any, **named: Any) -> None:
        """Note an example."""
        if y is ABSENT or more or named:
            x, y = self._given("backward", {"x": x, "y": y}, more, named)
        calls = self._thin
        # the usual case, spelt out because it is called millions of times
        usual = type(x) is ndarray and x.shape == calls.x_shape and x.dtype is FLOAT
        usual = usual and type(y) is ndarray and y.shape == calls.y_shape and y.dtype is FLOAT
        if not (usual or calls.fits(x, y)):
            settle(self)
            payload = struct.pack("<I", self.seat.cell()) + _value(x, calls.widths[0]) + _value_or_nothing(y)
            self.seat.shipper.line.ask(frames.BACKWARD, calls.index, payload)
            return
        k = calls.count
        if k == calls.capacity:
            _ship(self)
            k = 0
        calls.X[k] = x
        calls.Y[k] = y
        calls.count = k + 1

    def step(self, alpha: Any = ABSENT, *more: Any, **named: Any) -> None:
        """Note a step."""
        if alpha is ABSENT or more or named:
            alpha = self._given("step", {"alpha": alpha}, more, named)
        calls = self._thin
        if (calls.X is not None or calls.open()) and type(alpha) in NUMBERS and -FINITE < alpha < FINITE:
            waiting = calls.calls
            waiting.append(calls.count)
            waiting.append(float(alpha))
            if len(waiting) > MOST_CALLS:
                _ship(self)
            return
        settle(self)
        calls.ahead.forget()
        payload = struct.pack("<I", self.seat.cell()) + _value(alpha, None)
        self.seat.shipper.line.ask(frames.STEP, calls.index, payload)

    def zero_grad(self, *more: Any, **named: Any) -> None:
        """Note that gradients are cleared."""
        if more or named:
            self._given("zero_grad", {}, more, named)
        calls = self._thin
        if calls.X is not None:
            waiting = calls.calls
            waiting.append(calls.count)
            waiting.append(None)
            if len(waiting) > MOST_CALLS:
                _ship(self)
            return
        settle(self)
        self.seat.shipper.line.tell(frames.CLEAR, calls.index, struct.pack("<I", self.seat.cell()))

    def _given(self, method: str, given: dict[str, Any], more: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return public_calls.sort(self, method, given, more, named, tell=self.seat.missing)

    def __getattr__(self, name: str) -> Any:
        if name == KEPT and KEPT_STATE in self.__dict__:
            return _again(self)
        if not name.startswith(ASKED_OF_ANYTHING):
            self.seat.missing(self, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __copy__(self) -> Any:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        reduced: Any = super().__reduce_ex__(protocol)
        if KEPT not in self.__dict__ or not isinstance(reduced, tuple) or type(reduced[2]) is not dict:
            return reduced
        state = {name: value for name, value in reduced[2].items() if name != KEPT}
        return (*reduced[:2], {**state, KEPT_STATE: _kept(self)}, *reduced[3:])


def lay_over(cls: type, seat: Seat) -> type:
    """Return a class of the same name in which the public methods of the engine stand before those of `cls`."""
    names = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__, "seat": seat}
    return type(cls.__name__, (Thin, cls), names)


def settle(net: Thin) -> None:
    """Tell of all calls that wait."""
    _tell_served(net)
    _ship(net)


def snapshot(net: Thin) -> int:
    """Let the engine keep a network as it is now, and return the number of that."""
    settle(net)
    number: int = net.seat.shipper.line.ask(frames.SNAPSHOT, net._thin.index).numbers("I")[0]
    return number


def built(inputs: int, loss: Any, questions: Questions) -> bytes:
    """Return what is told of the inputs of a network, and of the derivative of its loss."""
    return struct.pack("<q", _within(inputs)) + trying.answers_bytes(loss, questions[frames.LOSS])


def layer(width: int, inputs: int, f: Any, fderiv: Any, name: Any, questions: Questions) -> tuple[bytes, int]:
    """Return what is told of a layer, and its flags."""
    is_named = isinstance(name, str)
    told = [
        struct.pack("<qq", _within(width), _within(inputs)),
        frames.text_bytes(name if is_named else ""),
        trying.answers_bytes(f, questions[frames.VALUE]),
        trying.answers_bytes(fderiv, questions[frames.SLOPE], loosely=True),
    ]
    return b"".join(told), is_named | 2 * (fderiv is None)


def applied(functions: dict[int, Functions], question: Frame) -> bytes:
    """Evaluate the function of the notebook's that the engine asks for; raises what it raises."""
    reader = Reader(question.payload)
    role, layer, count = reader.numbers("BHB")
    given = [reader.value() for _ in range(count)]
    owner = functions[question.network]
    f = owner.loss if role == frames.LOSS else owner.layers[layer][role == frames.SLOPE]
    return _value(f(*given), None)


def _ship(net: Thin) -> None:
    """Tell of the calls that wait; an interruption loses what is under way, but repeats nothing."""
    calls = net._thin
    count, waiting = calls.count, calls.calls
    if not count and not waiting:
        return
    calls.count, calls.calls = 0, []
    rates = waiting[1::2]
    if any(rate is not None for rate in rates):
        _tell_served(net)
        calls.ahead.forget()
    net.seat.shipper.block(
        calls.index, calls.X[:count], calls.Y[:count], waiting[::2], rates, cell=net.seat.cell(), work=calls.work
    )


def _tell_served(net: Thin) -> None:
    """Tell of the forward calls that were served from what was worked out ahead."""
    if served := net._thin.ahead.untold():
        net.seat.shipper.line.tell(frames.SERVED, net._thin.index, struct.pack("<I", served))


def _kept(net: Thin) -> dict[str, Any]:
    """Return what makes a network again, as plain data: it may be pickled."""
    calls = net._thin
    return {
        "from": (calls.index, snapshot(net)),
        "widths": list(calls.widths),
        "names": list(calls.names),
        "known": list(calls.known),
        "slopes": list(calls.slopes),
        "loss_known": calls.loss_known,
    }


def _again(net: Thin) -> Calls:
    """Return what a network that was copied or unpickled stands on, from now on by itself."""
    state = net.__dict__[KEPT_STATE]
    seat = net.seat
    came_from = state["from"]
    calls = Calls(seat.index(net, came_from), state["widths"][0])
    for name in ("widths", "names", "known", "slopes", "loss_known"):
        setattr(calls, name, state[name])
    original = seat.functions.get(came_from[0], Functions(None))
    seat.functions[calls.index] = Functions(original.loss, list(original.layers))
    del net.__dict__[KEPT_STATE]
    net._thin = calls
    return calls


def _value(value: Any, width: Any) -> bytes:
    """Return a value as it travels; raises for others what arithmetic raises with a layer of `width` inputs."""
    found = frames.value_bytes(value)
    if found is None and type(value) in (list, tuple):
        found = frames.value_bytes(asarray(value))
    if found is None:
        made = zeros((1, width)) @ value if isinstance(width, int) else zeros(1) * value
        found = frames.value_bytes(array(value, dtype=float64) if made is not None else None)
    if found is None:
        raise TypeError(f"numbers are needed, not {type(value).__name__}")
    return found


def _value_or_nothing(value: Any) -> bytes:
    """Return a value as it travels; what does not is told as nothing, and arithmetic raises where it meets that."""
    listed = asarray(value) if type(value) in (list, tuple) else value
    return frames.value_bytes(listed) or bytes([frames.NOTHING])


def _within(number: int) -> int:
    return max(min(number, 2**62), -(2**62))


def _state_bytes() -> bytes:
    """Return the state of np.random as it travels, nothing where it is another generator's than the usual."""
    state: Any = get_state()  # noqa: NPY002 - a seeded notebook gets the very same numbers
    return frames.state_bytes(state) if state[0] == TWISTER else b""


def _draw_on(answer: Reader) -> None:
    """Set the state of np.random to what it is after a draw of the engine's."""
    (drawn,) = answer.numbers("B")
    if drawn:
        set_state((TWISTER, *answer.state()))  # noqa: NPY002


for _name in public_calls.NAMES:
    getattr(Thin, _name).__signature__ = inspect.signature(getattr(public_calls.Calls, _name))
