"""Judging start and end, from what was observed of a forward pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.byomlp.forward.checks import forward_values
from grader.assignments.byomlp.forward.start_end_checks import start_and_end
from grader.assignments.byomlp.network.naming import NOWHERE, Naming
from grader.assignments.byomlp.network.networks import Layer, Network
from grader.model import Observation, Verdict

NET = Network(2, (Layer(1, "identity", "one"),), "squared")
RAISED = {"kind": "raised", "message": "NotImplementedError: write MLP.forward", "where": "mlp.py line 40, in forward"}


def observed(net: Network, **changes: Any) -> Observation:
    """Return an observation of one network whose forward gives 0."""
    zero = {"value": np.zeros(1), "type": "numpy.ndarray", "text": "", "problem": None}
    record = {"network": net.as_data(), "inputs": np.ones((1, 2)), "problem": None, "outputs": [zero], "again": [zero]}
    record |= {"way": "names", "readings": {"names": np.zeros(3)}, "held": [], "parts": [], "compositions": []}
    return Observation("forward", {"networks": [record | changes]})


def test_layers_without_names_lose_start_and_end_and_are_told_so() -> None:
    finding = start_and_end.judge(observed(NET.built_by(Naming(NOWHERE))))
    assert finding.verdict is Verdict.FAILED
    assert "add_layer takes no name" in finding.message


def test_a_forward_that_is_not_written_is_what_start_and_end_wait_for() -> None:
    answer = {"value": None, "type": "", "text": "", "problem": RAISED}
    finding = start_and_end.judge(observed(NET, outputs=[answer], again=[answer], way="", readings={}))
    assert finding.diagnosis == "not_written"
    assert finding.message.endswith("write MLP.forward (mlp.py line 40, in forward)")


def test_one_number_is_told_in_the_singular() -> None:
    one = {"value": np.zeros(1), "type": "numpy.ndarray", "text": "", "problem": None}
    part = {"start": None, "end": 0, "input": np.ones(2), "output": one}
    net = Network(2, (Layer(2, "identity", "one"),), "squared")
    two = {**one, "value": np.zeros(2)}
    seen = observed(net, parts=[part], outputs=[two], again=[two], readings={"names": np.zeros(6)})
    assert "returned 1 number, expected 2" in start_and_end.judge(seen).message


def test_evidence_of_earlier_versions_with_one_array_of_parameters_is_judged() -> None:
    assert start_and_end.judge(observed(NET, held=np.zeros(3))).verdict is Verdict.PASSED
    seen = observed(NET, held=np.ones(3), input_after={"value": np.ones(2)})
    assert forward_values.judge(seen).verdict is Verdict.PASSED
