"""The watch inside: networks of a notebook are found, laid over or recorded, and behave as they did."""

from __future__ import annotations

import builtins
import copy
import importlib.util
import pickle  # noqa: TID251 - notebooks use it
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.inside import watch as watching
from grader.assignments.byomlp.notebook import watch_operations
from grader.assignments.byomlp.provided import layers, losses
from grader.wire import encode
from grader.worker.alarm import Alarm
from grader.worker.problems import Places
from kit.engine_in_thread import Beside

engine = pytest.mark.skipif(importlib.util.find_spec("grader.replay") is None, reason="there is no replay engine here")
BOTH = pytest.mark.parametrize("mode", [pytest.param("engine", marks=engine), "own"])

RNG = np.random.default_rng(3)
TRAIN, TEST = (RNG.integers(0, 256, (n, 784), dtype=np.uint8) for n in (60, 20))
TRAIN_LABELS, TEST_LABELS = ((np.arange(n) % 10).astype(np.uint8) for n in (60, 20))
ORDER = np.argsort(TRAIN_LABELS, kind="stable")
X = 1 - TRAIN[ORDER] / 255.0
Y = np.eye(10)[TRAIN_LABELS[ORDER]]

MLP = """
import numpy as np

class MLP:
    def __init__(self, d, est_lossderiv):
        self.d, self.loss, self.layers = d, est_lossderiv, []

    def add_layer(self, m, f, fderiv, name=None):
        n = len(self.layers[-1]["b"]) if self.layers else self.d
        W, b = 0.1 * np.random.randn(m, n), 0.1 * np.random.randn(m)
        self.layers.append(dict(f=f, df=fderiv, name=name, W=W, b=b, gW=np.zeros((m, n)), gb=np.zeros(m)))

    def forward(self, x, start=None, end=None):
        names = [layer["name"] for layer in self.layers]
        first = names.index(start) if start else 0
        last = names.index(end) + 1 if end else len(names)
        for layer in self.layers[first:last]:
            layer["h"], layer["a"] = x, layer["W"] @ x + layer["b"]
            x = layer["f"](layer["a"])
        return x

    def backward(self, x, y):
        g = self.loss(self.forward(x), y)
        for k in reversed(range(len(self.layers))):
            layer = self.layers[k]
            if k < len(self.layers) - 1:
                g = g * layer["df"](layer["a"])
            layer["gW"] += np.outer(g, layer["h"])
            layer["gb"] += g
            g = layer["W"].T @ g

    def step(self, alpha):
        for layer in self.layers:
            layer["W"] -= alpha * layer["gW"]
            layer["b"] -= alpha * layer["gb"]

    def zero_grad(self):
        for layer in self.layers:
            layer["gW"][:] = 0
            layer["gb"][:] = 0

    def width(self):
        return self.d
"""


OPEN: list[Notebook] = []


class Notebook:
    """A process as notebooks find it, without a sandbox around: cells are run in one namespace."""

    def __init__(self, mode: str, mlp: str = MLP) -> None:
        places = Places(own={"mlp.py"}, known={"mlp.py"}, hidden=[])
        taps = SimpleNamespace(visitor=None)
        finder = SimpleNamespace(files={"mlp.py": mlp.encode()})
        self.beside = Beside()
        session = {"calls": self.beside.channel}
        self.bench = SimpleNamespace(
            session=session, held={}, taps=taps, finder=finder, alarm=Alarm(places), places=places
        )
        self.names: dict[str, Any] = {"np": np, "X": X, "Y": Y, "__name__": "__main__", **vars(layers), **vars(losses)}
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        digits = watch_operations.laid(TRAIN, TRAIN_LABELS, TEST, TEST_LABELS)
        self.beside.serving.ask(watch_operations.watch_outside(mode, digits))
        self.answer = self.ask(watch_operations.watch(mode, digits, import_seconds=20.0))
        OPEN.append(self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(name, self) if name == "mlp" else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.bench.finder.files["mlp.py"], "mlp.py", "exec"), vars(module))

    def ask(self, operation: dict[str, Any]) -> Any:
        return watching.OPERATIONS[operation["op"]](self.bench, operation)["value"]

    def run(self, source: str, number: int = 1) -> dict[str, Any]:
        self.bench.session["cell"] = number
        exec(source, self.names)
        return self.names

    def networks(self) -> list[dict[str, Any]]:
        watching.OPERATIONS["settle"](self.bench, {})
        self.bench.session["watch"].line.sync(0)
        value = self.beside.serving.ask(watch_operations.networks())
        encode(value)
        assert watch_operations.validated(value) == value
        return value


