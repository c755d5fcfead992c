"""The replay engine does exactly what a plain network does, whatever the calls and their order."""

# ruff: noqa: NPY002 - students draw from np.random, and so must the networks here
from __future__ import annotations

import copy
import importlib.util
import inspect
import pickle  # noqa: TID251 - of our own making
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import functions
from grader.replay import compiled
from grader.watching.recording.thin import Thin, lay_over, settle
from kit.engine_in_thread import Seat, parameters

SEATS: list[Seat] = []
NUMBA = importlib.util.find_spec("numba") is not None
# one worker compiles, once
pytestmark = pytest.mark.xdist_group("engine")
needs_numba = pytest.mark.skipif(not NUMBA, reason="numba is not installed")
NEVER = 1 << 60


class Plain:
    """A network as a student writes it."""

    def __init__(self, d: int, est_lossderiv: Callable[..., Any]) -> None:
        self.d, self.est_lossderiv, self.layers = d, est_lossderiv, []

    def add_layer(self, m: int, f: Any, fderiv: Any, name: Any = None) -> None:
        n = len(self.layers[-1]["b"]) if self.layers else self.d
        W, b = 0.1 * np.random.randn(m, n), 0.1 * np.random.randn(m)
        self.layers.append({"name": name, "f": f, "df": fderiv, "W": W, "b": b, "dW": W * 0, "db": b * 0})

    def forward(self, x: Any, start: Any = None, end: Any = None) -> Any:
        names = [layer["name"] for layer in self.layers]
        first = 0 if start is None else names.index(start)
        stop = len(names) if end is None else names.index(end) + 1
        for layer in self.layers[first:stop]:
            x = layer["f"](layer["W"] @ x + layer["b"])
        return x

    def backward(self, x: Any, y: Any) -> None:
        trace = []
        for layer in self.layers:
            a = layer["W"] @ x + layer["b"]
            trace.append((x, a))
            x = layer["f"](a)
        g = self.est_lossderiv(x, y)
        for k in range(len(self.layers) - 1, -1, -1):
            layer, (h, a) = self.layers[k], trace[k]
            if k < len(self.layers) - 1:
                g = g * layer["df"](a)
            layer["db"] += g
            layer["dW"] += np.outer(g, h)
            g = layer["W"].T @ g

    def step(self, alpha: Any) -> None:
        for layer in self.layers:
            layer["W"] -= alpha * layer["dW"]
            layer["b"] -= alpha * layer["db"]

    def zero_grad(self) -> None:
        for layer in self.layers:
            layer["dW"][:] = 0
            layer["db"][:] = 0


class Student:
    """A student's class: its methods are the engine's then, its helpers stay."""

    def __init__(self, d: int, est_lossderiv: Any) -> None:
        raise AssertionError("never called")

    def classify(self, x: np.ndarray) -> int:
        return int(np.argmax(self.forward(x)))

    def depth(self) -> int:
        return len(self.layers)


KNOWN = [pair for name, pair in functions.ACTIVATIONS.items() if name != "softmax"]
SOFTMAX = functions.ACTIVATIONS["softmax"]
UNKNOWN = (lambda u: np.sin(u), lambda u: np.cos(u))
LOSSES = [functions.difference, functions.doubled, functions.sign, lambda y_est, y: 0.5 * (y_est - y) + 0.1]
NAMES = [None, "a", "b"]


@dataclass
class Case:
    """A network to build, twice."""

    d: int
    widths: list[int]
    pairs: list[Any]
    names: list[Any]
    loss: Any
    seed: int
    compile_after: int = NEVER
    made: list[Any] = field(default_factory=list)

    def build(self, cls: type) -> Any:
        np.random.seed(self.seed)
        net = cls(self.d, self.loss)
        for width, pair, name in zip(self.widths, self.pairs, self.names, strict=True):
            net.add_layer(width, *pair, name)
        return net

    def both(self) -> tuple[Any, Any]:
        """Return the plain network and the one of the engine."""
        seat = Seat(compile_after=self.compile_after)
        SEATS.append(seat)
        return self.build(Plain), self.build(lay_over(Student, seat))


