"""Each example submission is right or wrong in just the way its README says."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kit import ROOT

EXAMPLES = ROOT / "examples" / "byomlp"
NAMES = ["alice-other-style", "bob-no-derivative", "carol-end-broken", "dave-hangs", "erin-zero-grad"]
FINISHING = [name for name in NAMES if name != "dave-hangs"]
seed = np.random.seed  # the assignment draws with np.random.randn
X, Y = np.array([0.5, -1.0, 2.0]), np.array([0.0, 1.0])


class Endless(Exception):
    """A nonlinearity was applied more often than any network has layers."""


def twice(u: np.ndarray) -> np.ndarray:
    return 2 * u


def twos(u: np.ndarray) -> np.ndarray:
    return np.full(u.shape, 2.0)


def few_times(f: Callable[[np.ndarray], np.ndarray], limit: int = 50) -> Callable[[np.ndarray], np.ndarray]:
    """Return `f` that raises Endless when it is called more than `limit` times."""
    calls = iter(range(limit))

    def counted(u: np.ndarray) -> np.ndarray:
        if next(calls, None) is None:
            raise Endless
        return f(u)

    return counted


def network(name: str, widths: tuple[int, ...] = (4, 5, 2), f: Callable[[np.ndarray], np.ndarray] = twice) -> Any:
    """Return a network 3 -> 4 -> 5 -> 2 with layers 0, 1 and 2 that double, seeded, with half the squared loss."""
    seed(1)
    model = runpy.run_path(str(EXAMPLES / name / "mlp.py"))["MLP"](3, np.subtract)
    [model.add_layer(m, f, twos, str(k)) for k, m in enumerate(widths)]
    return model


def shift(model: Any, examples: int = 1) -> np.ndarray:
    """Return how the outputs move when the model learns from `examples` examples, one after the other, in one step."""
    before = model.forward(X)
    [model.backward(X, Y) for _ in range(examples)]
    model.step(1e-6)
    return np.asarray((model.forward(X) - before) / 1e-6)


def expected_shift(weights: list[np.ndarray], biases: list[np.ndarray], slope: float) -> np.ndarray:
    """Return the first-order move of the outputs that gradients make when hidden derivatives count as `slope`."""
    hs = [X]
    [hs.append(2 * (W @ hs[-1] + b)) for W, b in zip(weights, biases, strict=True)]
    gradient, jacobian, move = hs[-1] - Y, 2 * np.eye(2), np.zeros(2)
    for W, h in zip(reversed(weights), reversed(hs[:-1]), strict=True):
        move -= jacobian @ gradient * (h @ h + 1)
        gradient, jacobian = slope * W.T @ gradient, 2 * jacobian @ W
    return move


def parameters(model: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return weights and biases of all layers, read from what each layer makes of 0 and of the unit vectors."""
    sizes = [("0", 3), ("1", 4), ("2", 5)]
    biases = [model.forward(np.zeros(n), start=name, end=name) / 2 for name, n in sizes]
    columns = [[model.forward(e, start=name, end=name) / 2 for e in np.eye(n)] for name, n in sizes]
    return [np.array(found).T - b[:, None] for found, b in zip(columns, biases, strict=True)], biases


NOTEBOOKS = {
    "alice-other-style": ["Autoencoder.ipynb", "Classification.ipynb"],
    "bob-no-derivative": ["Autoencoder.ipynb", "Classification.ipynb"],
    "carol-end-broken": ["Classification.ipynb"],
}
EACH_NOTEBOOK = [f"{name}/{notebook}" for name, notebooks in NOTEBOOKS.items() for notebook in notebooks]


def test_the_readme_has_a_line_for_each_example_and_each_is_what_it_says() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == NAMES
    assert [f"| `{name}` |" in (EXAMPLES / "README.md").read_text(encoding="utf-8") for name in NAMES] == [True] * 5
    there = {name: sorted(path.name for path in (EXAMPLES / name).iterdir() if path.is_file()) for name in NAMES}
    assert there == {name: [*NOTEBOOKS.get(name, []), "mlp.py"] for name in NAMES}


