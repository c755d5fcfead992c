"""What students are given is right, and the solution that an instructor shows does what the assignment asks."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.datasets.digits import drawing, idx
from grader.template import MARKER
from kit import ROOT

COURSE = ROOT / "reference" / "byomlp"
layers = SimpleNamespace(**runpy.run_path(str(COURSE / "layers.py")))
losses = SimpleNamespace(**runpy.run_path(str(COURSE / "losses.py")))
seed = np.random.seed  # the assignment draws with np.random.randn
MLP: Any = runpy.run_path(str(COURSE / "mlp.py"))["MLP"]

ELEMENTWISE = ["logistic", "relu", "leaky_relu"]
ALL_LAYERS = [*ELEMENTWISE, "logistic_deriv", "relu_deriv", "leaky_relu_deriv", "softmax"]
LOSSES = ["logistic_est_loss", "softmax_est_crossentropy_loss", "squared_loss", "abs_loss"]
DERIVATIVES = [
    "logistic_est_loss_deriv",
    "logistic_loss_deriv",
    "softmax_est_crossentropy_deriv",
    "squared_loss_deriv",
    "abs_loss_deriv",
]
# loss, the last layer that belongs to it, and the gradient by that layer's input
PAIRS = [
    ("logistic_est_loss", "logistic", "logistic_est_loss_deriv"),
    ("softmax_est_crossentropy_loss", "softmax", "softmax_est_crossentropy_deriv"),
    ("squared_loss", "identity", "squared_loss_deriv"),
    ("abs_loss", "identity", "abs_loss_deriv"),
]
layers.identity = np.array
NOTEBOOKS = ["DiscTest.ipynb", "Classification.ipynb", "Autoencoder.ipynb"]
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def slopes(f: Callable[[Any], float], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Return the central differences of the number f(x) by every entry of x."""
    moves = step * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + move) - f(x - move)) / (2 * step) for move in moves]).reshape(x.shape)


def network(widths: tuple[int, ...] = (4, 5, 3), pair: int = 1) -> Any:
    """Return a network of leaky layers l0, l1, ... that ends in a pair of PAIRS; its weights make all layers matter."""
    seed(3)
    model = MLP(widths[0], getattr(losses, PAIRS[pair][2]))
    for k, m in enumerate(widths[1:-1]):
        model.add_layer(m, layers.leaky_relu, layers.leaky_relu_deriv, f"l{k}")
    model.add_layer(widths[-1], getattr(layers, PAIRS[pair][1]), None, f"l{len(widths) - 2}")
    for layer in model.layers:
        layer["W"] *= 10
    return model


def numerical_gradients(model: Any, loss: Callable[[], float]) -> list[np.ndarray]:
    """Return the central differences of `loss()` by all parameters, in the order of `gradients`."""

    def loss_with(layer: dict[str, Any], kind: str, values: np.ndarray) -> float:
        original, layer[kind] = layer[kind], values
        result = loss()
        layer[kind] = original
        return result

    return [slopes(partial(loss_with, layer, kind), layer[kind]) for layer in model.layers for kind in ("W", "b")]


def gradients(model: Any) -> list[np.ndarray]:
    """Return copies of all gradients collected so far."""
    return [np.array(layer[kind]) for layer in model.layers for kind in ("W_grad", "b_grad")]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_each_derivative_of_a_nonlinearity_agrees_with_central_differences(name: str) -> None:
    u = np.array([-700.0, -30.0, -3.0, -0.4, 0.3, 2.0, 30.0, 700.0])
    want = slopes(lambda v: getattr(layers, name)(v).sum(), u, 1e-6)
    np.testing.assert_allclose(getattr(layers, f"{name}_deriv")(u), want, rtol=0, atol=1e-6)


def test_leaky_relu_lets_a_hundredth_of_what_is_negative_through() -> None:
    np.testing.assert_allclose(layers.leaky_relu(np.array([-2.0, 0.0, 3.0])), [-0.02, 0.0, 3.0])
    np.testing.assert_array_equal(layers.leaky_relu_deriv(np.array([-2.0, 3.0])), [0.01, 1.0])