@st.composite
def cases(draw: Any, unknown: bool = True) -> Case:
    depth = draw(st.integers(1, 4))
    hidden = st.sampled_from([*KNOWN, UNKNOWN] if unknown else KNOWN)
    pairs = [draw(hidden) for _ in range(depth - 1)] + [draw(st.sampled_from([*KNOWN, SOFTMAX]))]
    return Case(
        d=draw(st.sampled_from([1, 2, 5, 40])),
        widths=draw(st.lists(st.integers(1, 6), min_size=depth, max_size=depth)),
        pairs=pairs,
        names=draw(st.lists(st.sampled_from(NAMES), min_size=depth, max_size=depth)),
        loss=draw(st.sampled_from(LOSSES if unknown else LOSSES[:3])),
        seed=draw(st.integers(0, 1000)),
        compile_after=draw(st.sampled_from([0, NEVER])) if NUMBA else NEVER,
    )


ODD: dict[str, Callable[[np.ndarray], Any]] = {
    "float32": lambda x: x.astype(np.float32),
    "int": lambda x: (3 * x).astype(int),
    "list": lambda x: list(x),
    "short": lambda x: x[:-1],
    "long": lambda x: np.append(x, 1.0),
    "column": lambda x: x[:, None],
    "2-D": lambda x: np.stack([x, x]),
    "strided": lambda x: np.repeat(x, 2)[::2],
    "one number": lambda x: float(x[0]),
    "0-D": lambda x: np.array(x[0]),
    "same": lambda x: x,
    "text": lambda x: "text",
    "complex": lambda x: x + 1j,
    "big-endian": lambda x: x.astype(">f8"),
}
kinds = st.sampled_from(sorted(ODD))
rates = st.sampled_from([0.05, 0.01, -0.02, 0.0, np.float64(0.02), np.float32(0.0625)])
counts = st.integers(1, 40)
actions = st.one_of(
    st.tuples(st.just("singles"), counts, rates),
    st.tuples(st.just("zero first"), counts, rates),
    st.tuples(st.just("batches"), counts, st.sampled_from([2, 3, 7, 16]), rates),
    st.tuples(st.just("backward"), st.integers(1, 150)),
    st.tuples(st.just("odd backward"), kinds, kinds),
    st.tuples(st.just("step"), st.one_of(rates, st.sampled_from([None, np.array(0.01), "text", 0]))),
    st.tuples(st.just("zero_grad")),
    st.tuples(st.just("forward"), st.sampled_from([*NAMES, "c"]), st.sampled_from([*NAMES, "c"])),
    st.tuples(st.just("odd forward"), kinds),
    st.tuples(st.just("rows"), counts, st.sampled_from(NAMES)),
    st.tuples(st.just("deepcopy")),
    st.tuples(st.just("add"), st.integers(1, 4)),
)


def attempt(call: Callable[..., Any], *args: Any) -> Any:
    """Return what a call returns, or the kind of exception that it raises."""
    try:
        return call(*args)
    except Exception as error:  # noqa: BLE001 - which one it is, is what is compared
        return type(error)


