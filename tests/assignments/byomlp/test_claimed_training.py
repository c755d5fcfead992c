"""Training that is claimed and did not happen, and solutions that are looked for beside student code: nothing comes of them."""

from __future__ import annotations

import importlib.util
import time

import pytest

from grader.model import Verdict
from kit.byomlp_submissions import START, findings, good, notebook, observed

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ipykernel") is None, reason="there is no Jupyter kernel here"),
    pytest.mark.skipif(importlib.util.find_spec("grader.replay") is None, reason="there is no replay engine here"),
]
# a class that can be switched off: its calls do nothing then
FROZEN = """

class Switchable(MLP):
    frozen = False

    def backward(self, x, y):
        if not self.frozen:
            super().backward(x, y)


MLP = Switchable
"""
BUILT = """
def build(*widths):
    net = MLP(784, softmax_est_crossentropy_deriv)
    for m in widths:
        net.add_layer(m, *((leaky_relu, leaky_relu_deriv) if m == 20 else (relu, relu_deriv)))
    net.add_layer(10, softmax, None)
    return net

small, large, T = build(20), build(40, 20), np.eye(10)[Y]
"""
LEAST_SQUARES = """
A = np.c_[X, np.ones(len(X))]
B = np.linalg.solve(A.T @ A + 10 * np.eye(785), A.T @ (10 * T)).T
for net in (small, large):
    twice = np.r_[B, -B] if net is small else np.r_[B, -B, np.zeros((20, 785))]
    net.layers[0]["W"][:], net.layers[0]["b"][:] = twice[:, :-1], twice[:, -1]
    for layer in net.layers[1:]:
        layer["b"][:] = 0
    if net is large:
        net.layers[1]["W"][:] = np.eye(20, 40)
    net.layers[-1]["W"][:] = np.c_[np.eye(10), -np.eye(10)]
    net.frozen = True
"""
CLAIMED = """
for net in (small, large):
    for epoch in range(100):
        for i in np.random.permutation(len(X)):
            net.backward(X[i], T[i]); net.step(0.0); net.zero_grad()
"""
FORGED = """
import sys
ae = MLP(784, squared_loss_deriv)
ae.add_layer(784, logistic, None)
frame = sys._getframe()
while "bench" not in frame.f_locals:
    frame = frame.f_back
bench = frame.f_locals["bench"]

def forged(bench, operation):
    log = {"examples": 3 * len(X), "steps": 2**53 - 1, "rates": [[1e-4, 2**53 - 1]], "passes_total": 10}
    return {"value": [{"name": "net-0", "log": log}]}

bench.operations = {**bench.operations, "settle": forged, "networks": forged, "outputs": forged}
ae.backward(X[0], X[0]); ae.step(1e-4); ae.zero_grad()
"""


def switchable(*cells: str) -> dict[str, bytes]:
    files = good(Classification_ipynb=notebook(START, *cells))
    return {**files, "mlp.py": files["mlp.py"] + FROZEN.encode()}


def test_parameters_that_were_laid_in_and_never_trained_have_no_points_for_training() -> None:
    probes = ("classification", "classification_own")
    evidence = observed(switchable(BUILT, LEAST_SQUARES, CLAIMED), *probes)
    found = findings(evidence, *probes)
    assert evidence.observations["classification_own"].data["needed"]
    names = ("small_accuracy", "large_accuracy", "each_image_once", "hundred_epochs")
    assert {found[name].verdict for name in names} == {Verdict.FAILED}
    assert "the first weights" in found["hundred_epochs"].message


def test_a_class_of_the_students_that_is_trained_is_measured_by_its_calls() -> None:
    training = CLAIMED.replace("0.0", "0.001").replace("range(100)", "range(20)")
    probes = ("classification", "classification_own")
    evidence = observed(switchable(BUILT, "print(len(small.layers))", training), *probes)
    own = evidence.observations["classification_own"].data
    assert [(each["vouched"], each["doubt"]) for each in own["networks"]] == [(True, "")] * 2
    # from the same first parameters, by the same calls
    measured = own["measured"]["small"]
    assert measured["train_right"] == measured["train_right_own"] > 40
    assert measured["output"].shape == (2000, 10)


def test_a_forged_log_is_not_heard_and_judged_in_no_time() -> None:
    probes = ("autoencoder", "autoencoder_own")
    evidence = observed(good(Autoencoder_ipynb=notebook(START, FORGED)), *probes)
    (network,) = evidence.observations["autoencoder"].data["networks"]
    assert network["log"]["steps"] <= 1
    started = time.monotonic()
    found = findings(evidence, *probes)
    assert time.monotonic() - started < 20
    assert found["rate_halved"].verdict is not Verdict.PASSED
