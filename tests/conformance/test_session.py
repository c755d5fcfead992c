"""A session carries operations to student code and answers back; what goes wrong is a problem of one answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.model import Problem, ProblemKind
from grader.sandbox import Inside, Launcher, Session, SessionEnded, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.conversation import Conversation
from grader.sandbox.session import PATIENCE
from kit.asking import LIMITS, session, submission, worker

MLP = """
import os
import random
import sys
import time

import numpy as np
from layers import relu
import parts

kept = []

class MLP:
    def __init__(self, d, deriv=None):
        self.d, self.deriv, self.layers, self.steps = d, deriv, [], []

    def add_layer(self, m, f, fderiv, name=None):
        self.layers.append({"W": np.random.randn(m, self.d), "b": np.random.randn(m), "f": f, "name": name})
        self.d = m

    def forward(self, x, start=None, end=None):
        for layer in self.layers:
            x = layer["f"](layer["W"] @ x + layer["b"])
        return x

    def backward(self, x, y):
        self.steps.append(("backward", float(x[0]), type(y).__name__))
        x[:] = 0

    def step(self, alpha):
        self.steps.append(("step", alpha))

    def zero_grad(self):
        self.steps.append(("zero_grad",))

    def log(self):
        return [[float(len(s)), float(s[1]) if len(s) > 1 else 0.0] for s in self.steps]

    def types(self):
        return sorted({s[2] for s in self.steps if s[0] == "backward"}) == ["ndarray"]

    def spoil(self, x):
        x += 1
        return x

    def give(self, value):
        return value

    def spoil_second(self, x, y):
        y += 1
        return y

    def same(self, value):
        kept.append(value)
        return all(each is kept[0] for each in kept)

    def fails(self, x):
        raise ValueError("no")

    def none(self, x):
        return None

    def ragged(self, x):
        return np.zeros(int(x[0]))

    def draw(self):
        return [random.random(), np.random.rand()]

    def f_is_the_provided_one(self, f):
        return f is relu

    def helper_knows_the_same_module(self):
        return parts.mlp is sys.modules["mlp"] and parts.mlp.MLP is MLP

    def where_am_i(self):
        return os.path.exists("mlp.py") and os.path.isabs(__file__) and os.path.samefile(__file__, "mlp.py")

    def sees_the_grader(self):
        try:
            import grader.wire
        except ModuleNotFoundError:
            return any(name.split(".")[0] == "grader" for name in sys.modules)
        return True

    def environment(self):
        return "SECRET_OF_THE_GRADER" in os.environ

    def reads_input(self):
        return input("name? ")

    def large(self):
        return np.broadcast_to(0.0, (10**6, 10**6))

    def wait(self, seconds):
        time.sleep(seconds)

    def loop(self):
        while True:
            pass

    broken = 3