class Player:
    """Plays a program on one network; `seen` is all that the calls returned or raised."""

    def __init__(self, net: Any, case: Case, seed: int) -> None:
        self.net, self.d, self.m = net, case.d, case.widths[-1]
        self.rng = np.random.default_rng(seed)
        self.seen: list[Any] = []

    def play(self, program: list[Any]) -> None:
        for name, *arguments in program:
            getattr(self, name.replace(" ", "_").replace("-", "_"))(*arguments)
        x = self.rng.normal(size=self.d)
        self.seen.append(attempt(self.net.forward, x))

    def example(self) -> tuple[np.ndarray, np.ndarray]:
        return 0.5 * self.rng.normal(size=self.d), self.rng.random(self.m)

    def backward(self, count: int) -> None:
        for _ in range(count):
            x, y = self.example()
            self.seen.append(attempt(self.net.backward, x, y))
            # what is given may be overwritten as soon as the call returns
            x[:], y[:] = np.nan, np.nan

    def singles(self, count: int, alpha: float) -> None:
        for _ in range(count):
            self.backward(1)
            self.step(alpha)
            self.zero_grad()

    def zero_first(self, count: int, alpha: float) -> None:
        for _ in range(count):
            self.zero_grad()
            self.backward(1)
            self.step(alpha)

    def batches(self, count: int, size: int, alpha: float) -> None:
        for _ in range(count // 4 + 1):
            self.backward(size)
            self.step(alpha / size)
            self.zero_grad()

    def odd_backward(self, x_kind: str, y_kind: str) -> None:
        x, y = self.example()
        self.seen.append(attempt(self.net.backward, ODD[x_kind](x), ODD[y_kind](y)))

    def step(self, alpha: Any) -> None:
        self.seen.append(attempt(self.net.step, alpha))

    def zero_grad(self) -> None:
        self.seen.append(attempt(self.net.zero_grad))

    def forward(self, start: Any, end: Any) -> None:
        x, _ = self.example()
        for row in (x, x[:1], np.append(x, x)[:4]):
            self.seen.append(attempt(self.net.forward, row, start, end))

    def odd_forward(self, kind: str) -> None:
        self.seen.append(attempt(self.net.forward, ODD[kind](self.example()[0])))

    def rows(self, count: int, end: Any) -> None:
        X = self.rng.normal(size=(count + 5, self.d))
        for number, x in enumerate(X):
            if number == 20:
                X[number + 1 : number + 2] *= 2.0
            if number == 33:
                self.backward(1)
                self.step(0.01)
            answer = attempt(self.net.forward, x, None, end)
            self.seen.append(np.array(answer) if isinstance(answer, np.ndarray) else answer)
            if isinstance(answer, np.ndarray):
                answer[:] = 0.0

    def deepcopy(self) -> None:
        twin = copy.deepcopy(self.net)
        self.singles(3, 0.01)
        self.seen.append(attempt(self.net.forward, self.example()[0]))
        self.net = twin

    def add(self, m: int) -> None:
        np.random.seed(m)
        self.net.add_layer(m, *functions.ACTIVATIONS["logistic"], "a")
        self.seen.append(np.random.rand())
        self.m = m


def same(one: Any, other: Any) -> bool:
    """Tell whether two things that were seen agree: to 1e-9 of the largest number; numpy's exceptions come as Python's."""
    if isinstance(one, type):
        return isinstance(other, type) and issubclass(one, other)
    if not isinstance(one, np.ndarray):
        return type(one) is type(other) and (one == other or isinstance(one, float | complex | list))
    if not isinstance(other, np.ndarray) or one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    scale = np.abs(one).max(initial=1e-3) if one.dtype.kind in "fc" and np.isfinite(one).all() else 1.0
    return one.dtype.kind not in "fc" or bool(np.allclose(one, other, rtol=1e-9, atol=1e-9 * scale, equal_nan=True))


@pytest.fixture(autouse=True)
def _seats() -> Iterator[None]:
    """Let no thread of an engine outlive a test, nor what went wrong in it be passed over."""
    yield
    close_seats()


def close_seats() -> None:
    faults = [seat.beside.fault for seat in SEATS]
    while SEATS:
        SEATS.pop().beside.close()
    assert faults == [None] * len(faults)


def assert_same_parameters(plain: Any, net: Any) -> None:
    found = parameters(net)
    assert len(found) == len(plain.layers)
    for layer, mine in zip(plain.layers, found, strict=True):
        assert same(layer["W"], mine["W"]), np.abs(layer["W"] - mine["W"]).max()
        assert same(layer["b"], mine["b"])


def assert_same(case: Case, program: list[Any], seed: int) -> None:
    """Play a program on a plain network and on the engine, and compare all that can be seen."""
    plain, net = (Player(each, case, seed) for each in case.both())
    with np.errstate(all="ignore"):
        plain.play(program)
        net.play(program)
    wrong = [(a, b) for a, b in zip(plain.seen, net.seen, strict=True) if not same(a, b)]
    assert wrong == []
    assert_same_parameters(plain.net, net.net)
    close_seats()


@given(cases(), st.lists(actions, max_size=12), st.integers(0, 1000))
def test_any_calls_do_what_plain_code_does(case: Case, program: list[Any], seed: int) -> None:
    assert_same(case, program, seed)


@given(cases(unknown=False), st.lists(actions, max_size=8), st.integers(0, 1000))
def test_any_calls_do_what_plain_code_does_where_all_functions_are_known(
    case: Case, program: list[Any], seed: int
) -> None:
    assert_same(case, program, seed)


LEAKY, LOGISTIC = functions.ACTIVATIONS["leaky_relu"], functions.ACTIVATIONS["logistic"]


def wide(compile_after: int = NEVER, **changes: Any) -> Case:
    """Return a network like those of the assignment, but smaller."""
    usual: dict[str, Any] = {"pairs": [LEAKY, LEAKY, SOFTMAX], "names": ["in", "middle", "out"], "d": 60, "seed": 3}
    return Case(widths=[30, 8, 4], loss=functions.difference, compile_after=compile_after, **(usual | changes))


@pytest.mark.parametrize("compile_after", [pytest.param(0, marks=needs_numba), NEVER], ids=["numba", "numpy"])
@pytest.mark.parametrize("loss", LOSSES[:3])
@pytest.mark.parametrize("pair", KNOWN)
def test_a_thousand_single_steps_end_where_plain_code_ends(pair: Any, loss: Any, compile_after: int) -> None:
    case = Case(20, [6, 5, 3], [pair, LEAKY, LOGISTIC], [None] * 3, loss, 1, compile_after)
    assert_same(case, [("singles", 1000, 0.01)], seed=0)


@pytest.mark.parametrize(
    "program",
    [
        [("backward", 2), ("add", 3), ("step", 0.1), ("backward", 1), ("step", 0.1)],
        [("backward", 2), ("step", 0.1), ("step", 0.1), ("backward", 2), ("step", 0.1), ("zero_grad",), ("step", 0.1)],
        [("backward", 2), ("forward", None, "middle"), ("backward", 200), ("deepcopy",), ("step", 0.1)],
        [("backward", 2), ("odd backward", "same", "one number"), ("step", 0.1), ("backward", 2), ("step", 0.1)],
        [("zero first", 300, 0.01), ("rows", 40, "middle"), ("batches", 100, 16, 0.1), ("rows", 30, None)],
        [("singles", 3, 0.1), ("step", 0.1), ("batches", 9, 7, 0.1), ("singles", 200, np.float32(0.1)), ("step", 1)],
        [("step", float("nan")), ("backward", 1)],
        [("step", float("inf"))],
    ],
)
@pytest.mark.parametrize("compile_after", [pytest.param(0, marks=needs_numba), NEVER], ids=["numba", "numpy"])
def test_calls_mixed_in_every_way_do_what_plain_code_does(program: list[Any], compile_after: int) -> None:
    assert_same(wide(compile_after), program, seed=5)


@pytest.mark.parametrize("compile_after", [pytest.param(0, marks=needs_numba), NEVER], ids=["numba", "numpy"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_input_that_is_no_number_spoils_what_it_spoils_in_plain_code(bad: float, compile_after: int) -> None:
    plain, net = wide(compile_after).both()
    for each in (plain, net):
        rng = np.random.default_rng(0)
        for number in range(20):
            x = rng.random(60)
            x[3] = bad if number == 10 else x[3]
            with np.errstate(all="ignore"):
                each.backward(x, np.eye(4)[number % 4])
                each.step(0.01)
                each.zero_grad()
    spoilt = [np.isfinite(layer["W"]) for layer in parameters(net)]
    assert not all(each.all() for each in spoilt)
    assert all(np.array_equal(np.isfinite(layer["W"]), each) for layer, each in zip(plain.layers, spoilt, strict=True))


def test_layers_draw_the_same_numbers_and_no_others() -> None:
    plain, net = wide().both()
    assert all(np.array_equal(a["W"], b["W"]) for a, b in zip(plain.layers, parameters(net), strict=True))
    wide().build(Plain)
    after_plain = np.random.rand()
    wide().both()
    assert np.random.rand() == after_plain


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda net: net.layers, "layers"),
        (lambda net: net.depth(), "layers"),
        (lambda net: net.step(), "MLP.step() missing 1 required positional argument: 'alpha'"),
        (lambda net: net.step(0.1, 2), "MLP.step() takes 2 positional arguments but 3 were given"),
        (lambda net: net.zero_grad(1), "MLP.zero_grad() takes 1 positional argument but 2 were given"),
        (lambda net: net.backward(np.ones(60), y=1, loss=2), "unexpected keyword argument 'loss'"),
        (lambda net: net.forward(np.ones(60), train=True), "unexpected keyword argument 'train'"),
        (lambda net: type(net)(3), "missing 1 required positional argument: 'est_lossderiv'"),
    ],
)
def test_what_the_engine_lacks_is_told_and_raised(call: Any, what: str) -> None:
    net = wide().both()[1]
    told = net.seat.lacking
    with pytest.raises((AttributeError, TypeError)) as raised:
        call(net)
    assert len(told) == 1
    assert what in told[0]
    assert what in str(raised.value)


