"""Where classes of ours lie beside a main notebook, nothing that it prints, draws, raises or computes reaches its author."""

from __future__ import annotations

import json

import pytest

from grader.assignments import find
from grader.assignments.modules.main.files import SOLVED, as_notebook
from grader.exports.gradescope import as_json
from grader.model import REDUCED, Report, Setting
from grader.pipeline import load_rubric
from grader.report import executed, pages
from grader.report.document import as_json as as_data_of_report
from kit import warm
from kit.digits_samples import as_data, few
from kit.kept import grade

# all look at the same gradings
pytestmark = pytest.mark.xdist_group("what is told beside solutions")
ASSIGNMENT = find("modules")
ITEMS = ("toy_problem", "activation_comparison", "opinion", "digit_model", "softplus")
# every way out that a notebook has; what leaves is the text of a class of ours, and a word to find it by
LEAKS = (
    "import json, zlib\nimport numpy as np\nimport matplotlib.pyplot as plt\n%run HW3_Modules.ipynb",
    "import gc, sys\nfound = [each for each in gc.get_objects() if isinstance(each, type) and each.__name__ == 'SoftPlus']\n"
    "source = 'LEAKED ' + ' '.join(str(name) for kind in found for base in kind.__mro__\n"
    "                              for f in vars(base).values() if hasattr(f, '__code__')\n"
    "                              for name in getattr(f, '__wrapped__', f).__code__.co_names)\n"
    "print(source, 'accuracy 0.4321')",
    "raise ValueError(source)",
    "class LEAKED(Exception): pass\nraise LEAKED(source)",
    "open('LEAKED.txt', 'w').write(source)\nsource",
    "plt.figure()\nfor k in range(4): plt.plot([0, 1], [0.4321, k], label='LEAKED %d' % k)\n"
    "plt.xlabel(source[:90]); plt.ylabel('LEAKED'); plt.legend(); plt.title(source[:90]); plt.show()",
    "packed = zlib.compress(source.encode(), 9)\n"
    "halves = np.array([half for byte in packed for half in (byte >> 4, byte & 15)]) / 15\n"
    "rows = np.zeros(7840); rows[:len(halves)] = halves[:7840]; rows = rows.reshape(10, 784)\n"
    "class Leak(Module):\n"
    "    def __init__(self, n=784): self.W, self.g, self.n, self.training = np.zeros((784, 784)), np.zeros((784, 784)), n, True\n"
    "    def updateOutput(self, input):\n"
    "        self.output = np.zeros((len(input), self.n)); self.output[:10] = rows[:len(input), :self.n]\n"
    "        return self.output\n"
    "    def updateGradInput(self, input, gradOutput): return gradOutput\n"
    "    def accGradParameters(self, input, gradOutput): pass\n"
    "    def getParameters(self): return [self.W]\n"
    "    def getGradParameters(self): return [self.g]\n"
    "class LEAKEDCriterion(MSECriterion):\n"
    "    def updateOutput(self, input, target): return 0.4321\n"
    "X = np.load('mnist.npz')['X']\n"
    "for leak in (Leak(), Leak(10)):\n"
    "    criterion = LEAKEDCriterion()\n"
    "    for _ in range(30):\n"
    "        output = leak.forward(X[:64]); criterion.forward(output, output); leak.backward(X[:64], output - 1)\n"
    "toy = Sequential(); toy.add(Linear(2, 2)); toy.add(SoftMax())\n"
    "for _ in range(30):\n"
    "    x = np.random.randn(20, 2); output = toy.forward(x); criterion.forward(output, output); toy.backward(x, output - 1)",
)


@pytest.fixture(scope="module")
def leaked(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report on a notebook that shows all that it can beside a SoftPlus of ours."""
    folder = tmp_path_factory.mktemp("leaking")
    right = SOLVED.read_text(encoding="utf-8")
    wrong = right.replace("self.output = np.logaddexp(0, input)", "self.output = 0 * input")
    assert wrong != right
    (folder / "HW3_Modules.ipynb").write_bytes(as_notebook(wrong))
    (folder / "HW3_main.ipynb").write_bytes(as_notebook(*LEAKS))
    rubric = load_rubric(ASSIGNMENT)
    setting = Setting(REDUCED, rubric.sizes[REDUCED], rubric.sizes[REDUCED], as_data(few(300, 60)))
    launcher = warm.launcher("notebooks")
    return grade(folder, ASSIGNMENT, rubric=rubric, launcher=launcher, seed=3, items=ITEMS, setting=setting)


def test_the_text_of_a_class_of_ours_could_be_shown(leaked: Report) -> None:
    (printed,) = [
        output["text"]
        for cell in leaked.evidence.observations["main"].data["cells"]
        for output in cell["outputs"]
        if "accuracy 0.4321" in output["text"]
    ]
    assert "logaddexp" in printed
    assert leaked.evidence.observations["main"].data["trusted"] == ["SoftPlus"]


def shown(report: Report) -> str:
    """Return everything that the author may get to see."""
    files = b"".join(executed(report).values()).decode()
    return "\n".join(
        [pages(report)["student"], as_json(report.result), json.dumps(as_data_of_report(report.result)), files]
    )


def test_nothing_that_it_shows_reaches_its_author(leaked: Report) -> None:
    text = shown(leaked)
    assert [word for word in ("LEAKED", "logaddexp", "0.432", "43.2") if word in text] == []


def test_its_author_gets_no_picture_of_it(leaked: Report) -> None:
    main = {"toy_problem", "activation_comparison", "opinion", "digit_model"}
    findings = [each.finding for item in leaked.score.items if item.id in main for each in item.findings]
    assert len(findings) > 10
    assert [finding.check for finding in findings if finding.pictures] == []


def test_its_author_is_told_where_it_stumbled_and_why_no_more_is_said(leaked: Report) -> None:
    (told,) = [
        each.finding.message
        for item in leaked.score.items
        for each in item.findings
        if each.finding.check == "main_runs"
    ]
    assert "code cell 3, line 1: ValueError; code cell 4, line 2: an error" in told
    assert (
        "correct classes stood in for those of yours that are not right yet: SoftPlus; what the notebook prints" in told
    )


def test_staff_see_all_of_it(leaked: Report) -> None:
    page = pages(leaked)["staff"]
    assert [word for word in ("LEAKED", "logaddexp", "0.432") if word not in page] == []
