"""The layers, criterions and derivatives that an instructor shows for the assignment modules are right."""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.datasets.digits import drawing
from kit import ROOT

COURSE, TEMPLATE = ROOT / "reference" / "modules", ROOT / "student_template" / "modules"
NOTEBOOKS = ["HW3_Modules.ipynb", "HW3_main.ipynb", "HW3_differentiation.ipynb"]
WIDTH = 140
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
CASES = 100
seed = np.random.seed  # the assignment draws with np.random
Array = Any


def notebook(path: Any) -> Any:
    """Return a notebook as JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def loaded(path: Any) -> SimpleNamespace:
    """Return what the code cells of a notebook define, one after the other, without trying the answers out."""
    names: dict[str, Any] = {}
    sources = ["".join(cell["source"]) for cell in notebook(path)["cells"] if cell["cell_type"] == "code"]
    [exec(source, names) for source in sources if not source.startswith(("### BEGIN SOLUTION", "# your code here"))]
    return SimpleNamespace(**names)


course = loaded(COURSE / "HW3_Modules.ipynb")
derived = loaded(COURSE / "HW3_differentiation.ipynb")
given = loaded(TEMPLATE / "HW3_Modules.ipynb")
asked = loaded(TEMPLATE / "HW3_differentiation.ipynb")


def slopes(f: Callable[[Array], float], x: Array, step: float = 1e-5) -> Array:
    """Return the central differences of the number f(x) by every entry of x."""
    moves = step * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + move) - f(x - move)) / (2 * step) for move in moves]).reshape(x.shape)


def chained(*modules: Any) -> Any:
    """Return a Sequential of these modules."""
    network = course.Sequential()
    [network.add(module) for module in modules]
    return network


def deep(dropout: float = 0.3) -> Any:
    """Return a network with a module of every kind, from 4 features to 3 classes."""
    return chained(
        *(course.Linear(4, 6), course.BatchMeanSubtraction(0.3), course.ELU(0.7), course.Dropout(dropout)),
        *(course.Linear(6, 5), course.LeakyReLU(), course.Linear(5, 5), course.SoftPlus(), course.ReLU()),
        *(course.Linear(5, 3), course.SoftMax()),
    )


MODULES: dict[str, Callable[[], Any]] = {
    "Sequential": deep,
    "Linear": lambda: course.Linear(4, 3),
    "SoftMax": course.SoftMax,
    "BatchMeanSubtraction": lambda: course.BatchMeanSubtraction(0.3),
    "Dropout": course.Dropout,
    "ReLU": course.ReLU,
    "LeakyReLU": course.LeakyReLU,
    "ELU": lambda: course.ELU(0.7),
    "SoftPlus": course.SoftPlus,
}
each_module = pytest.mark.parametrize("name", MODULES)
CRITERIONS = ["MSECriterion", "ClassNLLCriterion"]
each_criterion = pytest.mark.parametrize("name", CRITERIONS)


def made(name: str) -> Any:
    """Return a fresh module, the same one in every call."""
    seed(5)
    return MODULES[name]()


def output(name: str, x: Array) -> Array:
    """Return what a fresh module makes of a batch in its first call, with dice that always fall alike."""
    module = made(name)
    seed(6)
    return module.forward(x)


def probabilities(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return rows of probabilities, none of them tiny, and one-hot targets."""
    rows = rng.uniform(0.1, 1, shape)
    return rows / rows.sum(axis=1, keepdims=True), np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]


# --- against central differences


@each_module
@pytest.mark.parametrize("rows", [1, 5])
def test_the_gradient_by_the_input_agrees_with_central_differences(name: str, rows: int) -> None:
    rng = np.random.default_rng(1)
    x, weights = rng.normal(size=(rows, 4)), rng.normal(size=output(name, np.ones((rows, 4))).shape)
    module = made(name)
    seed(6)
    module.forward(x)
    want = slopes(lambda moved: float(np.sum(weights * output(name, moved))), x)
    np.testing.assert_allclose(module.backward(x, weights), want, rtol=0, atol=1e-8)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(("name", "target"), [("MSECriterion", 0.5), ("ClassNLLCriterion", 1.0)])
def test_the_gradients_by_the_parameters_agree_with_central_differences(
    index: int, which: int, name: str, target: float
) -> None:
    network, criterion = deep(dropout=0.0), getattr(course, name)()
    x, y = np.random.default_rng(2).normal(size=(5, 4)), target * np.eye(3)[[0, 1, 2, 1, 0]]
    parameter = [each for each in network.getParameters() if each][index][which]
    before = parameter.copy()

    def loss(moved: Array) -> float:
        parameter[...] = moved
        network.modules[1].old_mean = 0.0
        return float(criterion.forward(network.forward(x), y))

    want = slopes(loss, before.copy())
    loss(before)
    network.backward(x, criterion.backward(network.output, y))
    got = [each for each in network.getGradParameters() if each][index][which]
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-8)