def test_looking_at_a_network_is_not_told() -> None:
    net = wide().both()[1]
    copy.copy(net)
    assert not hasattr(net, "_repr_html_")
    assert not hasattr(net, "__len__")
    assert net.seat.lacking == []


@pytest.mark.parametrize("name", ["__init__", "add_layer", "forward", "backward", "step", "zero_grad"])
def test_signatures_are_those_of_the_assignment(name: str) -> None:
    mine, plain = inspect.signature(getattr(Thin, name)), inspect.signature(getattr(Plain, name))
    assert list(mine.parameters) == list(plain.parameters)
    assert [p.default for p in mine.parameters.values()] == [p.default for p in plain.parameters.values()]


def test_arguments_may_be_given_by_name() -> None:
    SEATS.append(Seat())
    net = lay_over(Student, SEATS[-1])(est_lossderiv=functions.difference, d=2)
    net.add_layer(m=1, fderiv=None, f=LOGISTIC[0], name="last")
    net.backward(y=1.0, x=np.ones(2))
    net.step(alpha=0.1)
    assert net.forward(end="last", x=np.ones(2)).shape == (1,)


def test_a_students_helpers_stay() -> None:
    net = wide().both()[1]
    assert net.classify(np.ones(60)) in range(4)
    assert isinstance(net, Student)
    assert type(net).__name__ == "Student"