@pytest.fixture(autouse=True)
def _process() -> Iterator[None]:
    """Leave the process of the tests as it was."""
    build_class, meta_path = builtins.__build_class__, list(sys.meta_path)
    sys.modules.pop("mlp", None)
    yield
    builtins.__build_class__, sys.meta_path[:] = build_class, meta_path
    sys.modules.pop("mlp", None)
    faults = [notebook.beside.fault for notebook in OPEN]
    while OPEN:
        OPEN.pop().beside.close()
    assert faults == [None] * len(faults)


BUILD = """
from mlp import MLP
np.random.seed(1)
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv, name="hidden")
net.add_layer(10, softmax, None)
"""
TRAIN_IT = """
for epoch in range(2):
    for i in np.random.permutation(len(X)):
        net.backward(X[i], Y[i])
        net.step(0.01)
        net.zero_grad()
"""


@BOTH
def test_a_network_is_found_with_its_layers(mode: str) -> None:
    notebook = Notebook(mode)
    notebook.run(BUILD, 4)
    (network,) = notebook.networks()
    hidden, last = network["layers"]
    assert (network["name"], network["cell"], network["inputs"], network["loss"]) == ("net-0", 4, 784, "difference")
    assert hidden == {"width": 20, "name": "hidden", "activation": "leaky_relu", "slope": "leaky_relu"}
    assert last == {"width": 10, "name": None, "activation": "softmax", "slope": "none"}


@BOTH
def test_the_log_says_how_a_network_was_trained(mode: str) -> None:
    notebook = Notebook(mode)
    notebook.run(BUILD + TRAIN_IT, 2)
    (network,) = notebook.networks()
    log = network["log"]
    assert (log["examples"], log["steps"], log["zeros"], log["train_rows"]) == (120, 120, 120, 120)
    assert [(each["examples"], each["whole"], each["cell"]) for each in log["passes"]] == [(60, 1.0, 2)] * 2
    assert (log["batches"], log["rates"], log["labels_right"]) == ([[1, True, 0.01, 120]], [[0.01, 120]], 1.0)


@BOTH
def test_a_network_outlives_its_variable_and_is_held(mode: str) -> None:
    notebook = Notebook(mode)
    first = notebook.run(BUILD)["net"]
    notebook.run(BUILD + "del net")
    assert [each["name"] for each in notebook.networks()] == ["net-0", "net-1"]
    assert notebook.bench.held["net-0"] is first


@BOTH
def test_networks_compute_what_they_would_compute_unwatched(mode: str) -> None:
    plain: dict[str, Any] = {}
    exec(MLP, plain)
    names = Notebook(mode).run(BUILD + TRAIN_IT)
    sys.modules["mlp"] = SimpleNamespace(MLP=plain["MLP"])  # type: ignore[assignment]
    unwatched = {"np": np, "X": X, "Y": Y, **vars(layers), **vars(losses)}
    exec(BUILD + TRAIN_IT, unwatched)
    assert np.allclose(names["net"].forward(X[0]), unwatched["net"].forward(X[0]), rtol=1e-9, atol=0)


