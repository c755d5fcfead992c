"""Networks of a main notebook that were not trained there: each is told, does not count, and earns nothing."""

from __future__ import annotations

import pytest

from grader.assignments import find
from grader.assignments.modules.main.files import SOLVED, as_notebook
from grader.model import REDUCED, Finding, Report, Setting, Verdict
from grader.pipeline import load_rubric
from grader.report import pages
from kit import warm
from kit.digits_samples import as_data, few
from kit.kept import grade

# all look at the same gradings
pytestmark = pytest.mark.xdist_group("networks that were not trained")
ASSIGNMENT = find("modules")
ITEMS = ("toy_problem", "activation_comparison", "digit_model")
BEGIN = """
import numpy as np
%run HW3_Modules.ipynb
with np.load('mnist.npz') as data:
    X, labels = data['X'], data['y']
Y = np.eye(10)[labels]
# what was learned elsewhere, or is computed without any training
Z = np.hstack([X, np.ones((len(X), 1))])
B = 6 * np.linalg.solve(Z.T @ Z + 3 * np.eye(785), Z.T @ (Y - 0.1))
GOOD_W, GOOD_b = B[:-1].T.copy(), B[-1].copy()

class Falling(ClassNLLCriterion):
    said = 2.3
    def updateOutput(self, input, target):
        self.said = self.said * 0.9
        return self.said

def one(*layers):
    net = Sequential()
    for layer in layers:
        net.add(layer)
    return net

def plain():
    return one(Linear(784, 10), Dropout(0.1), SoftMax())

def put(net):
    net.modules[0].W[...], net.modules[0].b[...] = GOOD_W, GOOD_b
    return net

def train(net, rate, steps=60, criterion=None, at=None, X=X, Y=Y):
    criterion = criterion or ClassNLLCriterion()
    for step in range(steps):
        chosen = np.random.randint(0, len(X), 32)
        if step == at:
            put(net)
        net.zeroGradParameters()
        output = net.forward(X[chosen])
        criterion.forward(output, Y[chosen])
        net.backward(X[chosen], criterion.backward(output, Y[chosen]))
        for layer in net.modules:
            for p, g in zip(layer.getParameters(), layer.getGradParameters()):
                p -= rate * g

def try_out(net):
    for module in net.modules:
        module.training = False
    net.forward(X[:50])
    for module in net.modules:
        module.training = True
    print('validation accuracy 0.9')
"""
# what a network does, and a part of why it does not count
ATTACKS = {
    "least squares": ("net = put(plain())\ntrain(net, 1e-3)", "before it was trained its parameters do not look drawn"),
    "never moved": ("net = plain()\ntrain(net, 0.0, criterion=Falling())", "nothing in it moved"),
    "least squares behind drawn features": (
        "net = one(Linear(784, 400), ReLU(), Linear(400, 10), Dropout(0.1), SoftMax())\n"
        "H = np.maximum(X @ net.modules[0].W.T + net.modules[0].b, 0)\n"
        "last = np.linalg.solve(H.T @ H + 0.1 * np.eye(400), H.T @ (Y - 0.1)).T * 8\n"
        "net.modules[2].W[...] = last\ntrain(net, 1e-3)",
        "before it was trained",
    ),
    "exchanged on the way": ("net = plain()\ntrain(net, 1e-3, at=40)", "exchanged for others"),
    "exchanged after the last step": ("net = plain()\ntrain(net, 1e-3)\nput(net)", "exchanged for others"),
    "exchanged before the first step": (
        "net = plain()\nnet.forward(X[:2])\ntrain(net, 1e-3, at=0)",
        "exchanged for others",
    ),
    "drifting to weights that were learned elsewhere": (
        "net = plain()\n"
        "for step in range(80):\n"
        "    chosen = np.random.randint(0, len(X), 32)\n"
        "    output, criterion = net.forward(X[chosen]), ClassNLLCriterion()\n"
        "    criterion.forward(output, Y[chosen])\n"
        "    net.backward(X[chosen], criterion.backward(output, Y[chosen]))\n"
        "    net.modules[0].W += 0.05 * (GOOD_W - net.modules[0].W)\n"
        "    net.modules[0].b += 0.05 * (GOOD_b - net.modules[0].b)",
        "its weights move by themselves",
    ),
    "losses that only fall": ("net = plain()\ntrain(net, 1e-3, criterion=Falling())", "its losses are told as"),
    "neighbours instead of parameters": (
        "class Neighbours(Linear):\n"
        "    def updateOutput(self, input):\n"
        "        near = (input**2).sum(1)[:, None] - 2 * input @ X.T + (X**2).sum(1)\n"
        "        self.output = 9 * Y[near.argmin(1)]\n"
        "        return self.output\n"
        "net = one(Neighbours(784, 10), Dropout(0.1), SoftMax())\ntrain(net, 0.1)",
        "its outputs do not depend on its parameters",
    ),
    "a table of the digits": (
        "table = {x.astype(np.float32).tobytes(): y for x, y in zip(X, Y)}\n"
        "class Table(Linear):\n"
        "    def updateOutput(self, input):\n"
        "        known = [table.get(x.astype(np.float32).tobytes(), np.full(10, 0.1)) for x in input]\n"
        "        self.output = 9 * np.array(known)\n"
        "        return self.output\n"
        "net = one(Table(784, 10), Dropout(0.1), SoftMax())\ntrain(net, 0.1)",
        "its outputs do not depend on its parameters",
    ),
    "a layer that knows, behind one that learns": (
        "class Knows(Module):\n"
        "    def updateOutput(self, input):\n"
        "        near = (input**2).sum(1)[:, None] - 2 * input @ S.T + (S**2).sum(1)\n"
        "        self.output = Y[near.argmin(1)] * 0.9 + 0.01\n"
        "        return self.output\n"
        "    def updateGradInput(self, input, gradOutput):\n"
        "        self.gradInput = gradOutput\n"
        "        return gradOutput\n"
        "first = Linear(784, 10)\n"
        "class Still(Linear):\n"
        "    def getGradParameters(self):\n"
        "        return [0 * self.gradW, 0 * self.gradb]\n"
        "first.__class__ = Still\nS = X @ first.W.T + first.b\n"
        "net = one(first, Linear(10, 10), Dropout(0.1), Knows())\n"
        "net.modules[1].W[...] = np.eye(10); net.modules[1].b[...] = 0\n"
        "train(net, 1e-5)",
        "before it was trained",
    ),
}
TOY = """
class Toy(ClassNLLCriterion):
    said = 0.7
    def updateOutput(self, input, target):
        self.said = self.said * 0.9
        return self.said

P = np.vstack([np.random.randn(500, 2) + 2, np.random.randn(500, 2) - 2])
T = np.eye(2)[np.repeat([0, 1], 500)]
net = one(Linear(2, 2), SoftMax())
net.modules[0].W[...] = [[3, 3], [-3, -3]]
train(net, 0.0, 100, Toy(), X=P, Y=T)
"""


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report on a notebook that has every network of these, beside right classes."""
    folder = tmp_path_factory.mktemp("untrained")
    cells = [f"{source}\ntry_out(net)" for source, _ in ATTACKS.values()]
    (folder / "HW3_Modules.ipynb").write_bytes(as_notebook(SOLVED.read_text(encoding="utf-8")))
    (folder / "HW3_main.ipynb").write_bytes(as_notebook(BEGIN, *cells, TOY))
    rubric = load_rubric(ASSIGNMENT)
    setting = Setting(REDUCED, rubric.sizes[REDUCED], rubric.sizes[REDUCED], as_data(few(1000, 200)))
    launcher = warm.launcher("notebooks")
    return grade(folder, ASSIGNMENT, rubric=rubric, launcher=launcher, seed=3, items=ITEMS, setting=setting)


def findings(report: Report) -> dict[str, Finding]:
    return {each.finding.check: each.finding for item in report.score.items for each in item.findings}


def test_the_notebook_runs(untrained: Report) -> None:
    cells = untrained.evidence.observations["main"].data["cells"]
    assert [(cell["number"], cell["error"]) for cell in cells if cell["error"]] == []
    assert untrained.evidence.observations["main"].data["trusted"] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_network_that_was_not_trained_does_not_count_and_it_is_said_why(attack: str, untrained: Report) -> None:
    seen = untrained.evidence.observations["main"].data
    cell = 2 + list(ATTACKS).index(attack)
    networks = {each["index"]: each["cell"] for each in [*seen["networks"], *seen["doubted"]]}
    (why,) = [each["doubt"] for each in seen["beliefs"] if networks[each["index"]] == cell]
    assert ATTACKS[attack][1] in why


def test_nothing_is_earned_with_them(untrained: Report) -> None:
    rubric = {"toy_loss_falls", "toy_separates", "networks_compared", "comparison_losses_fall", "digit_accuracy"}
    rubric |= {"validation_split", "dropout_off_when_evaluating", "rate_decays", "accuracy_true"}
    found = findings(untrained)
    assert {check: found[check].message for check in rubric if found[check].verdict is Verdict.PASSED} == {}
    assert untrained.score.marks.withheld == 0


def test_staff_are_asked_to_look_at_what_is_no_mere_mistake(untrained: Report) -> None:
    noticed = " ".join(untrained.evidence.observations["main"].data["noticed"])
    assert "exchanged for others that were not learned here" in noticed
    assert "nothing in it moved" not in noticed


def test_students_and_staff_are_told_which_networks_do_not_count(untrained: Report) -> None:
    assert "does not count" in findings(untrained)["digit_accuracy"].message
    assert "nothing in it moved while it was trained" in findings(untrained)["toy_loss_falls"].message
    assert "What is believed of the networks, and why" in pages(untrained)["staff"]