def test_copies_and_unpickled_networks_train_on_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    net = wide().both()[1]
    # as a module of a notebook's has it
    monkeypatch.setitem(globals(), "Student", type(net))
    net.backward(np.ones(60), np.eye(4)[0])
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        before = parameters(net)
        twin.step(0.1)
        after = parameters(twin)
        assert np.array_equal(parameters(net)[0]["W"], before[0]["W"])
        assert not np.array_equal(after[0]["W"], before[0]["W"])


def told_to(net: Any) -> list[Any]:
    """Return a list that fills with the blocks that the ledger is told of."""
    told: list[Any] = []
    ledger = net.seat.desk.ledger
    ledger.block = lambda network, X, Y, events, cell, ids=None: told.append((X.copy(), Y.copy(), list(events)))
    return told


def test_blocks_are_told_in_order_with_all_that_was_called() -> None:
    net = wide().both()[1]
    told = told_to(net)
    X, Y = np.random.default_rng(0).random((300, 60)), np.eye(4)[np.arange(300) % 4]
    for number, (x, y) in enumerate(zip(X, Y, strict=True)):
        net.backward(x, y)
        if number % 3 == 2:
            net.step(number / 1e4)
            net.zero_grad()
    settle(net)
    net.seat.settled()
    assert np.array_equal(np.concatenate([block[0] for block in told]), X)
    assert np.array_equal(np.concatenate([block[1] for block in told]), Y)
    firsts = np.cumsum([0, *(len(block[0]) for block in told)])
    events = [
        (event[0], first + event[1], *event[2:])
        for first, block in zip(firsts, told, strict=False)
        for event in block[2]
    ]
    wanted = [[("step", n + 1, n / 1e4), ("zero", n + 1)] for n in range(2, 300, 3)]
    assert events == [event for pair in wanted for event in pair]


def test_blocks_are_told_where_functions_are_not_known() -> None:
    net = wide(pairs=[UNKNOWN, LEAKY, SOFTMAX]).both()[1]
    told = told_to(net)
    net.backward(np.ones(60), np.ones(4))
    net.step(0.5)
    net.zero_grad()
    net.seat.settled()
    assert [(X.shape, Y.shape, events) for X, Y, events in told] == [
        ((1, 60), (1, 4), []),
        ((0, 60), (0, 4), [("step", 0, 0.5)]),
        ((0, 60), (0, 4), [("zero", 0)]),
    ]


