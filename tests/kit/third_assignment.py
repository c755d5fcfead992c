"""Assignment linear_regression: fit(X, y) in regression.py returns the weights of the least sum of squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader import locations
from grader.assignments.assignment import Assignment
from grader.checks import check, failed, passed
from grader.model import Finding, Observation
from grader.numerics import worst_entry
from grader.plain import as_plain, problem_in
from grader.sandbox import Inside, Probe, Session
from grader.sandbox import operations as ask


def fitting(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask for the weights of a random problem; keep what was asked and what came back, and judge nothing."""
    X, y = rng.normal(size=(50, 3)), rng.normal(size=50)
    loaded, made, weights = session.run(
        ask.load("regression.py", "regression"), ask.create("w", "regression.fit", X, y), ask.fetch("w")
    )
    data.update(X=X, y=y, loaded=as_plain(loaded), made=as_plain(made), weights=as_plain(weights))


@check(reads=["fitting"])
def fit_answers(seen: Observation) -> Finding:
    """fit(X, y) can be called and returns an array of weights."""
    for step in ("loaded", "made", "weights"):
        if problem := problem_in(seen.data.get(step)) or seen.problem:
            return failed(str(problem), hint="Import regression.py yourself, and call fit with random arrays.")
    weights = seen.data["weights"]["value"]
    if weights is None or weights.shape != (3,):
        return failed("fit returned no array of shape (3,) for 3 features", hint="Return one weight for each column.")
    return passed()


@check(reads=["fitting"], after=[fit_answers], thresholds=["largest_error"])
def weights_right(seen: Observation, largest_error: float) -> Finding:
    """The weights give the least sum of squares."""
    want = np.linalg.lstsq(seen.data["X"], seen.data["y"])[0]
    worst = worst_entry(np.asarray(seen.data["weights"]["value"], dtype=float), want)
    if worst.error <= largest_error:
        return passed()
    hint = "At the least sum of squares its gradient is zero: X^T X w = X^T y."
    return failed(f"weight {worst.index[0]} is {worst.got:.4g}, expected {worst.want:.4g}", hint=hint)


ASSIGNMENT = Assignment(
    id="linear_regression",
    title="Linear regression",
    rubric=locations.rubric_file("linear_regression"),
    reference=locations.reference_folder("linear_regression"),
    template=locations.template_folder("linear_regression"),
    required=("regression.py",),
    provided={},
    inside=Inside(),
    probes=(Probe("fitting", "fitting a line", fitting),),
    checks=(fit_answers, weights_right),
)
