"""Whatever a notebook's process answers, in any form that travels, probes and checks come to a verdict: nothing is withheld."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import pipeline
from grader.assignments import find
from grader.assignments.modules.main.files import SOLVED, as_notebook
from grader.model import REDUCED, Finding, Setting, Submission, Verdict
from grader.pipeline import selection
from kit import ROOT, byomlp_submissions, hostile_answers
from kit.digits_samples import as_data, few
from kit.hostile_answers import Change, judging

# all judge the same answers
pytestmark = pytest.mark.xdist_group("hostile notebooks")
# few, so that a lie goes a long way, or nearly all
SHARES = st.sampled_from([0.005, 0.02, 0.1, 0.4, 0.9])
PROFILE = settings(max_examples=3, deadline=None, derandomize=True)
# what is asked before any code of the student's is in the process
OURS = frozenset({"lay", "open_kernel", "watch_main"})
PROVIDED = ROOT / "grader" / "assignments" / "byomlp" / "provided"
MAIN = (
    "import numpy as np\nimport matplotlib.pyplot as plt\n%run HW3_Modules.ipynb",
    "def trained(net, criterion, X, Y, rate, steps):\n    losses = []\n    for _ in range(steps):\n"
    "        rows = np.random.permutation(len(X))[:32]\n        net.zeroGradParameters()\n        output = net.forward(X[rows])\n"
    "        losses.append(criterion.forward(output, Y[rows]))\n"
    "        net.backward(X[rows], criterion.backward(output, Y[rows]))\n"
    "        for W, g in zip(sum(net.getParameters(), []), sum(net.getGradParameters(), [])): W -= rate * g\n"
    "    plt.plot(losses)\n    plt.xlabel('step'); plt.ylabel('loss'); plt.show()",
    "X = np.r_[np.random.randn(100, 2) + 2, np.random.randn(100, 2) - 2]; Y = np.repeat(np.eye(2), 100, axis=0)\n"
    "toy = Sequential(); toy.add(Linear(2, 4)); toy.add(LeakyReLU()); toy.add(Linear(4, 2)); toy.add(SoftMax())\n"
    "trained(toy, ClassNLLCriterion(), X, Y, 0.1, 60)",
    "data = np.load('mnist.npz'); X = data['X'].reshape(len(data['X']), -1); Y = np.eye(10)[data['y'].astype(int)]\n"
    "net = Sequential(); net.add(Linear(784, 20)); net.add(BatchMeanSubtraction()); net.add(ReLU()); net.add(Dropout())\n"
    "net.add(Linear(20, 10)); net.add(SoftMax())\ntrained(net, ClassNLLCriterion(), X[:200], Y[:200], 0.1, 60)\nnet.evaluate()\n"
    "print('accuracy', np.mean(net.forward(X[200:]).argmax(1) == Y[200:].argmax(1)))",
)


def handed_in(name: str) -> dict[str, bytes]:
    """Return a small submission with the notebooks of an assignment."""
    if name == "byomlp":
        provided = {path.name: path.read_bytes() for path in PROVIDED.glob("*.py")}
        cells = [cell.replace("train(net)", "train(net, epochs=2)") for cell in byomlp_submissions.CLASSIFICATION]
        few_epochs = byomlp_submissions.notebook(*cells)
        # batches of the size that is asked for would be tried again and again, as bad luck
        other_batches = byomlp_submissions.AUTOENCODER.replace("16", "20")
        once = byomlp_submissions.notebook(byomlp_submissions.START, other_batches, byomlp_submissions.PLOT)
        return {**byomlp_submissions.good(Classification_ipynb=few_epochs, Autoencoder_ipynb=once), **provided}
    derived = Path(ROOT, "reference", "modules", "HW3_differentiation.ipynb").read_bytes()
    modules = as_notebook(SOLVED.read_text(encoding="utf-8"))
    return {"HW3_Modules.ipynb": modules, "HW3_main.ipynb": as_notebook(*MAIN), "HW3_differentiation.ipynb": derived}


def setting_of(name: str, sizes: Mapping[str, Any], parameters: Any) -> Setting:
    """Return a size at which notebooks take seconds."""
    if name == "byomlp":
        numbers = byomlp_submissions.NUMBERS
        return Setting("quick", numbers, numbers, as_data(byomlp_submissions.digits()), parameters)
    return Setting(REDUCED, sizes[REDUCED], sizes[REDUCED], as_data(few(300, 60)), parameters)


@cache
def asked(name: str) -> Callable[[Change], tuple[Finding, ...]]:
    """Ask a small submission once, and return what judges its answers with changes in them."""
    assignment = find(name)
    rubric = pipeline.load_rubric(assignment)
    probes = [probe for probe in assignment.probes if probe.kernel]
    before = {each for probe in probes for each in probe.after}
    probes = [probe for probe in assignment.probes if probe.kernel or probe.name in before]
    names = {probe.name for probe in probes}
    checks = [each for each in selection.needed_checks(assignment, rubric) if set(each.reads) <= names]
    submission = Submission("alice", "sha256:" + "0f" * 32, handed_in(name))
    return judging(
        probes, checks, submission, assignment.inside, rubric, setting_of(name, rubric.sizes, rubric.parameters)
    )


@pytest.mark.parametrize(("name", "passes"), [("byomlp", "small_architecture"), ("modules", "main_runs")])
def test_the_same_answers_again_are_judged(name: str, passes: str) -> None:
    found = {each.check: each for each in asked(name)(lambda _place, _operation, raw: raw)}
    assert found[passes].verdict is Verdict.PASSED, json.dumps({k: v.message for k, v in found.items()})


@pytest.mark.parametrize("name", ["byomlp", "modules"])
@PROFILE
@given(share=SHARES, seed=st.integers(0, 2**32 - 1))
def test_no_answer_of_a_notebook_makes_a_check_stumble(name: str, share: float, seed: int) -> None:
    hostile = hostile_answers.hostile(np.random.default_rng(seed), share)
    ours = OURS if name == "modules" else frozenset({"lay"})
    found = asked(name)(lambda place, asked, raw: raw if asked["op"] in ours else hostile(place, asked, raw))
    assert [(each.check, each.message) for each in found if each.verdict is Verdict.UNDECIDED] == []
