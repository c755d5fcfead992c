"""What the checks of the forward pass share: reading the answers of one network, and saying that there are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from grader.assignments.byomlp.forward.mistakes import FORWARD_MISTAKES, Pass
from grader.assignments.byomlp.forward.probes import ForwardRecord
from grader.assignments.byomlp.network.networks import Network, Parameters, unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.stumbles import stumbled
from grader.checks import failed, passed
from grader.kits.mistakes import Mistake, explanations
from grader.model import Array, Finding, Observation, Problem
from grader.numerics import Tolerance, error_of_largest, is_float32
from grader.plain import PlainAnswer, problem_in

# relative to the largest output
TOLERANCE = Tolerance(1e-6, single=1e-4)
# readings of one layer at a time
NAMED = ("names", "twin")
HINT_FORWARD = "Try forward on a small network with a 1-D x in a Python shell and follow it line by line."


def seen_until(observed: Observation, key: str) -> list[ForwardRecord]:
    """Return the networks that were looked at as far as `key`, and those that could not even be built."""
    return [record for record in observed.data["networks"] if record["problem"] or key in record]


def held_in(record: ForwardRecord) -> list[Array]:
    """Return what the parameters (k,) that lie on an object may be; evidence of earlier versions has one of them, or None."""
    held = record.get("held")
    if isinstance(held, np.ndarray):
        return [held]
    return list(held or ())


def first_problem_of(record: ForwardRecord) -> Problem | None:
    """Return what went wrong first when a network was built and whole inputs were fed through it, or None."""
    answers = (record, *record.get("outputs", ()), *record.get("again", ()))
    return next((problem for answer in answers if (problem := problem_in(answer))), None)


def stacked(answers: Sequence[PlainAnswer], net: Network) -> Array | None:
    """Return the outputs (N, m) of whole forward passes, whatever shape each came in; None when one has not m numbers."""
    values = [answer["value"] for answer in answers]
    if any(value is None or value.size != net.widths[-1] for value in values):
        return None
    return np.stack([np.asarray(value, dtype=np.float64).ravel() for value in values])


def agrees(got: Array, want: Array) -> bool:
    """Tell whether outputs are what mathematics says, in the precision of the student's numbers."""
    got = np.asarray(got, dtype=np.float64)
    if got.shape != want.shape:
        got = got.reshape(want.shape)
    return error_of_largest(got, want) <= TOLERANCE.bound(single=is_float32(got))


def forward_mistakes(record: ForwardRecord) -> Iterator[tuple[Mistake[Pass], Parameters]]:
    """Yield the known mistakes that explain all outputs of one network, each with parameters it does so with."""
    for vector in record["readings"].values():
        parameters = unflatten(from_evidence(record), vector)
        if held_in(record) and not all(np.any(each) for layer in parameters for each in layer):
            # the object holds weights and biases everywhere: what looks like none is a layer that was left out
            continue
        for mistake in made(record, parameters, FORWARD_MISTAKES):
            yield mistake, parameters


def made(record: ForwardRecord, parameters: Parameters, mistakes: Iterable[Mistake[Pass]]) -> Iterator[Mistake[Pass]]:
    """Yield the mistakes that give all outputs of one network, if these are its parameters."""
    net = from_evidence(record)
    outputs = stacked(record["outputs"], net)

    def matched(_: Pass, wrong: Array | None) -> bool:
        return outputs is not None and wrong is not None and agrees(outputs, wrong)

    return explanations([Pass(net, parameters, record["inputs"])], mistakes, matched=matched)


def forward_mistake(record: ForwardRecord) -> Mistake[Pass] | None:
    """Return the first known mistake that explains all outputs of one network."""
    return next((mistake for mistake, _ in forward_mistakes(record)), None)


def mistake_by_name(record: ForwardRecord) -> bool:
    """Tell whether a known mistake explains what the layers show one by one, though other parameters explain the whole as well.

    A bias that is added after the activation can also be seen as one of the next layer, where the last one is linear.
    """
    named = {way: vector for way, vector in record["readings"].items() if way in NAMED}
    return record["way"] not in NAMED and forward_mistake({**record, "readings": named}) is not None


def nothing_seen(observed: Observation) -> Finding:
    """Say that forward could not be tried at all."""
    if observed.problem:
        return stumbled("forward could not be tried", observed.problem)
    return failed("forward could not be tried: no network could be built", hint=HINT_FORWARD)


def no_output(net: Network, problem: Problem) -> Finding:
    """Say that forward of one network gave no output."""
    return stumbled(f"forward of {net} gave no output", problem)


def unless_cut_short(observed: Observation) -> Finding:
    """Pass, unless student code ended the conversation before everything was asked."""
    if observed.problem:
        return stumbled("your code ended the test early", observed.problem)
    return passed()
