"""What the watch inside notes of networks: rows, modes, losses, rates and figures, as student code makes them."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.inside.networks import (
    LEAVES,
    NETWORKS,
    Network,
    Watch,
    is_criterion,
    layers_of,
    leaves,
)
from grader.assignments.modules.inside.old_imports import Finder
from grader.assignments.modules.inside.slopes import Slopes
from grader.assignments.modules.main.files import SOLVED, as_npz
from grader.watching.recording.looking import arrays_in
from kit.digits_samples import few

Space = dict[str, Any]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Watch, Space]:
    """Give a watch, and the right modules, which it watches."""
    monkeypatch.setattr(builtins, "__build_class__", builtins.__build_class__)
    watch = Watch(1000, lambda: 1)
    watch.start()
    space: Space = {"__name__": "modules"}
    exec(compile(SOLVED.read_text(encoding="utf-8"), "modules", "exec"), space)
    return watch, space


def network(space: Space, *layers: Any) -> Any:
    net = space["Sequential"]()
    for layer in layers:
        net.add(layer)
    return net


def train(space: Space, net: Any, X: Any, Y: Any, rate: float = 0.1) -> float:
    criterion = space["ClassNLLCriterion"]()
    net.zeroGradParameters()
    output = net.forward(X)
    loss = criterion.forward(output, Y)
    net.backward(X, criterion.backward(output, Y))
    for parameter, gradient in zip(arrays_in(net.getParameters()), arrays_in(net.getGradParameters()), strict=True):
        parameter -= rate * gradient
    return float(loss)


def only(watch: Watch) -> Network:
    (found,) = watch.networks()
    return found


# --- networks


def test_calls_among_modules_are_no_networks_of_their_own(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    net = network(space, space["Linear"](4, 3), space["Dropout"](), space["Linear"](3, 2), space["SoftMax"]())
    loss = train(space, net, np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    found = only(watch)
    assert (found.inputs, found.outputs, found.usage.backwards, found.criterion) == (4, 2, 1, "ClassNLLCriterion")
    assert found.usage.losses.as_array().tolist() == [loss]
    assert [layer["kind"] for layer in layers_of(net)] == ["Linear", "Dropout", "Linear", "SoftMax"]
    assert watch.calls.fault == ""


def test_it_is_noted_in_which_mode_dropout_is_when_a_network_is_trained_and_asked(
    watched: tuple[Watch, Space],
) -> None:
    watch, space = watched
    net = network(space, space["Linear"](4, 2), space["Dropout"](), space["SoftMax"]())
    train(space, net, np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    net.forward(np.ones((3, 4)))
    net.evaluate()
    net.forward(np.ones((7, 4)))
    assert only(watch).usage.modes == {"trained_on": 5, "trained_off": 0, "asked_on": 3, "asked_off": 7}


def test_rows_that_are_only_asked_about_are_held_out(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    X = np.random.default_rng(1).random((9, 4))
    net = network(space, space["Linear"](4, 2), space["SoftMax"]())
    train(space, net, X[:6], np.eye(2)[[0, 1, 0, 1, 0, 1]])
    net.forward(X[:6])
    net.forward(X[6:].astype(np.float32).astype(np.float64))
    assert len(only(watch).usage.held_out()) == 3


SHAPES = [(0,), (1,), (5,), (0, 4), (1, 4), (6, 4), (6, 1), (1, 1), (6, 0), (0, 0), (), (0, 2, 2), (6, 2, 2), (2, 0, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["f8", "f4", "i8", "u1", "b1", "c16", "O", "U3"])
def test_whatever_shape_and_type_a_module_is_given_the_watch_follows_it(
    watched: tuple[Watch, Space], shape: tuple[int, ...], kind: str
) -> None:
    watch, space = watched
    space["given"] = np.zeros(shape, kind)
    exec(LENIENT, space)
    assert watch.calls.fault == ""
    assert all(each.usage.backwards == 1 for each in watch.networks())


# takes and returns anything
LENIENT = """
class Anything(Module):
    def updateGradInput(self, input, gradOutput):
        return gradOutput

class AnyCriterion(Criterion):
    def updateOutput(self, input, target):
        return input