def test_the_slope_of_leaky_relu_can_be_chosen() -> None:
    assert layers.leaky_relu(-2.0, alpha=0.5) == -1.0
    assert layers.leaky_relu_deriv(-2.0, alpha=0.5) == 0.5


@pytest.mark.parametrize("name", ALL_LAYERS)
def test_nonlinearities_stay_finite_far_out_and_warn_of_nothing(name: str) -> None:
    assert np.isfinite(getattr(layers, name)(np.array([-1000.0, 0.0, 1000.0]))).all()


@pytest.mark.parametrize("name", ALL_LAYERS)
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0, 3)])
def test_nonlinearities_keep_the_shape_and_leave_their_argument_alone(name: str, shape: tuple[int, ...]) -> None:
    u = np.random.default_rng(1).normal(size=shape)
    before = u.copy()
    got = getattr(layers, name)(u)
    assert np.shape(got) == shape
    assert not np.shares_memory(got, u)
    np.testing.assert_array_equal(u, before)


@pytest.mark.parametrize("name", ALL_LAYERS)
@pytest.mark.parametrize("number", [-2, 0.5, np.float32(3)])
def test_nonlinearities_make_a_number_of_a_number(name: str, number: float) -> None:
    assert isinstance(getattr(layers, name)(number), float)


@pytest.mark.parametrize("name", ALL_LAYERS)
def test_nonlinearities_take_lists_and_small_integers(name: str) -> None:
    f = getattr(layers, name)
    np.testing.assert_array_equal(f(np.array([0, 1, 200], dtype=np.uint8)), f([0.0, 1.0, 200.0]))


def test_the_rows_of_softmax_are_probabilities_and_forget_a_common_shift() -> None:
    u = np.random.default_rng(2).normal(size=(4, 3))
    np.testing.assert_allclose(layers.softmax(u).sum(axis=1), 1.0)
    np.testing.assert_allclose(layers.softmax(u + 1000), layers.softmax(u))
    np.testing.assert_allclose(layers.softmax(u)[2], np.exp(u[2]) / np.exp(u[2]).sum())


@pytest.mark.parametrize(("loss", "last", "derivative"), PAIRS)
@pytest.mark.parametrize("y", [[1.0], [0.0, 1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]]])
def test_each_gradient_of_a_loss_agrees_with_central_differences(loss: str, last: str, derivative: str, y: Any) -> None:
    z, f = np.random.default_rng(4).normal(size=np.shape(y)), getattr(layers, last)
    want = slopes(lambda u: getattr(losses, loss)(f(u), y).sum(), z)
    np.testing.assert_allclose(getattr(losses, derivative)(f(z), y), want, rtol=0, atol=1e-8)


def test_the_two_logistic_gradients_are_one_of_z_and_one_of_the_estimate() -> None:
    z, y = np.linspace(-30, 30, 13), np.arange(13) % 2
    np.testing.assert_allclose(
        losses.logistic_loss_deriv(z, y), losses.logistic_est_loss_deriv(layers.logistic(z), y), atol=1e-15
    )


@pytest.mark.parametrize(("loss", "last", "derivative"), PAIRS)
@pytest.mark.parametrize("z", [[-1000.0, 1000.0, 0.0], [1000.0, -1000.0, 0.0]])
def test_losses_stay_finite_far_out_and_warn_of_nothing(loss: str, last: str, derivative: str, z: Any) -> None:
    y_est, y = getattr(layers, last)(np.array(z)), np.array([1.0, 0.0, 0.0])
    assert 0 <= getattr(losses, loss)(y_est, y) < np.inf
    assert np.isfinite(getattr(losses, derivative)(y_est, y)).all()
    assert np.isfinite(losses.logistic_loss_deriv(z, y)).all()