@pytest.mark.parametrize("path", EACH_NOTEBOOK)
def test_the_notebooks_of_the_examples_are_valid_and_remember_nothing_of_a_machine(path: str) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = json.loads((EXAMPLES / path).read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    assert [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["outputs"]] == []
    assert set(notebook["metadata"]) == {"kernelspec"}


@pytest.mark.parametrize(
    ("path", "has", "lacks"),
    [
        ("alice-other-style/Autoencoder.ipynb", "rates = [1e-4, 5e-5, 2.5e-5]", "alpha"),
        ("bob-no-derivative/Autoencoder.ipynb", "alpha = 1e-4", "alpha /= 2"),
        ("bob-no-derivative/Classification.ipynb", "train accuracy", "test accuracy"),
        ("carol-end-broken/Classification.ipynb", "Test accuracy", "DigitsTest"),
    ],
)
def test_the_notebooks_of_the_examples_are_right_and_wrong_as_the_readme_says(path: str, has: str, lacks: str) -> None:
    text = (EXAMPLES / path).read_text(encoding="utf-8")
    assert has in text
    assert lacks not in text


@pytest.mark.parametrize(("name", "slope"), [(name, 1 if name == "bob-no-derivative" else 2) for name in FINISHING])
def test_only_bob_leaves_the_derivative_of_the_hidden_layers_out(name: str, slope: int) -> None:
    model = network(name)
    want = expected_shift(*parameters(model), slope)
    np.testing.assert_allclose(shift(model), want, rtol=1e-3)


@pytest.mark.parametrize("name", FINISHING)
def test_all_that_finish_add_the_gradients_of_two_examples(name: str) -> None:
    np.testing.assert_allclose(shift(network(name), examples=2), 2 * shift(network(name)), rtol=1e-3)


@pytest.mark.parametrize(("name", "size"), [(name, 2 if name == "carol-end-broken" else 5) for name in FINISHING])
def test_only_carol_forgets_end_when_there_is_no_start(name: str, size: int) -> None:
    model = network(name)
    assert model.forward(X, end="1").shape == (size,)
    assert model.forward(np.ones(4), start="1", end="1").shape == (5,)
    assert model.forward(np.ones(4), start="1").shape == (2,)


@pytest.mark.parametrize(("name", "right"), [(name, name != "erin-zero-grad") for name in FINISHING])
def test_only_erin_keeps_something_after_zero_grad(name: str, right: bool) -> None:
    model = network(name)
    model.backward(X, Y)
    model.zero_grad()
    before = parameters(model)
    model.step(1.0)
    after = parameters(model)
    np.testing.assert_allclose(np.concatenate(after[0], axis=None), np.concatenate(before[0], axis=None))
    assert np.allclose(np.concatenate(after[1]), np.concatenate(before[1])) is right


@pytest.mark.parametrize("widths", [(4, 2), (4, 5, 2)])
@pytest.mark.parametrize("ends", [{}, {"start": "0"}, {"end": "1"}])
def test_dave_never_finishes_with_more_than_one_layer(widths: tuple[int, ...], ends: dict[str, str]) -> None:
    model = network("dave-hangs", widths, few_times(twice))
    with pytest.raises(Endless):
        model.forward(X, **ends)


def test_dave_never_finishes_backward_either() -> None:
    model = network("dave-hangs", (4, 2), few_times(twice))
    with pytest.raises(Endless):
        model.backward(X, Y)


def test_dave_finishes_with_one_layer() -> None:
    model = network("dave-hangs", (2,))
    want = -2 * (model.forward(X) - Y) * (X @ X + 1)
    np.testing.assert_allclose(shift(model), want, rtol=1e-3)