net, criterion = Anything(), AnyCriterion()
criterion.forward(net.forward(given), given)
net.backward(given, given)
net.forward(given)
"""


@pytest.mark.parametrize(
    "methods",
    [
        "def getParameters(self): raise ValueError",
        "def getParameters(self): return None",
        "def getGradParameters(self): return [[np.zeros((2, 2), object)]]\n"
        "    def getParameters(self): return [[np.zeros((2, 2), object)]]",
        "def getGradParameters(self): return [[np.zeros((0, 2))]]\n    def getParameters(self): return [[np.zeros((0, 2))]]",
        "training = np.zeros(3)",
        "training = property(lambda self: 1 / 0)",
        "modules = [np.zeros(0), None, 'text']",
    ],
)
def test_whatever_a_module_of_the_students_holds_the_watch_follows_it(
    watched: tuple[Watch, Space], methods: str
) -> None:
    watch, space = watched
    source = f"class MyDropout(Module):\n    def __init__(self): pass\n    {methods}\n"
    exec(source + "net = MyDropout()\nfor _ in range(3):\n    net.forward(np.ones((2, 2)))", space)
    for _ in range(3):
        space["net"].backward(np.ones((2, 2)), np.ones((2, 2)))
    assert watch.calls.fault == ""
    assert only(watch).usage.backwards == 3


def test_of_a_training_without_a_criterion_outputs_and_gradients_are_kept(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    net, X, Y = network(space, space["Linear"](2, 3), space["SoftMax"]()), np.ones((4, 2)), np.eye(3)[[0, 2, 1, 1]]
    predictions = net.forward(X)
    net.backward(X, -Y / predictions)
    (kept,) = only(watch).slopes.as_array()
    assert np.array_equal(kept, np.stack([predictions, -Y / predictions], axis=1).astype(np.float32))


def test_of_many_passes_every_other_one_is_kept() -> None:
    slopes = Slopes()
    for k in range(1000):
        slopes.add(np.full((40, 2), k), np.full((40, 2), k))
    kept = slopes.as_array()
    assert (slopes.every, kept.shape) == (16, (63, 32, 2, 2))
    assert kept[:, 0, 0, 0].tolist() == list(range(0, 1000, 16))


@pytest.mark.parametrize("slope", ["no", None, np.ones(3), np.ones((4, 100)), np.ones((2, 3))])
def test_what_is_no_gradient_of_an_output_is_kept_as_no_numbers(slope: Any) -> None:
    slopes = Slopes()
    slopes.add(np.ones((4, 100)), np.ones((4, 100)))
    slopes.add(np.ones((4, 3)), slope)
    assert slopes.as_array().shape == (2, 0, 2, 0)


@pytest.mark.parametrize("order", ["input, target", "target, input"])
def test_the_loss_of_a_criterion_that_is_only_asked_for_its_gradient_is_known_whichever_comes_first(
    watched: tuple[Watch, Space], order: str
) -> None:
    watch, space = watched
    source = f"""
class Log(Criterion):
    def updateOutput(self, {order}): return -np.sum(target * np.log(np.clip(input, 1e-15, 1))) / len(input)
    def updateGradInput(self, input, target): return -target / input / len(input)