def test_a_wholly_wrong_answer_costs_as_much_as_the_least_probability_says() -> None:
    assert losses.logistic_est_loss(0.0, 1.0) == pytest.approx(-np.log(1e-16))
    assert losses.logistic_est_loss(1.0, 0.0) == pytest.approx(-np.log(1e-16))
    assert losses.softmax_est_crossentropy_loss([1.0, 0.0], [0.0, 1.0]) == pytest.approx(-np.log(1e-16))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_add_up_the_last_axis(name: str) -> None:
    y_est, y = np.full((4, 3), 0.3), np.eye(4)[:, :3]
    whole = getattr(losses, name)(y_est, y)
    assert whole.shape == (4,)
    assert whole[1] == getattr(losses, name)(y_est[1], y[1])


@pytest.mark.parametrize("name", LOSSES)
def test_a_right_answer_costs_nothing(name: str) -> None:
    assert getattr(losses, name)([0.0, 1.0], [0, 1]) == 0


@pytest.mark.parametrize("name", [*LOSSES, *DERIVATIVES])
def test_losses_take_numbers_and_leave_arrays_alone(name: str) -> None:
    y_est, y = np.array([0.3, 0.7]), np.array([0, 1], dtype=np.uint8)
    getattr(losses, name)(y_est, y)
    np.testing.assert_array_equal(y_est, [0.3, 0.7])
    np.testing.assert_array_equal(y, [0, 1])
    assert isinstance(getattr(losses, name)(0.3, 1), float)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_gradients_of_one_output_take_a_plain_number_for_the_truth(name: str) -> None:
    assert getattr(losses, name)(np.array([0.3]), 1.0).shape == (1,)


# --- the solution


def course_example() -> Any:
    """Return the network of the course's text: 10 -> 20 -> 5 -> 8 -> 7 -> 1, two of its layers with names."""
    model = MLP(10, losses.logistic_est_loss_deriv)
    for m, name in [(20, None), (5, "special_start"), (8, None), (7, "special_end"), (1, None)]:
        model.add_layer(m, layers.leaky_relu, layers.leaky_relu_deriv, name)
    return model


@pytest.mark.parametrize(
    ("size", "ends", "want"),
    [
        (10, {}, 1),
        (20, {"start": "special_start", "end": "special_end"}, 7),
        (20, {"start": "special_start"}, 1),
        (10, {"end": "special_end"}, 7),
        (20, {"start": "special_start", "end": "special_start"}, 5),
    ],
)
def test_forward_begins_and_ends_at_the_named_layers(size: int, ends: dict[str, str], want: int) -> None:
    assert course_example().forward(np.linspace(-1, 1, size), **ends).shape == (want,)


def test_forward_in_two_parts_is_forward_as_a_whole() -> None:
    model, x = network((4, 5, 3, 2), pair=0), np.arange(4.0)
    np.testing.assert_array_equal(model.forward(model.forward(x, end="l1"), start="l2"), model.forward(x))