@each_criterion
def test_the_gradient_of_a_criterion_agrees_with_central_differences(name: str) -> None:
    x, target = probabilities(np.random.default_rng(3), (5, 4))
    criterion = getattr(course, name)()
    want = slopes(lambda moved: float(criterion.forward(moved, target)), x, 1e-6)
    criterion.forward(x, target)
    np.testing.assert_allclose(criterion.backward(x, target), want, rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("Sequential", "BatchMeanSubtraction")])
def test_the_check_that_students_are_given_finds_the_gradient_right(name: str) -> None:
    assert course.gradient_error(made(name), np.random.default_rng(4).normal(size=(5, 4))) < 1e-8


def test_the_check_that_students_are_given_sees_that_a_mean_without_memory_is_subtracted_right() -> None:
    module = course.BatchMeanSubtraction()
    assert course.gradient_error(module, np.random.default_rng(4).normal(size=(5, 4))) < 1e-8


def test_the_check_that_students_are_given_finds_a_wrong_gradient_wrong() -> None:
    class Wrong(course.ELU):  # type: ignore[misc, name-defined]
        def updateGradInput(self, seen: Array, gradOutput: Array) -> Array:
            self.gradInput = gradOutput * (seen > 0)
            return self.gradInput

    assert course.gradient_error(Wrong(), np.random.default_rng(4).normal(size=(5, 4))) > 0.01


# --- what every module promises


@each_module
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mode", ["train", "evaluate"])
def test_modules_keep_what_they_return_and_leave_their_arguments_alone(name: str, dtype: Any, mode: str) -> None:
    module, x = made(name), np.random.default_rng(5).normal(size=(5, 4)).astype(dtype)
    getattr(module, mode)()
    x_before, y = x.copy(), module.forward(x)
    grad = np.ones_like(y)
    assert module.output is y
    assert module.backward(x, grad) is module.gradInput
    assert module.gradInput.shape == x.shape
    assert not any(np.shares_memory(mine, yours) for mine in (y, module.gradInput) for yours in (x, grad))
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(grad, 1)


@each_module
@pytest.mark.parametrize("size", [-1000.0, 0.0, 1000.0])
def test_modules_stay_finite_far_out_and_warn_of_nothing(name: str, size: float) -> None:
    module, x = made(name), np.array([[size, 0.0, 1.0, -size]] * 2)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(module.forward(x)).all()
        assert np.isfinite(module.backward(x, np.ones_like(module.output))).all()


@each_criterion
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_criterions_stay_finite_where_an_answer_is_wholly_wrong(name: str, dtype: Any) -> None:
    criterion, x = getattr(course, name)(), np.array([[1.0, 0.0]], dtype)
    target = np.array([[0, 1]], dtype=np.uint8)
    assert 0 < criterion.forward(x, target) < 40
    assert np.isfinite(criterion.backward(x, target)).all()
    assert criterion.backward(x, target)[0, 1] < 0


def test_linear_begins_uniformly_within_its_bounds() -> None:
    seed(7)
    W, b = course.Linear(100, 400).getParameters()
    assert (W.shape, b.shape) == ((400, 100), (400,))
    assert 0.0999 < W.max() <= 0.1
    assert -0.1 <= W.min() < -0.0999
    assert np.abs(b).max() <= 0.1
    assert W.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.01)


def test_gradients_add_up_until_they_are_set_to_zero() -> None:
    network, x = deep(dropout=0.0), np.ones((2, 4))
    network.evaluate()
    network.backward(x, np.eye(3)[:2] * network.forward(x))
    once = network.getGradParameters()[0][0].copy()
    network.backward(x, np.eye(3)[:2] * network.forward(x))
    np.testing.assert_allclose(network.getGradParameters()[0][0], 2 * once)
    network.zeroGradParameters()
    assert not any(gradient.any() for layer in network.getGradParameters() for gradient in layer)


def test_the_mean_moves_while_training_and_rests_when_evaluated() -> None:
    module, x = course.BatchMeanSubtraction(0.25), np.full((3, 2), 4.0)
    np.testing.assert_allclose(module.forward(x), 4 - 3)
    np.testing.assert_allclose(module.forward(2 * x), 8 - 0.25 * 3 - 0.75 * 8)
    module.evaluate()
    np.testing.assert_allclose(module.forward(0 * x), -6.75)
    np.testing.assert_allclose(module.forward(0 * x), -6.75)
    np.testing.assert_array_equal(module.backward(x, x), x)


