"""What the watch inside notes of networks: rows, modes, losses, rates and figures, as student code makes them."""

from __future__ import annotations

import builtins
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.inside.figures import Figures
from grader.assignments.modules.inside.networks import Network, Register, is_criterion, layers_of, leaves
from grader.assignments.modules.inside.old_imports import Finder
from grader.assignments.modules.inside.rows import Keys, Usage
from grader.assignments.modules.inside.series import MOST, Series
from grader.assignments.modules.inside.steps import Steps, arrays_in, fitted_rate
from grader.assignments.modules.main.files import SOLVED, as_npz
from kit.digits_samples import few

Space = dict[str, Any]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Register, Space]:
    """Give a register, and the right modules, which it watches."""
    monkeypatch.setattr(builtins, "__build_class__", builtins.__build_class__)
    register = Register(1000, lambda: 1)
    register.watch()
    space: Space = {"__name__": "modules"}
    exec(compile(SOLVED.read_text(encoding="utf-8"), "modules", "exec"), space)
    return register, space


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


def only(register: Register) -> Network:
    (found,) = register
    register.settle(found)
    return found


# --- networks


def test_calls_among_modules_are_no_networks_of_their_own(watched: tuple[Register, Space]) -> None:
    register, space = watched
    net = network(space, space["Linear"](4, 3), space["Dropout"](), space["Linear"](3, 2), space["SoftMax"]())
    loss = train(space, net, np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    found = only(register)
    assert (found.inputs, found.outputs, found.backwards, found.criterion) == (4, 2, 1, "ClassNLLCriterion")
    assert found.losses.as_array().tolist() == [loss]
    assert [layer["kind"] for layer in layers_of(net)] == ["Linear", "Dropout", "Linear", "SoftMax"]
    assert register.fault == ""


def test_it_is_noted_in_which_mode_dropout_is_when_a_network_is_trained_and_asked(
    watched: tuple[Register, Space],
) -> None:
    register, space = watched
    net = network(space, space["Linear"](4, 2), space["Dropout"](), space["SoftMax"]())
    train(space, net, np.ones((5, 4)), np.eye(2)[[0, 1, 0, 1, 0]])
    net.forward(np.ones((3, 4)))
    net.evaluate()
    net.forward(np.ones((7, 4)))
    assert only(register).modes == {"trained_on": 5, "trained_off": 0, "asked_on": 3, "asked_off": 7}


def test_rows_that_are_only_asked_about_are_held_out(watched: tuple[Register, Space]) -> None:
    register, space = watched
    X = np.random.default_rng(1).random((9, 4))
    net = network(space, space["Linear"](4, 2), space["SoftMax"]())
    train(space, net, X[:6], np.eye(2)[[0, 1, 0, 1, 0, 1]])
    net.forward(X[:6])
    net.forward(X[6:].astype(np.float32).astype(np.float64))
    assert len(only(register).usage.held_out()) == 3


def test_what_student_code_raises_reaches_it_and_the_next_call_is_noted(watched: tuple[Register, Space]) -> None:
    register, space = watched
    net = network(space, space["Linear"](4, 2))
    with pytest.raises(ValueError, match="mismatch"):
        net.forward(np.ones((5, 3)))
    net.forward(np.ones((5, 4)))
    assert only(register).usage.asked_rows == 5


@pytest.mark.parametrize(("held", "shared", "kept"), [(False, False, 0), (True, False, 200), (False, True, 200)])
def test_large_outputs_of_a_network_that_nobody_uses_any_more_are_let_go(
    watched: tuple[Register, Space], held: bool, shared: bool, kept: int
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


def test_a_class_whose_output_hangs_on_a_target_is_a_criterion(watched: tuple[Register, Space]) -> None:
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


# --- rows and series


def test_of_many_rows_the_same_share_is_kept_each_time() -> None:
    X = np.random.default_rng(2).random((4000, 10))
    keys = Keys(80_000)
    assert keys.every == 10
    assert 250 < len(keys.of(X)) < 550
    assert set(keys.of(X[:100]).tolist()) <= set(keys.of(X).tolist())


def test_a_pass_over_rows_most_of_which_were_trained_on_holds_nothing_out() -> None:
    usage = Usage()
    usage.train(np.arange(90), 90)
    usage.ask(np.arange(100), 100)
    assert usage.held_out() == set()


def test_rows_that_are_no_numbers_have_a_key() -> None:
    assert Keys(10).of(np.full((2, 3), np.nan)).tolist() == [0, 0]


def test_a_long_series_keeps_its_mean_in_few_blocks() -> None:
    series = Series()
    for value in range(10 * MOST):
        series.add(float(value % 2))
    assert (series.count, series.block) == (10 * MOST, 8)
    assert set(series.as_array().tolist()) == {0.5}


# --- steps


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_rate_is_seen_in_what_a_step_does(momentum: float) -> None:
    rng = np.random.default_rng(3)
    W, velocity, steps = rng.standard_normal((6, 5)), np.zeros((6, 5)), Steps()
    for rate in [0.2] * 20 + [0.05] * 20:
        gradient = rng.standard_normal((6, 5))
        steps.after_backward([W], [gradient])
        velocity = momentum * velocity + rate * gradient
        W -= velocity
    rates = steps.fitted.as_array()
    assert rates[:15] == pytest.approx(0.2)
    assert rates[-15:] == pytest.approx(0.05)


def test_a_change_that_no_rate_explains_has_none() -> None:
    rng = np.random.default_rng(4)
    noise, before, gradient = rng.standard_normal((3, 64))
    assert fitted_rate(-0.1 * gradient, before, gradient) == pytest.approx(0.1)
    assert np.isnan(fitted_rate(-0.1 * gradient + 0.2 * noise, before, gradient))


def test_where_steps_do_not_say_it_the_rate_is_what_the_code_calls_so() -> None:
    rng = np.random.default_rng(5)
    W, steps, config = rng.standard_normal((6, 5)), Steps(), {"learning_rate": 0.5}
    for _ in range(40):
        steps.after_backward([W], [rng.standard_normal((6, 5))])
        W += rng.standard_normal((6, 5))
    assert config["learning_rate"] in steps.named.as_array()


# --- figures


def test_a_figure_is_described_also_when_it_was_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    figure_module = pytest.importorskip("matplotlib.figure")
    monkeypatch.setattr(figure_module.Figure, "__init__", figure_module.Figure.__init__)
    figures = Figures()
    figures.watch()
    axes = figure_module.Figure().subplots()
    axes.semilogy([1, 2, 3], [4, 5, 6], "r--", label="loss of ReLU")
    axes.set_xlabel("step")
    axes.legend()
    (described,) = figures.described()
    (seen,) = described["axes"]
    assert (seen["x_label"], seen["y_label"], seen["y_scale"]) == ("step", "", "log")
    assert (seen["legend"], seen["lines"][0]["label"]) == (["loss of ReLU"], "loss of ReLU")
    assert seen["lines"][0]["y"].tolist() == [4, 5, 6]
    assert figures.described() == []


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


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="there is no scikit-learn here")
@pytest.mark.parametrize("first", ["", "import sklearn.datasets"])
def test_where_there_is_scikit_learn_it_gets_the_function_back(first: str, tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").write_bytes(as_npz(few(30, 10)))
    program = [
        first,
        "from grader.assignments.modules.inside.old_imports import Finder",
        f"Finder({str(tmp_path)!r}).stand_in()",
        "from sklearn.datasets import fetch_mldata, make_blobs",
        "print(fetch_mldata('MNIST original').data.shape, callable(make_blobs))",
    ]
    answer = subprocess.check_output([sys.executable, "-c", "\n".join(program)], text=True)
    assert answer.strip() == "(40, 784) True"