"""
LAYERS = "import numpy as np\ndef relu(u): return np.maximum(u, 0.0)\ndef relu_deriv(u): return (u > 0) * 1.0\n"
FILES = submission(MLP, layers=LAYERS, parts="import mlp\n", numpy="raise SystemExit", json="raise SystemExit").files
INSIDE = Inside({"aids.py": b"def identity(u):\n    return u\n"}, ("layers",), ("layers.relu", "aids.identity"))
RELU = (op.function("layers.relu"), op.function("layers.relu_deriv"))


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with open_launcher("process") as launcher:
        yield launcher


@pytest.fixture(scope="module")
def conversation(launcher: Launcher) -> Iterator[Conversation]:
    with worker(launcher, FILES, INSIDE) as conversation:
        yield conversation


@pytest.fixture
def ask(conversation: Conversation) -> Iterator[Session]:
    """Give a session in which `net` is an MLP of 3 -> 4 -> 2."""
    asked = session(conversation)
    layers = (op.call("net", "add_layer", width, *RELU, name=f"layer{width}") for width in (4, 2))
    answers = asked.run(op.load(), op.create("net", "mlp.MLP", 3), *layers)
    assert [answer.problem for answer in answers] == [None] * 4
    yield asked
    conversation.end(5.0)


def forward_of(ask: Session, x: Any) -> Any:
    return ask.run(op.call("net", "forward", x))[0].value


def weights(ask: Session) -> list[Any]:
    return [entry["array"] for entry in ask.run(op.arrays("net"))[0].value]


def test_load_lists_classes_with_their_parameters(ask: Session) -> None:
    found = ask.run(op.load())[0].value["classes"]["MLP"]
    assert found["forward"] == ["x", "start=", "end="]
    assert found["__init__"] == ["d", "deriv="]


def test_a_method_answers_with_the_array_it_returns(ask: Session) -> None:
    (W1, b1, W2, b2), x = weights(ask), np.array([1.0, -2.0, 3.0])
    want = np.maximum(W2 @ np.maximum(W1 @ x + b1, 0) + b2, 0)
    np.testing.assert_allclose(forward_of(ask, x), want, rtol=1e-12)


def test_every_array_argument_is_a_fresh_writable_copy(ask: Session) -> None:
    x = np.zeros(2)
    operation = op.call("net", "spoil", x)
    assert [answer.value.tolist() for answer in ask.run(operation, operation)] == [[1.0, 1.0], [1.0, 1.0]]
    assert x.tolist() == [0.0, 0.0]


def test_a_held_object_is_the_same_each_time_and_can_be_read_back(ask: Session) -> None:
    *_, held = ask.run(op.hold("x", np.zeros(2)), op.call("net", "spoil", op.ref("x")), op.fetch("x"))
    same = ask.run(*[op.call("net", "same", op.ref("x"))] * 2)
    assert held.value.tolist() == [1.0, 1.0]
    assert [float(answer.value) for answer in same] == [1.0, 1.0]


def test_what_was_forgotten_is_no_longer_there(ask: Session) -> None:
    answers = ask.run(op.hold("x", 1), op.forget("x", "never there"), op.fetch("x"))
    assert [answer.problem and answer.problem.kind for answer in answers] == [None, None, "skipped"]


@pytest.mark.parametrize("value", [None, True, 3, 2.5, float("nan"), "layer1", [1, [2]], {"a": 1.0}], ids=str)
def test_plain_arguments_arrive_as_they_are(ask: Session, value: Any) -> None:
    answer = ask.run(op.call("net", "give", value))[0]
    assert (answer.type, answer.text) == (type(value).__name__, repr(value))


def test_the_seed_repeats_draws(ask: Session) -> None:
    answers = ask.run(op.seed(5), op.call("net", "draw"), op.seed(5), op.call("net", "draw"))
    assert answers[1].value.tolist() == answers[3].value.tolist()


def test_sessions_with_one_seed_draw_the_same(conversation: Conversation) -> None:
    drawn = []
    for seed in (1, 1, 2):
        asked = session(conversation, seed=seed)
        drawn.append(asked.run(op.load(), op.create("net", "mlp.MLP", 1), op.call("net", "draw"))[2].value.tolist())
        conversation.end(5.0)
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_new_session_starts_with_nothing_held(ask: Session, conversation: Conversation) -> None:
    assert ask.ended is None
    conversation.end(5.0)
    (answer,) = session(conversation).run(op.fetch("net"))
    assert answer.problem is not None
    assert answer.problem.kind == ProblemKind.SKIPPED


@pytest.mark.parametrize("method", ["helper_knows_the_same_module", "where_am_i"])
def test_student_modules_find_each_other_and_their_files(ask: Session, method: str) -> None:
    assert ask.run(op.call("net", method))[0].value == 1


def test_a_provided_function_is_the_one_that_student_code_imports(ask: Session) -> None:
    assert ask.run(op.call("net", "f_is_the_provided_one", RELU[0]))[0].value == 1


def test_student_code_meets_neither_the_grader_nor_its_environment(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "canary")
    with worker(launcher, FILES, INSIDE) as conversation:
        made = (op.load(), op.create("net", "mlp.MLP", 3))
        answers = session(conversation).run(*made, op.call("net", "sees_the_grader"), op.call("net", "environment"))
    assert [float(answer.value) for answer in answers[2:]] == [0.0, 0.0]


def test_an_answer_is_what_was_returned_then_though_the_same_array_is_written_to_later(launcher: Launcher) -> None:
    source = (
        b"import numpy as np\n"
        b"class MLP:\n"
        b"    def __init__(self):\n        self.buffer = np.zeros(2)\n"
        b"    def add(self, x):\n        self.buffer += x\n        return self.buffer\n"
    )
    with worker(launcher, {"mlp.py": source}, Inside()) as conversation:
        asked = (
            op.load(),
            op.create("net", "mlp.MLP"),
            op.call("net", "add", 1.0),
            op.arrays("net"),
            op.call("net", "add", 1.0),
        )
        answers = session(conversation).run(*asked)
    assert answers[2].value.tolist() == [1.0, 1.0]
    assert answers[3].value[0]["array"].tolist() == [1.0, 1.0]
    assert answers[4].value.tolist() == [2.0, 2.0]


# map_rows


def test_map_rows_calls_the_method_for_every_row(ask: Session) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 3))
    got = ask.run(op.map_rows("net", "forward", rows))[0].value
    np.testing.assert_allclose(got["results"], [forward_of(ask, row) for row in rows])
    assert got["calls"].tolist() == [2] * 5


@pytest.mark.parametrize(
    "asked",
    [
        op.map_rows("net", "spoil", np.zeros((3, 2)), fixed=np.zeros(2), force=0),
        op.map_rows("net", "spoil_second", np.zeros((3, 2)), y=np.zeros(2)),
    ],
    ids=["fixed", "keyword"],
)
def test_map_rows_gives_every_call_fresh_copies(ask: Session, asked: op.Operation) -> None:
    assert ask.run(asked)[0].value["results"].tolist() == [[1.0, 1.0]] * 3


def test_map_rows_with_identity_makes_the_network_linear(ask: Session) -> None:
    W1, b1, W2, b2 = weights(ask)
    got = ask.run(op.map_rows("net", "forward", np.vstack([np.zeros(3), np.eye(3)]), identity=True))[0].value["results"]
    np.testing.assert_allclose(got[0], W2 @ b1 + b2)
    np.testing.assert_allclose((got[1:] - got[0]).T, W2 @ W1)


def test_a_forced_activation_reveals_the_next_layer(ask: Session) -> None:
    _, _, W2, b2 = weights(ask)
    asked = op.map_rows("net", "forward", np.vstack([np.zeros(4), np.eye(4)]), fixed=np.ones(3), force=0, record=1)
    got = ask.run(asked)[0].value["results"]
    np.testing.assert_allclose(got[0], b2)
    np.testing.assert_allclose((got[1:] - got[0]).T, W2)


def test_switches_are_off_again_after_map_rows(ask: Session) -> None:
    x = np.array([1.0, -2.0, 3.0])
    before = forward_of(ask, x)
    ask.run(op.map_rows("net", "forward", x[None], identity=True), op.map_rows("net", "fails", x[None], identity=True))
    assert forward_of(ask, x).tolist() == before.tolist()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (op.map_rows("net", "none", np.ones((2, 3))), "none() returned None instead of an array of numbers"),
        (op.map_rows("net", "fails", np.ones((2, 3))), "ValueError: no"),
        (
            op.map_rows("net", "ragged", np.array([[1.0], [2.0]])),
            "ragged() returned 1 numbers for one input and 2 for another",
        ),
        (op.map_rows("net", "give", np.ones((1, 3)), record=0), "activation functions are called 0 times only"),
        (
            op.map_rows("net", "forward", np.ones((1, 9)), fixed=np.ones(3), force=0),
            "activation call 1 gets 4 numbers, the layer has 9 neurons",
        ),
        (op.map_rows("net", "nothing", np.ones((1, 3))), "class MLP has no method `nothing`"),
    ],
    ids=["None", "raises", "ragged", "no call", "width", "missing"],
)
def test_map_rows_says_what_went_wrong(ask: Session, asked: op.Operation, message: str) -> None:
    problem = ask.run(asked)[0].problem
    assert problem is not None
    assert problem.message == message


def test_map_rows_of_no_rows_is_empty(ask: Session) -> None:
    got = ask.run(op.map_rows("net", "forward", np.zeros((0, 3))))[0].value
    assert (got["results"].shape[0], got["calls"].shape) == (0, (0,))


# train


def test_train_steps_after_every_batch_and_at_the_end(ask: Session) -> None:
    X = np.arange(6.0).reshape(3, 2)
    done = ask.run(op.train("net", X, np.zeros(3), [2, 0, 1], 0.5, batch=2))[0].value
    log = ask.run(op.call("net", "log"))[0].value.tolist()
    backward, step, zero = (lambda x: [3.0, x]), [2.0, 0.5], [1.0, 0.0]
    assert done == {"done": 3}
    assert log == [backward(4.0), backward(0.0), step, zero, backward(2.0), step, zero]


@pytest.mark.parametrize(("targets", "arrays"), [(np.zeros(2), 0.0), (np.zeros((2, 3)), 1.0)])
def test_train_gives_floats_for_a_column_and_arrays_for_rows(ask: Session, targets: Any, arrays: float) -> None:
    ask.run(op.train("net", np.zeros((2, 3)), targets, range(2), 0.1))
    assert ask.run(op.call("net", "types"))[0].value == arrays


def test_train_stops_by_itself_when_its_time_is_over(ask: Session) -> None:
    answer = ask.run(op.train("net", np.zeros((1, 3)), np.zeros(1), np.zeros(10**6, dtype=int), 0.1, seconds=0.05))[0]
    assert answer.problem is None
    assert 0 < answer.value["done"] < 10**6


# what goes wrong


@pytest.mark.parametrize(
    ("operation", "kind", "message", "place"),
    [
        (op.call("net", "nothing"), "missing", "class MLP has no method `nothing`", ""),
        (op.call("net", "broken"), "missing", "`broken` of class MLP is not a method", ""),
        (
            op.call("net", "forward"),
            "raised",
            "TypeError: MLP.forward() missing 1 required positional argument: 'x'",
            "in forward",
        ),
        (
            op.call("net", "give", 1, begin="a"),
            "raised",
            "TypeError: MLP.give() got an unexpected keyword argument 'begin'",
            "in give",
        ),
        (op.call("net", "fails", 1), "raised", "ValueError: no", "in fails"),
        (op.call("net", "reads_input"), "raised", "EOFError: EOF when reading a line", "in reads_input"),
        (
            op.call("net", "large"),
            "memory",
            "an array of shape (1000000, 1000000) (7629395 MB) is too large to be handed over",
            "",
        ),
        (op.call("nobody", "forward"), "skipped", "there is no object `nobody` to ask: it could not be made", ""),
        (op.create("n", "mlp.Network", 3), "missing", "mlp.py has no `Network`", ""),
        (
            op.create("n", "mlp.MLP"),
            "raised",
            "TypeError: MLP.__init__() missing 1 required positional argument: 'd'",
            "in __init__",
        ),
        (op.create("n", "net.MLP"), "missing", "`net.py` has not been imported", ""),
        (op.load("net.py", "net"), "missing", "there is no file `net.py`", ""),
    ],
    ids=lambda value: value["label"] if isinstance(value, dict) else None,
)
def test_a_problem_is_told_to_the_student_and_the_next_operation_is_tried(
    ask: Session, operation: op.Operation, kind: str, message: str, place: str
) -> None:
    answer, after = ask.run(operation, op.call("net", "forward", np.ones(3)))
    assert isinstance(answer.problem, Problem)
    assert (answer.problem.kind, answer.problem.message) == (kind, message)
    assert answer.problem.where.endswith(place)
    assert after.value.shape == (2,)


def test_after_a_timeout_the_rest_is_skipped_and_the_session_goes_on(ask: Session) -> None:
    slow, rest = ask.run(op.within(0.05, op.call("net", "loop")), op.call("net", "draw"))
    assert (slow.problem and slow.problem.message) == "loop() takes longer than 0.05 s"
    assert slow.problem is not None
    assert slow.problem.where.endswith("in loop")
    assert rest.problem is not None
    assert rest.problem.kind == ProblemKind.SKIPPED
    assert ask.run(op.call("net", "draw"))[0].problem is None


def test_a_session_that_hangs_too_often_is_given_up(conversation: Conversation) -> None:
    asked = session(conversation)
    asked.run(op.load(), op.create("net", "mlp.MLP", 3))
    hung = [asked.run(op.within(0.02, op.call("net", "loop")))[0].problem for _ in range(PATIENCE)]
    with pytest.raises(SessionEnded) as ended:
        asked.run(op.call("net", "draw"))
    conversation.end(5.0)
    assert ended.value.problem == hung[-1]


def test_a_request_that_is_slow_as_a_whole_is_told_from_a_call_that_is(ask: Session) -> None:
    slow = op.call("net", "wait", 0.6)
    *_, last = ask.run(slow, op.call("net", "loop"), seconds=1.0)
    assert last.problem is not None
    assert last.problem.message == "loop() and the calls before it take longer than 1 s together"


def test_a_limit_for_the_whole_request_holds_for_its_operations(ask: Session) -> None:
    (slow,) = ask.run(op.call("net", "loop"), seconds=0.05)
    assert slow.problem is not None
    assert slow.problem.message == "loop() takes longer than 0.05 s"


def test_when_the_time_of_the_session_is_over_it_ends(conversation: Conversation) -> None:
    asked = session(conversation, seconds=0.0)
    with pytest.raises(SessionEnded, match="are over before importing") as ended:
        asked.run(op.load())
    conversation.end(5.0)
    assert ended.value.problem.kind == ProblemKind.TIMEOUT
    assert asked.ended == ended.value.problem


def test_nothing_is_asked_of_a_session_that_has_ended(conversation: Conversation) -> None:
    asked = session(conversation, seconds=0.0)
    for _ in range(2):
        with pytest.raises(SessionEnded):
            asked.run(op.load())
    conversation.end(5.0)


def test_answers_may_not_grow_beyond_their_limit_together(ask: Session) -> None:
    large = op.call("net", "give", np.zeros(LIMITS.answer_mb * 2**20 // 8 - 100))
    first, second = ask.run(large, op.call("net", "give", np.zeros(200)))
    assert first.problem is None
    assert second.problem is not None
    assert second.problem.kind == ProblemKind.MEMORY


def test_no_operations_are_no_answers(ask: Session) -> None:
    assert ask.run() == []


def test_a_worker_that_cannot_fork_serves_one_session(launcher: Launcher) -> None:
    with worker(launcher, FILES, INSIDE, fork=False) as conversation:
        asked = session(conversation)
        answers = asked.run(
            op.load(), op.create("net", "mlp.MLP", 3), op.call("net", "draw"), op.call("net", "forward", 1.0)
        )
        assert [answer.problem for answer in answers] == [None] * 4
        assert conversation.end(5.0) is False


@pytest.mark.parametrize(("import_on_demand", "there"), [((), 1.0), (("digits",), 0.0)])
def test_the_libraries_of_modules_imported_on_demand_wait_until_they_are_asked_for(
    import_on_demand: tuple[str, ...], there: float, launcher: Launcher
) -> None:
    mlp = "import sys\nclass MLP:\n    def has(self):\n        return float('mat' + 'plotlib.pyplot' in sys.modules)\n"
    files = submission(mlp, digits="def show():\n    import matplotlib.pyplot\n").files
    with worker(launcher, files, Inside(import_on_demand=import_on_demand)) as conversation:
        answers = session(conversation).run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "has"))
    assert answers[-1].value == there