"""
    exec(source, space)
    net, X, Y = network(space, space["Linear"](2, 3), space["SoftMax"]()), np.ones((4, 2)), np.eye(3)[[0, 2, 1, 1]]
    predictions = net.forward(X)
    net.backward(X, space["Log"]().backward(predictions, Y))
    assert only(watch).usage.losses.as_array() == pytest.approx([-np.log(predictions[Y > 0]).mean()])


def test_a_pass_on_no_rows_says_nothing_of_a_network(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    net = network(space, space["Linear"](4, 2), space["SoftMax"]())
    train(space, net, np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    before = (only(watch).inputs, only(watch).outputs, only(watch).usage.asked_rows)
    assert net.forward(np.ones((0, 4))).shape == (0, 2)
    after = (only(watch).inputs, only(watch).outputs, only(watch).usage.asked_rows)
    assert (before, watch.calls.fault) == (after, "")


def test_a_notebook_in_which_numpy_raises_what_it_warns_of_is_followed(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    net = network(space, space["Linear"](4, 2))
    with np.errstate(all="raise"):
        net.forward(np.full((5, 4), 1e300))
    assert (only(watch).usage.asked_rows, watch.calls.fault) == (5, "")


def test_of_more_networks_than_are_followed_those_that_were_trained_most_are_kept(
    watched: tuple[Watch, Space],
) -> None:
    watch, space = watched
    nets = [network(space, space["Linear"](4, 2), space["SoftMax"]()) for _ in range(NETWORKS + 9)]
    train(space, nets[3], np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    for net in nets:
        net.forward(np.ones((1, 4)))
    found = watch.networks()
    assert (len(found), watch.calls.fault) == (NETWORKS, "")
    assert nets[3] in [each.net for each in found]
    assert nets[-1] in [each.net for each in found]


def test_what_student_code_raises_reaches_it_and_the_next_call_is_noted(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    net = network(space, space["Linear"](4, 2))
    with pytest.raises(ValueError, match="mismatch"):
        net.forward(np.ones((5, 3)))
    net.forward(np.ones((5, 4)))
    assert only(watch).usage.asked_rows == 5


@pytest.mark.parametrize(("held", "shared", "kept"), [(False, False, 0), (True, False, 200), (False, True, 200)])
def test_large_outputs_of_a_network_that_nobody_uses_any_more_are_let_go(
    watched: tuple[Watch, Space], held: bool, shared: bool, kept: int
) -> None:
    _, space = watched
    layer = space["Linear"](784, 784)
    first = network(space, layer)
    first.forward(np.ones((200, 784)))
    names = {"first": first} if held else {}
    del first
    network(space, layer if shared else space["Linear"](784, 2)).forward(np.ones((200, 784)))
    assert len(names) == held
    assert len(layer.output) == kept


def test_a_class_whose_output_depends_on_a_target_is_a_criterion(watched: tuple[Watch, Space]) -> None:
    _, space = watched
    assert is_criterion(space["MSECriterion"])
    assert not is_criterion(space["Linear"])


def test_modules_are_found_in_containers_with_other_names() -> None:
    class Leaf:
        updateOutput = updateGradInput = lambda *_: None

    class Stack(Leaf):
        def __init__(self, *layers: Any) -> None:
            self.layers = list(layers)

    first, second, third = Leaf(), Leaf(), Leaf()
    assert list(leaves(Stack(first, Stack(second, third)))) == [first, second, third]


# --- old imports


def test_fetch_mldata_reads_the_digits_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = few(30, 10)
    (tmp_path / "mnist.npz").write_bytes(as_npz(digits))
    finder = Finder(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    monkeypatch.setitem(sys.modules, "sklearn", None)
    found = finder.fetch("MNIST original", data_home=".")
    assert found.data[:30].tolist() == digits.train_images.tolist()
    assert found["target"][30:].tolist() == digits.test_labels.tolist()


def test_where_there_is_no_scikit_learn_a_stand_in_says_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.machinery.PathFinder.find_spec", lambda *_: None)
    monkeypatch.setattr(sys, "meta_path", [Finder(str(tmp_path))])
    monkeypatch.setattr(sys, "modules", {k: v for k, v in sys.modules.items() if not k.startswith("sklearn")})
    space: Space = {}
    exec("from sklearn.datasets import fetch_mldata", space)
    assert callable(space["fetch_mldata"])
    with pytest.raises(ModuleNotFoundError, match=r"of scikit-learn only sklearn\.datasets\.fetch_mldata is there"):
        exec("from sklearn.decomposition import PCA", {})


@pytest.fixture
def small_sklearn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Lay a package of this name where packages are found, in place of whatever is installed; no import of it is left behind."""
    package = tmp_path / "installed" / "sklearn"
    (package / "datasets").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "datasets" / "__init__.py").write_text("from sklearn.datasets._made import make_blobs\n")
    (package / "datasets" / "_made.py").write_text("def make_blobs():\n    return 4\n")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "sklearn"]:
        del sys.modules[name]


@pytest.mark.parametrize("first", ["the notebook", "somebody else"])
def test_where_there_is_scikit_learn_it_gets_the_function_back_whoever_imports_it_first(
    first: str, small_sklearn: Path
) -> None:
    (small_sklearn / "mnist.npz").write_bytes(as_npz(few(30, 10)))
    if first != "the notebook":
        importlib.import_module("sklearn.datasets")
    Finder(str(small_sklearn)).stand_in()
    space: Space = {}
    exec("from sklearn.datasets import fetch_mldata, make_blobs", space)
    assert space["fetch_mldata"]("MNIST original").data.shape == (40, 784)
    assert space["make_blobs"]() == 4


def test_a_network_that_holds_itself_many_times_comes_to_an_end(watched: tuple[Watch, Space]) -> None:
    _, space = watched
    net = space["Sequential"]()
    net.modules = [net] * 20
    assert len(list(leaves(net))) <= LEAVES


def test_methods_that_leave_the_process_are_methods_that_fail(watched: tuple[Watch, Space]) -> None:
    watch, space = watched
    layer = space["Linear"](3, 2)
    type(layer).getParameters = lambda _: sys.exit(0)
    assert layer.forward(np.ones((4, 3))).shape == (4, 2)
    assert (len(watch.networks()), watch.calls.fault) == (1, "")
