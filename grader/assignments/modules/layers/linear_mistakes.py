"""What is right of Linear, and known mistakes."""

from __future__ import annotations

import numpy as np

from grader.assignments.modules.layers.asking import Parameters
from grader.assignments.modules.layers.linear_probe import LinearCase, parameters_of, weights_of
from grader.kits.layer_contract import own_gradient
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array


class Case(LinearCase):
    """A case of which it is known whether its W lies turned, as (n_in, n_out)."""

    turned: bool


def read(case: Case) -> Parameters:
    """Return W and b of a case, full of NaN when they were not found."""
    found = parameters_of(case, case["n"], case["m"], turned=case["turned"])
    return found or (np.full((case["m"], case["n"]), np.nan), np.full(case["m"], np.nan))


def input_gradient_of(case: Case) -> Array:
    """Return the right gradInput; where no W was found, that of the layer's own forward."""
    W = weights_of(case, case["n"], case["m"], turned=case["turned"])
    own = own_gradient(case) if W is None else None
    return own if own is not None else np.asarray(case["grad"] @ (read(case)[0] if W is None else W))


def output_of(case: Case) -> Array:
    """Return the right output."""
    W, b = read(case)
    return np.asarray(case["input"] @ W.T + b)


def _turned(case: Case, x: Array, *, back: bool = False) -> Array:
    if case["n"] != case["m"]:
        raise NotApplicable
    W, _ = read(case)
    return np.asarray(x @ (W.T if back else W))


MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake("bias_missing", "The bias is left out.", lambda c: c["input"] @ read(c)[0].T),
    Mistake("bias_subtracted", "The bias is subtracted, not added.", lambda c: c["input"] @ read(c)[0].T - read(c)[1]),
    Mistake(
        "weights_transposed",
        "W is used the wrong way round: it has the shape (n_out, n_in).",
        lambda c: _turned(c, c["input"]) + read(c)[1],
    ),
)


INPUT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "weights_transposed",
        "W is used the wrong way round: it is transposed in forward or in backward, not in both.",
        lambda c: _turned(c, c["grad"], back=True),
    ),
)


def as_vector(pair: Parameters) -> Array:
    """Return both parameters, or their gradients, as one vector."""
    return np.concatenate([pair[0].ravel(), pair[1]])


def gradients(x: Array, grad: Array) -> Parameters:
    """Return the right gradients of W and b."""
    return grad.T @ x, grad.sum(axis=0)


def vector_of(case: Case) -> Array:
    """Return the right gradients of W and b as one vector."""
    return as_vector(gradients(case["input"], case["grad"]))


def _with(gradW: Array, gradb: Array) -> Array:
    return np.concatenate([gradW.ravel(), gradb.ravel()])


PARAMETER_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake("grad_b_missing", "gradb is never computed.", lambda c: _with(c["grad"].T @ c["input"], np.zeros(c["m"]))),
    Mistake(
        "grad_W_missing", "gradW is never computed.", lambda c: _with(np.zeros((c["m"], c["n"])), c["grad"].sum(axis=0))
    ),
    Mistake(
        "grad_b_averaged",
        "gradb is the mean over the batch: add the rows up, only criterions divide by the batch size.",
        lambda c: _with(c["grad"].T @ c["input"], c["grad"].mean(axis=0)),
    ),
    Mistake(
        "grad_W_averaged",
        "gradW is divided by the batch size: only criterions do that.",
        lambda c: _with(c["grad"].T @ c["input"] / len(c["input"]), c["grad"].sum(axis=0)),
    ),
    Mistake(
        "grad_W_turned",
        "gradW is transposed: it has the shape of W, (n_out, n_in).",
        lambda c: _with(c["input"].T @ c["grad"], c["grad"].sum(axis=0)),
    ),
    Mistake(
        "grad_b_of_first_row",
        "gradb is that of one row: every row of the batch contributes.",
        lambda c: _with(c["grad"].T @ c["input"], c["grad"][0]),
    ),
    Mistake(
        "gradients_of_ones",
        "gradOutput is not used.",
        lambda c: _with(np.ones_like(c["grad"]).T @ c["input"], np.full(c["m"], len(c["grad"]))),
    ),
)