def test_dropout_throws_for_every_element_and_rests_when_evaluated() -> None:
    seed(8)
    module, x = course.Dropout(0.3), np.ones((400, 300))
    first, second = module.forward(x).copy(), module.forward(x)
    assert np.mean(first == 0) == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(np.unique(first), [0, 1 / 0.7])
    assert np.mean((first == 0) & (second == 0)) == pytest.approx(0.09, abs=0.01)
    np.testing.assert_array_equal(module.backward(x, x), second)
    module.evaluate()
    np.testing.assert_array_equal(module.forward(x), x)
    np.testing.assert_array_equal(module.backward(x, x), x)


def test_a_chain_hands_on_its_mode() -> None:
    network = chained(chained(course.Dropout()), course.ReLU())
    network.evaluate()
    assert [network.training, network.modules[0].modules[0].training] == [False, False]
    network.train()
    assert [network.training, network.modules[0].modules[0].training] == [True, True]


# --- against PyTorch


def torch_modules(torch: Any) -> dict[str, Callable[[int, int], tuple[Any, Any]]]:
    """Return functions that make, for inputs of n features, a module of ours and what PyTorch has instead."""

    def linear(n: int, m: int) -> tuple[Any, Any]:
        ours, theirs = course.Linear(n, m), torch.nn.Linear(n, m, dtype=torch.float64)
        for parameter, value in zip((theirs.weight, theirs.bias), ours.getParameters(), strict=True):
            parameter.data = torch.tensor(value)
        return ours, theirs

    def dropout(n: int, m: int) -> tuple[Any, Any]:
        ours, share = course.Dropout(1 / (m + 1)), m / (m + 1)
        return ours, lambda x: x * torch.tensor(ours.mask > 0).to(x) / share

    def mean_subtraction(n: int, m: int) -> tuple[Any, Any]:
        alpha = 1 / m
        return course.BatchMeanSubtraction(alpha), lambda x: x - (1 - alpha) * x.mean(dim=0)

    return {
        "Linear": linear,
        "SoftMax": lambda n, m: (course.SoftMax(), torch.nn.Softmax(dim=1)),
        "BatchMeanSubtraction": mean_subtraction,
        "Dropout": dropout,
        "ReLU": lambda n, m: (course.ReLU(), torch.nn.ReLU()),
        "LeakyReLU": lambda n, m: (course.LeakyReLU(m / 10), torch.nn.LeakyReLU(m / 10)),
        "ELU": lambda n, m: (course.ELU(m / 4), torch.nn.ELU(m / 4)),
        "SoftPlus": lambda n, m: (course.SoftPlus(), torch.nn.Softplus(threshold=40)),
    }


def shapes(seed: int) -> Iterator[tuple[int, int, int]]:
    """Yield random triples: rows, features, and another number of features."""
    for row in np.random.default_rng(seed).integers(1, 9, size=(CASES, 3)):
        yield tuple(map(int, row))  # type: ignore[misc]


def module_errors(torch: Any, name: str, dtype: str) -> Iterator[float]:
    """Yield how far values and gradients of a module of ours are from PyTorch's, for batches of random shapes."""
    rng = np.random.default_rng(9)
    for rows, n, m in shapes(10):
        ours, theirs = torch_modules(torch)[name](n, m)
        x = rng.normal(size=(rows, n), scale=3).astype(dtype)
        got = ours.forward(x)
        grad = rng.normal(size=got.shape).astype(dtype)
        ours.backward(x, grad)
        leaf = torch.tensor(x, requires_grad=True)
        theirs = theirs.to(leaf.dtype) if isinstance(theirs, torch.nn.Module) else theirs
        want = theirs(leaf)
        want.backward(torch.tensor(grad))
        parameters = theirs.parameters() if isinstance(theirs, torch.nn.Module) else ()
        pairs = [(got, want.detach()), (ours.gradInput, leaf.grad)]
        pairs += [(a, b.grad) for a, b in zip(ours.getGradParameters(), parameters, strict=True)]
        yield max(largest_error(a, b.numpy()) for a, b in pairs)