@pytest.mark.parametrize("ends", [{"start": "lat"}, {"end": "lat"}, {"start": "l0", "end": "lat"}])
def test_forward_refuses_the_name_of_a_layer_that_is_not_there(ends: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no layer is named 'lat'; the names, in order, are \['l0', 'l1'\]"):
        network().forward(np.zeros(4), **ends)


def test_layers_begin_small_and_follow_the_seed() -> None:
    seed(5)
    model = MLP(300, None)
    model.add_layer(200, layers.relu, layers.relu_deriv)
    np.testing.assert_array_equal(model.layers[0]["W"], 0.1 * np.random.RandomState(5).randn(200, 300))
    assert model.layers[0]["b"].shape == (200,)


@pytest.mark.parametrize(("pair", "y"), [(0, [0.0, 1.0, 1.0]), (1, [0.0, 0.0, 1.0]), (2, [0.3, -2.0, 1.0])])
@pytest.mark.parametrize("widths", [(4, 3), (4, 5, 3), (3, 3, 3, 3), (4, 1, 6, 5, 3)])
def test_backward_agrees_with_central_differences(pair: int, y: list[float], widths: tuple[int, ...]) -> None:
    model, x, loss = network(widths, pair), np.linspace(-1, 1.5, widths[0]), getattr(losses, PAIRS[pair][0])
    model.backward(x, np.array(y))
    want = numerical_gradients(model, lambda: float(loss(model.forward(x), y)))
    got = gradients(model)
    np.testing.assert_allclose(np.concatenate(got, axis=None), np.concatenate(want, axis=None), rtol=1e-6, atol=1e-8)


def test_the_derivative_of_the_last_nonlinearity_is_never_applied() -> None:
    with_derivative, without = network(), network()
    with_derivative.layers[-1]["fderiv"] = layers.logistic_deriv
    with_derivative.backward(np.ones(4), np.eye(3)[0])
    without.backward(np.ones(4), np.eye(3)[0])
    np.testing.assert_array_equal(gradients(with_derivative)[0], gradients(without)[0])


def test_the_gradients_of_two_examples_add_up() -> None:
    (x1, y1), (x2, y2) = (np.ones(4), np.eye(3)[0]), (np.arange(4.0), np.eye(3)[2])
    one, two, both = network(), network(), network()
    one.backward(x1, y1)
    two.backward(x2, y2)
    both.backward(x1, y1)
    both.backward(x2, y2)
    [np.testing.assert_allclose(c, a + b) for a, b, c in zip(*map(gradients, (one, two, both)), strict=True)]


def test_step_subtracts_the_gradients_and_keeps_them() -> None:
    model = network()
    model.backward(np.ones(4), np.eye(3)[0])
    before, collected = model.layers[0]["W"].copy(), gradients(model)
    model.step(0.5)
    np.testing.assert_allclose(model.layers[0]["W"], before - 0.5 * collected[0])
    np.testing.assert_array_equal(gradients(model)[0], collected[0])


def test_zero_grad_forgets_everything_collected() -> None:
    model = network()
    model.backward(np.ones(4), np.eye(3)[0])
    assert all(gradient.any() for gradient in gradients(model))
    model.zero_grad()
    assert not any(gradient.any() for gradient in gradients(model))


def test_the_solution_leaves_the_example_alone() -> None:
    model, x, y = network(), np.ones(4), np.eye(3)[0]
    model.backward(x, y)
    model.step(0.1)
    np.testing.assert_array_equal(x, np.ones(4))
    np.testing.assert_array_equal(y, np.eye(3)[0])


def test_the_last_layer_takes_one_number_as_the_truth() -> None:
    model = network((2, 4, 1), pair=0)
    model.backward(np.ones(2), 1.0)
    assert model.layers[-1]["b_grad"].shape == (1,)


# --- the notebooks


def notebook(name: str) -> Any:
    """Return one of the notebooks as JSON."""
    return json.loads((COURSE / name).read_text(encoding="utf-8"))


def sources(name: str, kind: str) -> list[str]:
    """Return the sources of a notebook's cells of one kind."""
    return ["".join(cell["source"]) for cell in notebook(name)["cells"] if cell["cell_type"] == kind]


def executed(folder: Path, name: str, **replace: str) -> dict[str, list[Any]]:
    """Return the outputs, by cell, of a notebook of the course that is run in `folder` with some constants replaced."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    shutil.copytree(COURSE, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    running = nbformat.read(folder / name, as_version=4)
    for cell in running.cells:
        for constant, value in replace.items():
            cell.source = re.sub(rf"^{constant} = .*$", f"{constant} = {value}", cell.source, flags=re.MULTILINE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the notebook client are none of ours
        nbclient.NotebookClient(running, timeout=600, kernel_name="python3").execute(cwd=str(folder))
    return {cell["id"]: cell["outputs"] for cell in running.cells if cell.cell_type == "code"}


def with_pictures(outputs: dict[str, list[Any]]) -> set[str]:
    """Name the cells that show a picture."""
    return {name for name, found in outputs.items() if any("image/png" in one.get("data", {}) for one in found)}


def said(outputs: list[Any]) -> str:
    """Return what a cell printed."""
    return "".join(one.get("text", "") for one in outputs)


@pytest.fixture
def few_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which `digits.py` finds 300 drawn digits to train on and 100 to test with."""
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    (tmp_path / "digits_data").mkdir()
    for count, images, labels in [(300, *idx.NAMES[:2]), (100, *idx.NAMES[2:])]:
        ink, truth = drawing.draw(count, np.random.default_rng(count))
        (tmp_path / "digits_data" / images).write_bytes(idx.write(ink.reshape(-1, 28, 28)))
        (tmp_path / "digits_data" / labels).write_bytes(idx.write(truth))
    return tmp_path


@each_notebook
def test_the_notebooks_are_valid_and_stored_without_outputs(name: str) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(notebook(name))
    code = [cell for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert (notebook(name)["nbformat"], notebook(name)["nbformat_minor"]) == (4, 5)


@each_notebook
def test_the_notebooks_remember_nothing_of_the_machine_they_were_written_on(name: str) -> None:
    assert notebook(name)["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell["metadata"] for cell in notebook(name)["cells"]] == [{}] * len(notebook(name)["cells"])


@each_notebook
def test_the_notebooks_import_what_students_are_allowed_to_import(name: str) -> None:
    imported = re.findall(r"^\s*(?:from|import) (\w+)", "\n".join(sources(name, "code")), flags=re.MULTILINE)
    course = {"digits", "layers", "losses", "mlp"}
    assert set(imported) <= {"numpy", "matplotlib", "IPython"} | course


@pytest.mark.parametrize("name", ["Classification.ipynb", "Autoencoder.ipynb"])
def test_nobody_who_only_reads_the_texts_meets_a_line_too_long_to_edit(name: str) -> None:
    lines = [line for kind in ("code", "markdown") for source in sources(name, kind) for line in source.splitlines()]
    assert [line for line in lines if len(line) > 135] == []


@pytest.mark.parametrize("name", ["Classification.ipynb", "Autoencoder.ipynb"])
def test_what_a_person_has_to_read_is_a_solution(name: str) -> None:
    last = sources(name, "markdown")[-1].splitlines()
    marked = [k for k, line in enumerate(last) if MARKER.fullmatch(line)]
    assert len(" ".join(last[marked[0] + 1 : marked[1]]).split()) > 100


def test_the_disc_notebook_trains_the_network_and_draws_its_pictures(tmp_path: Path) -> None:
    outputs = executed(tmp_path, "DiscTest.ipynb")
    assert "100.0% of the points are right" in said(outputs["training"])
    assert with_pictures(outputs) == {"points", "snapshots", "loss-curve", "boundary"}


def test_the_classification_notebook_reports_both_networks_and_draws_its_pictures(few_digits: Path) -> None:
    outputs = executed(few_digits, "Classification.ipynb", EPOCHS="10", RATE="2e-3")
    figures = re.findall(
        r"(small|large) network: training accuracy (\S+) .*test accuracy (\S+) ", said(outputs["accuracies"])
    )
    assert [name for name, *_ in figures] == ["small", "large"]
    assert all(float(on_train) > 0.3 for _, on_train, _ in figures), figures
    assert with_pictures(outputs) == {"digits", "curves", "confusion", "worst"}


def test_the_autoencoder_notebook_reports_its_error_and_draws_its_pictures(few_digits: Path) -> None:
    outputs = executed(few_digits, "Autoencoder.ipynb")
    assert re.findall(r"epoch (\d), rate (\S+):", said(outputs["training"])) == [
        ("1", "0.0001"),
        ("2", "5e-05"),
        ("3", "2.5e-05"),
    ]
    told = dict(re.findall(r"^    (.*?)  +(\d+\.\d\d)$", said(outputs["errors"]), flags=re.MULTILINE))
    assert list(told) == ["always the mean image", "PCA, 2 components", "autoencoder"]
    assert float(told["PCA, 2 components"]) < float(told["always the mean image"])
    assert with_pictures(outputs) == {"errors", "reconstructions", "reconstructions-pca", "latent", "grid", "walk"}
    assert (few_digits / "walk.gif").read_bytes().startswith(b"GIF8")