@pytest.mark.parametrize("end", [None, "middle"])
def test_every_forward_that_is_served_is_told(end: str | None) -> None:
    net = wide().both()[1]
    X = np.random.default_rng(0).random((50, 60))
    for x in X:
        net.forward(x, end=end)
    settle(net)
    (record,) = net.seat.settled().networks()
    assert record["log"]["forwards"] == 50


def test_a_row_that_changed_after_it_was_looked_at_is_worked_out_anew() -> None:
    plain, net = wide().both()
    X = np.random.default_rng(0).random((50, 60))
    for number in range(50):
        X[number] *= -1.0
        assert np.allclose(net.forward(X[number]), plain.forward(X[number]), rtol=1e-9)


@pytest.mark.parametrize(("start", "end"), [(None, None), (None, "middle"), ("middle", None)])
def test_the_outputs_for_many_rows_are_those_for_each(start: Any, end: Any) -> None:
    net = wide().both()[1]
    net.backward(np.ones(60), np.ones(4))
    net.step(0.1)
    X = np.random.default_rng(0).random((9, 60 if start is None else len(parameters(net)[0]["b"])))
    want = [net.forward(x.copy(), start=start, end=end) for x in X]
    assert np.allclose(net.seat.desk.outputs(0, X, start=start, end=end), want, rtol=1e-9, atol=0)


def test_a_network_with_a_function_that_is_not_known_is_not_vouched_for() -> None:
    net = wide(pairs=[LEAKY, UNKNOWN, SOFTMAX]).both()[1]
    (record,) = net.seat.settled().networks()
    assert (record["vouched"], record["doubt"]) == (False, "layer 2 uses a function that we do not know")
    assert net.seat.desk.outputs(0, np.ones((4, 60))) is None


def test_functions_that_are_not_known_are_called_as_often_as_in_plain_code_and_in_order() -> None:
    said: list[str] = []

    def loud(name: str) -> Any:
        return lambda u: (said.append(name), np.sin(u) + 0.1 * np.random.rand())[1]

    seen = []
    for which in (0, 1):
        net = wide(pairs=[(loud("f"), loud("slope")), (loud("g"), loud("its slope")), SOFTMAX]).both()[which]
        said.clear()
        np.random.seed(7)
        net.backward(np.ones(60), np.ones(4))
        net.step(0.1)
        seen.append((list(said), net.forward(np.ones(60))))
    assert seen[0][0] == seen[1][0] == ["f", "g", "its slope", "slope"]
    assert np.allclose(seen[0][1], seen[1][1], rtol=1e-9)


def test_a_student_who_turns_warnings_into_errors_stops_nothing() -> None:
    net = wide().both()[1]
    with np.errstate(all="raise"):
        for _ in range(300):
            net.backward(np.full(60, 1e200), np.ones(4))
            net.step(1e100)
        settle(net)
    assert not np.isfinite(parameters(net)[0]["W"]).all()


def test_a_network_that_is_not_trained_has_no_buffers() -> None:
    net = wide().both()[1]
    net.forward(np.ones(60))
    assert net._thin.X is None


@needs_numba
def test_compiling_waits_for_enough_steps_of_one_example(monkeypatch: pytest.MonkeyPatch) -> None:
    # to compile takes seconds: what this process has compiled already will do
    run = compiled.LOOP.run or compiled.compile_loop()
    monkeypatch.setattr(compiled, "compile_loop", lambda: run)
    monkeypatch.setattr(compiled, "LOOP", compiled.Loop())
    case = wide(compile_after=300)
    net = case.both()[1]
    Player(net, case, 0).singles(300, 0.01)
    settle(net)
    net.seat.settled()
    assert not compiled.LOOP.tried
    Player(net, case, 0).singles(300, 0.01)
    settle(net)
    net.seat.settled()
    assert compiled.LOOP.run is not None


def test_without_numba_the_engine_goes_on_in_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "LOOP", compiled.Loop())
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    assert_same(wide(compile_after=0), [("singles", 300, 0.01)], seed=0)
    assert compiled.LOOP.tried
    assert compiled.LOOP.run is None