def criterion_errors(torch: Any, name: str, dtype: str) -> Iterator[float]:
    """Yield how far value and gradient of a criterion of ours are from PyTorch's, for batches of random shapes."""
    theirs: Callable[[Any, Any], Any] = {
        "MSECriterion": lambda x, y: torch.nn.MSELoss(reduction="sum")(x, y) / len(x),
        "ClassNLLCriterion": lambda x, y: torch.nn.NLLLoss()(x.log(), y.argmax(dim=1)),
    }[name]
    rng = np.random.default_rng(11)
    for rows, n, _ in shapes(12):
        x, target = (part.astype(dtype) for part in probabilities(rng, (rows, n + 1)))
        ours, leaf = getattr(course, name)(), torch.tensor(x, requires_grad=True)
        want = theirs(leaf, torch.tensor(target))
        want.backward()
        value = largest_error(ours.forward(x, target), want.detach().numpy())
        yield max(value, largest_error(ours.backward(x, target), leaf.grad.numpy()))


def largest_error(got: Array, want: Array) -> float:
    """Return how far two arrays of one shape are from each other: absolute below 1, relative above."""
    assert np.shape(got) == np.shape(want)
    wide = np.asarray(want, dtype=np.float64)
    return float(np.max(np.abs(np.asarray(got, dtype=np.float64) - wide) / np.maximum(1, np.abs(wide))))


PRECISIONS = pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float64", 1e-10)])
WITHOUT = "PyTorch is not installed; pip install torch to compare the course's layers with it"


@PRECISIONS
@pytest.mark.parametrize("name", [name for name in MODULES if name != "Sequential"])
def test_modules_agree_with_those_of_pytorch(name: str, dtype: str, tolerance: float) -> None:
    errors = list(module_errors(pytest.importorskip("torch", reason=WITHOUT), name, dtype))
    assert len(errors) == CASES
    assert max(errors) <= tolerance


@PRECISIONS
@each_criterion
def test_criterions_agree_with_those_of_pytorch(name: str, dtype: str, tolerance: float) -> None:
    errors = list(criterion_errors(pytest.importorskip("torch", reason=WITHOUT), name, dtype))
    assert len(errors) == CASES
    assert max(errors) <= tolerance


# --- derivatives


ANSWERS: dict[str, tuple[str, str, Callable[..., Array]]] = {
    # arguments, the one that is differentiated by, and the function
    "dy_dx_inner_product": ("x", "x", lambda x: x @ x),
    "dy_dA_trace": ("AB", "A", lambda A, B: np.trace(A @ B)),
    "dy_dx_bilinear": ("xAc", "x", lambda x, A, c: x @ A @ c),
    "dy_dA_bilinear": ("xAc", "A", lambda x, A, c: x @ A @ c),
    "dJ_dS": ("XAS", "S", lambda X, A, S: np.sum((X - A @ S) ** 2)),
    "dJ_dF": ("XF", "F", lambda X, F: np.sum((X - F) ** 2)),
}
SIZES = pytest.mark.parametrize(("N", "M", "R"), [(2, 3, 4), (5, 2, 3), (3, 3, 3), (1, 4, 2), (4, 1, 1)])


def arrays(N: int, M: int, R: int) -> dict[str, Array]:
    """Return random arrays of the shapes that the assignment gives them, by the letters that it calls them."""
    sizes = {"x": (N,), "c": (R,), "A": (N, R), "B": (R, N), "X": (N, M), "S": (R, M), "F": (N, M)}
    rng = np.random.default_rng(13)
    return {letter: rng.normal(size=size) for letter, size in sizes.items()}


@SIZES
@pytest.mark.parametrize("name", ANSWERS)
def test_answers_agree_with_central_differences(name: str, N: int, M: int, R: int) -> None:
    letters, by, f = ANSWERS[name]
    values = {letter: arrays(N, M, R)[letter] for letter in letters}
    got = getattr(derived, name)(**values)
    assert got.shape == values[by].shape
    np.testing.assert_allclose(got, slopes(lambda moved: f(**{**values, by: moved}), values[by]), rtol=0, atol=1e-7)


@SIZES
def test_the_derivative_of_a_product_of_matrices_has_a_row_for_each_entry_of_it(N: int, M: int, R: int) -> None:
    A, S = (arrays(N, M, R)[letter] for letter in "AS")
    want = [slopes(lambda moved, entry=entry: (A @ moved).flat[entry], S).ravel() for entry in range(N * M)]
    np.testing.assert_allclose(derived.dF_dS(A, S), want, rtol=0, atol=1e-7)