@BOTH
@pytest.mark.parametrize("way", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_on_from_what_its_original_had_seen(mode: str, way: Any) -> None:
    notebook = Notebook(mode)
    notebook.names["copied"] = way
    notebook.run(BUILD + TRAIN_IT + "best = copied(net)" + TRAIN_IT + "best.backward(X[0], Y[0])")
    first, second = notebook.networks()
    assert (first["copied_from"], first["log"]["examples"]) == (-1, 240)
    assert (second["copied_from"], second["log"]["examples"], len(second["layers"])) == (0, 121, 2)
    assert "_watched_as" not in vars(notebook.names["best"])


@BOTH
def test_a_class_that_adds_to_mlp_is_registered_once_and_keeps_what_it_adds(mode: str) -> None:
    notebook = Notebook(mode)
    made = """
class Counting(MLP):
    def __init__(self):
        super().__init__(784, softmax_est_crossentropy_deriv)
        self.count = 0

    def backward(self, x, y):
        self.count += 1
        super().backward(x, y)

net = Counting()
net.add_layer(10, softmax, None)
net.backward(X[0], Y[0])
net.step(0.1)
"""
    names = notebook.run(BUILD + made)
    *_, network = notebook.networks()
    assert (len(notebook.networks()), network["inputs"], network["log"]["examples"]) == (2, 784, 1)
    assert (names["net"].count, names["net"].width() if mode == "own" else 784) == (1, 784)


@engine
def test_the_engine_stays_on_top_of_a_subclass_that_rewrites_methods() -> None:
    notebook = Notebook("engine")
    rewritten = MLP.replace("class MLP:", "class Other(MLP):").replace("import numpy as np", "")
    notebook.run(BUILD + rewritten + BUILD.replace("from mlp import MLP", "").replace("MLP(", "Other(") + TRAIN_IT)
    network = notebook.networks()[1]
    assert (network["log"]["examples"], network["missing"], network["fits"]) == (120, [], True)


@engine
def test_an_attribute_that_the_engine_lacks_is_noted() -> None:
    notebook = Notebook("engine")
    with pytest.raises(AttributeError):
        notebook.run(BUILD + "net.layers")
    (network,) = notebook.networks()
    assert (network["missing"], network["fits"]) == (["layers"], False)


@BOTH
def test_a_method_that_the_notebook_replaces_is_noted(mode: str) -> None:
    notebook = Notebook(mode)
    notebook.run(BUILD + "MLP.step = lambda self, alpha: None")
    (network,) = notebook.networks()
    assert network["missing"] == ["MLP.step was replaced"]


@engine
@pytest.mark.parametrize(
    "broken", ["import no_such_module", "def f(:", "raise SystemExit", "x = 1", "raise KeyboardInterrupt"]
)
def test_a_broken_mlp_is_replaced_for_the_engine(broken: str) -> None:
    notebook = Notebook("engine", broken)
    notebook.run(BUILD + TRAIN_IT)
    assert notebook.answer["mlp"] != ""
    assert notebook.networks()[0]["log"]["steps"] == 120


def test_a_class_written_in_a_cell_is_watched() -> None:
    notebook = Notebook("own")
    notebook.run(MLP + BUILD.replace("from mlp import MLP", "") + TRAIN_IT)
    assert notebook.networks()[0]["log"]["examples"] == 120


def test_other_classes_are_left_alone() -> None:
    notebook = Notebook("own")
    names = notebook.run("class Plain:\n    def forward(self):\n        return __class__\n")
    assert names["Plain"]().forward() is names["Plain"]


@BOTH
def test_a_numpy_that_the_notebook_breaks_does_not_break_the_log(mode: str) -> None:
    notebook = Notebook(mode)
    kept = {name: getattr(np, name) for name in ("searchsorted", "argmax", "argsort", "median", "bincount")}
    try:
        for name in kept:
            setattr(np, name, None)
        notebook.run(BUILD + TRAIN_IT.replace("net.step", "0 or net.step"))
        networks = notebook.networks()
    finally:
        for name, value in kept.items():
            setattr(np, name, value)
    assert (networks[0]["log"]["train_rows"], networks[0]["fault"]) == (120, "")


def test_what_an_own_class_raises_and_returns_is_passed_on() -> None:
    source = MLP.replace("        g = self.loss(", "        if flag: raise ValueError(flag)\n        g = self.loss(")
    source = source.replace("def backward(self, x, y):", "def backward(self, x, y, flag=''):").replace(
        '            g = layer["W"].T @ g\n', '            g = layer["W"].T @ g\n        return g\n'
    )
    notebook = Notebook("own", source)
    names = notebook.run(BUILD + "g = net.backward(X[0], y=Y[0])")
    with pytest.raises(ValueError, match="stop"):
        notebook.run("net.backward(X[0], Y[0], flag='stop')")
    assert names["g"].shape == (784,)
    assert notebook.networks()[0]["log"]["examples"] == 1


def test_examples_are_noted_as_they_were_before_an_own_class_changes_them() -> None:
    notebook = Notebook(
        "own", MLP.replace("g = self.loss(self.forward(x), y)", "g = self.loss(self.forward(x), y); x *= 0")
    )
    notebook.run(BUILD + "net.backward(X[7].copy(), Y[7])")
    assert notebook.networks()[0]["log"]["train_rows"] == 1


def test_an_own_step_that_clears_gradients_itself_is_seen_to_do_so() -> None:
    stepping = MLP.replace("    def zero_grad", "        self.zero_grad()\n\n    def zero_grad")
    notebook = Notebook("own", stepping)
    notebook.run(BUILD + TRAIN_IT.replace("net.zero_grad()", "pass"))
    assert notebook.networks()[0]["log"]["batches"] == [[1, True, 0.01, 120]]


def test_forward_calls_are_counted_until_the_networks_are_looked_at() -> None:
    notebook = Notebook("own")
    net = notebook.run(BUILD + "for x in X: net.forward(x)", 1)["net"]
    before = notebook.networks()[0]["log"]["forwards"]
    net.forward(X[0])
    after = notebook.networks()[0]["log"]["forwards"]
    notebook.run("net.forward(X[1])", 2)
    assert (before, after, notebook.networks()[0]["log"]["forwards"]) == (60, 60, 61)


@engine
@pytest.mark.parametrize("mode", ["engine"])
def test_the_curve_has_a_point_after_each_pass_and_one_at_last(mode: str) -> None:
    notebook = Notebook(mode)
    notebook.run(BUILD + TRAIN_IT)
    (network,) = notebook.networks()
    examples, loss, accuracy = network["log"]["curve"].T
    assert len(examples) >= 1
    assert examples[-1] == 120
    assert np.isfinite(loss).all()
    assert ((accuracy >= 0) & (accuracy <= 1)).all()


@BOTH
def test_the_curve_draws_nothing_and_says_nothing(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    noisy = MLP.replace("names = [layer", "np.random.rand(); print('forward'); names = [layer")
    notebook = Notebook(mode, noisy)
    notebook.run(BUILD)
    notebook.run("for i in range(len(X)): net.backward(X[i], Y[i]); net.step(0.1); net.zero_grad()\nnp.random.seed(5)")
    capsys.readouterr()
    notebook.networks()
    assert capsys.readouterr().out == ""
    assert np.random.rand() == np.random.RandomState(5).rand()  # noqa: NPY002


@BOTH
def test_networks_beyond_the_first_forty_are_counted_only_but_the_busiest_stay(mode: str) -> None:
    notebook = Notebook(mode)
    notebook.run(BUILD.replace("net = MLP", "net = [MLP(2, squared_loss_deriv) for _ in range(11)] and MLP") + TRAIN_IT)
    notebook.run("more = [MLP(2, squared_loss_deriv) for _ in range(60)]")
    names = [each["name"] for each in notebook.networks()]
    assert len(names) == 40
    assert {"net-0", "net-11", "net-71"} <= set(names)


@engine
def test_the_engine_is_asked_for_what_a_network_makes_of_rows() -> None:
    notebook = Notebook("engine")
    net = notebook.run(BUILD + TRAIN_IT)["net"]
    notebook.networks()
    found = notebook.beside.serving.ask(watch_operations.outputs_outside("net-0", X[:5]))
    assert np.allclose(found, [net.forward(x) for x in X[:5]], rtol=1e-12, atol=0)


@pytest.mark.parametrize("forged", [None, 3, [None], [{"name": "net-0"}], [[]], {"name": "net-0"}])
def test_a_forged_answer_holds_no_networks(forged: Any) -> None:
    assert watch_operations.validated(forged) == []