@SIZES
def test_the_two_ways_to_the_gradient_of_the_factorisation_meet(N: int, M: int, R: int) -> None:
    X, A, S = (arrays(N, M, R)[letter] for letter in "XAS")
    by_the_chain_rule = derived.dF_dS(A, S).T @ derived.dJ_dF(X, A @ S).ravel()
    np.testing.assert_allclose(by_the_chain_rule.reshape(S.shape), derived.dJ_dS(X, A, S))


# --- the notebooks


@each_notebook
def test_the_notebooks_are_valid_and_stored_without_outputs(name: str) -> None:
    nbformat = pytest.importorskip("nbformat")
    found = notebook(COURSE / name)
    nbformat.validate(found)
    code = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert found["metadata"]["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}


@each_notebook
@pytest.mark.parametrize("folder", [COURSE, TEMPLATE])
def test_nobody_meets_a_line_too_long_to_edit(name: str, folder: Any) -> None:
    lines = [line for cell in notebook(folder / name)["cells"] for line in "".join(cell["source"]).splitlines()]
    assert [line for line in lines if len(line) > WIDTH] == []


SOLVED = ["Linear", "SoftMax", "BatchMeanSubtraction", "Dropout", "LeakyReLU", "ELU", "SoftPlus"]


@pytest.mark.parametrize("name", SOLVED)
def test_in_the_template_modules_are_to_be_written(name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"write {name}"):
        getattr(given, name)(*[2, 2][: 2 * (name == "Linear")]).forward(np.ones((2, 2)))


@pytest.mark.parametrize("name", ["forward", "backward", "zeroGradParameters", "getParameters", "getGradParameters"])
def test_in_the_template_the_chain_is_to_be_written(name: str) -> None:
    chain, arguments = given.Sequential(), {"forward": [np.ones((2, 2))], "backward": [np.ones((2, 2))] * 2}
    chain.add(given.ReLU())
    with pytest.raises(NotImplementedError, match="write Sequential"):
        getattr(chain, name)(*arguments.get(name, []))


def test_what_is_given_in_the_template_works() -> None:
    x, target = np.array([[-1.0, 3.0]]), np.array([[0.0, 1.0]])
    relu, squares = given.ReLU(), given.MSECriterion()
    np.testing.assert_array_equal(relu.forward(x), [[0.0, 3.0]])
    np.testing.assert_array_equal(relu.backward(x, x), [[0.0, 3.0]])
    assert squares.forward(x, target) == 5
    np.testing.assert_array_equal(squares.backward(x, target), [[-2.0, 4.0]])
    assert relu.getParameters() == relu.getGradParameters() == []


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_in_the_template_the_criterion_is_to_be_written(name: str) -> None:
    with pytest.raises(NotImplementedError, match="write ClassNLLCriterion"):
        getattr(given.ClassNLLCriterion(), name)(np.ones((2, 2)), np.ones((2, 2)))


@pytest.mark.parametrize(("name", "count"), [*((name, len(ANSWERS[name][0])) for name in ANSWERS), ("dF_dS", 2)])
def test_in_the_template_the_answers_are_to_be_written(name: str, count: int) -> None:
    with pytest.raises(NotImplementedError, match=f"write {name}"):
        getattr(asked, name)(*[np.ones((2, 2))] * count)


@pytest.fixture
def few_digits(tmp_path: Path) -> Path:
    """Return a folder with the notebooks of the course and 2000 drawn digits, sorted by class."""
    ink, labels = drawing.draw(2000, np.random.default_rng(15))
    order = np.argsort(labels)
    X = ink.reshape(len(ink), -1)[order].astype(np.float32) / 255
    np.savez(tmp_path / "mnist.npz", X=X, y=labels[order].astype(np.int64))
    shutil.copytree(COURSE, tmp_path, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    return tmp_path


def test_the_main_notebook_trains_its_networks_and_draws_its_pictures(
    few_digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    running = nbformat.read(few_digits / "HW3_main.ipynb", as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the notebook client are none of ours
        nbclient.NotebookClient(running, timeout=600, kernel_name="python3").execute(cwd=str(few_digits))
    outputs = {cell["id"]: cell["outputs"] for cell in running.cells if cell.cell_type == "code"}
    told = {name: "".join(one.get("text", "") for one in found) for name, found in outputs.items()}
    drawn = {name for name, found in outputs.items() if any("image/png" in one.get("data", {}) for one in found)}
    assert float(re.findall(r"validation accuracy: (\S+)", told["curves"])[0]) > 0.7
    assert len(re.findall(r"%", told["comparison"])) == 8
    assert "nan" not in "".join(told.values())
    assert drawn == {"toy-data", "toy-train", "digits", "plot", "curves", "mistakes", "pca"}
