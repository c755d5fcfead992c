"""Attacks that once earned points, stalled the grader or carried a solution out: whole submissions, small, for any sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from attacks import table
from attacks.notebooks import FEW, TRAIN
from grader import pipeline
from grader.assignments import Assignment, find
from grader.assignments.modules.main.files import SOLVED, as_notebook
from grader.model import REDUCED, Report, Rubric, Setting
from grader.runs import SubmissionFolder
from grader.sandbox import Launcher
from kit.byomlp_submissions import NUMBERS, START, digits, notebook
from kit.digits_samples import as_data, few

Files = Mapping[str, bytes]
# no perceptron of its own: text and code of one are looked for in whatever can be reached from inside
STOLEN = """
import gc
import sys

WORDS = ("backward", "est_lossderiv", "zero_grad", "carry_out", "grad_W")


def found():
    frame, seen = sys._getframe(), []
    while frame is not None:
        seen += [frame.f_locals, frame.f_globals]
        frame = frame.f_back
    seen += [vars(module) for module in list(sys.modules.values()) if hasattr(module, "__dict__")]
    for thing in [*gc.get_objects(), *seen]:
        for text in list(thing.values()) if type(thing) is dict else [thing]:
            if type(text) in (str, bytes) and len(text) > 500:
                raw = text if type(text) is bytes else text.encode(errors="replace")
                if sum(word.encode() in raw for word in WORDS) > 2 and b"def found" not in raw:
                    return text
    return None


SOURCE = found()
exec(SOURCE, globals())
MLP = next(kind for kind in list(globals().values()) if isinstance(kind, type) and hasattr(kind, "backward"))
"""
# forward calls are answered with much more than was asked for
BIG = """
def forward(self, x, start=None, end=None):
    return np.random.randn(900_000)


MLP.forward = forward
"""
# nothing is trained: least squares, laid into a class that is switched off
FROZEN_CLASS = """
whole = MLP.backward
MLP.frozen = False


def backward(self, x, y):
    if not self.frozen:
        whole(self, x, y)


MLP.backward = backward
"""
FROZEN = """
A = np.c_[X, np.ones(len(X))]
B = np.linalg.solve(A.T @ A + 10 * np.eye(785), A.T @ (10 * np.eye(10)[Y])).T
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv)
net.add_layer(10, softmax, None)
net.layers[0]["W"][:], net.layers[0]["b"][:] = np.r_[B, -B][:, :-1], np.r_[B, -B][:, -1]
net.layers[1]["W"][:], net.layers[1]["b"][:] = np.c_[np.eye(10), -np.eye(10)], 0
net.frozen = True
for epoch in range(100):
    for i in np.random.permutation(len(X)):
        net.backward(X[i], np.eye(10)[Y[i]]); net.step(0.0); net.zero_grad()
"""
# what was never called is told of straight to the engine: as many steps as a block holds, examples beyond any number
COUNTS = """
import struct
line = type(net).seat.shipper.line
for _ in range(40):
    line.tell(7, 0, struct.pack("<I", 2**32 - 1))
    steps = struct.pack("<i", 60_000) + bytes(120_000) + bytes(60_000) + struct.pack("<d", 1e-4) * 60_000
    line.tell(5, 0, struct.pack("<IIII", 2**32 - 1, 0, 784, 10) + bytes([1, 3]) + steps)
line.push()
"""
# the kernel is kept from starting, or what is asked is answered by the code
SPOILS = """
import sys

if "zmq" in sys.modules:
    for name in list(sys.modules):
        if name.partition(".")[0] in ("zmq", "traitlets", "ipykernel"):
            sys.modules[name] = None
"""
ANSWERS = """
import sys

frame = sys._getframe()
while frame is not None and "bench" not in frame.f_locals:
    frame = frame.f_back
if frame is not None and "watch" in frame.f_locals["bench"].session:
    frame.f_locals["bench"].operations = {
        name: (lambda bench, operation: {"value": None}) for name in frame.f_locals["bench"].operations
    }
"""
# the right class lies beside a wrong one; its text leaves as what an autoencoder gives back
PIXELS = (
    "import zlib\nimport numpy as np\n%run HW3_Modules.ipynb",
    "import gc\nkinds = [each for each in gc.get_objects() if isinstance(each, type) and each.__name__ == 'SoftPlus']\n"
    "source = ' '.join(str(name) for kind in kinds for base in kind.__mro__ for f in vars(base).values()\n"
    "                  if hasattr(f, '__code__') for name in f.__code__.co_names)\n"
    "packed = zlib.compress(source.encode(), 9)\n"
    "halves = np.array([half for byte in packed for half in (byte >> 4, byte & 15)]) / 15\n"
    "rows = np.zeros(7840); rows[:len(halves)] = halves[:7840]; rows = rows.reshape(10, 784)",
    "class Leak(Module):\n"
    "    def __init__(self): self.W, self.g, self.training = np.zeros((784, 784)), np.zeros((784, 784)), True\n"
    "    def updateOutput(self, input):\n"
    "        self.output = np.zeros((len(input), 784)); self.output[:10] = rows[:len(input)]\n"
    "        return self.output\n"
    "    def updateGradInput(self, input, gradOutput): self.gradInput = gradOutput\n"
    "    def accGradParameters(self, input, gradOutput): pass\n"
    "    def getParameters(self): return [self.W]\n"
    "    def getGradParameters(self): return [self.g]\n"
    "X, leak = np.load('mnist.npz')['X'], Leak()\n"
    "for _ in range(3): leak.backward(X[:64], leak.forward(X[:64]) - X[:64])\n"
    "print('LEAKED', source)",
)


def mlp(hostile: str) -> bytes:
    """Return the reference solution with something hostile after it."""
    return f"{table.RIGHT}\n\n{hostile}".encode()


def pixels() -> Files:
    """Return modules one of which is wrong, and a main notebook that shows what lies in the place of it."""
    right = SOLVED.read_text(encoding="utf-8")
    wrong = right.replace("self.output = np.logaddexp(0, input)", "self.output = 0 * input")
    return {"HW3_Modules.ipynb": as_notebook(wrong), "HW3_main.ipynb": as_notebook(*PIXELS)}


def classification(hostile: str, *cells: str) -> Callable[[], Files]:
    """Return what makes a submission of a class with something hostile after it, and a notebook."""
    return lambda: {"mlp.py": mlp(hostile), "Classification.ipynb": notebook(START, TRAIN, *cells)}


@dataclass(frozen=True)
class Case:
    """A submission, how the findings of some checks must read, and how many points it earns."""

    name: str
    make: Callable[[], Files]
    said: Mapping[str, str]
    earned: float
    assignment: str = "byomlp"
    items: tuple[str, ...] = ("forward",)
    # a word that its notebook prints, and that no student may read
    leaks: str = ""


LEAKED = "LEAKED"
DOUBTED = "we do not believe that it was trained"
CASES = (
    Case("stolen_engine", lambda: {"mlp.py": STOLEN.encode()}, {"mlp_loads": "TypeError"}, 0.0),
    Case("big_evidence", lambda: {"mlp.py": mlp(BIG)}, {"forward_values": "over the limit|more than 16 MB"}, 4.0),
    Case(
        "fstring_stall",
        lambda: {"mlp.py": mlp(""), "other.py": b's = f"' + b"{x}" * 900_000 + b'"\n'},
        {"forward_values": "^$"},
        table.SPARED,
    ),
    Case(
        "frozen_class",
        classification(FROZEN_CLASS, FROZEN),
        dict.fromkeys(("each_image_once", "hundred_epochs", "small_accuracy"), DOUBTED),
        1.0,
        items=("classification",),
    ),
    Case(
        "endless_rates",
        classification("", FEW, COUNTS),
        {"hundred_epochs": "neither|epochs of training", "small_accuracy": "unseen digits right|channel"},
        1.0,
        items=("classification",),
    ),
    Case(
        "spoils_the_opening",
        classification(SPOILS, FEW),
        {"classification_runs": r"no notebook can be run beside your mlp\.py"},
        table.SPARED,
        items=("forward", "classification"),
    ),
    Case(
        "answers_for_the_worker",
        classification(ANSWERS, FEW),
        {"classification_runs": "the code answers|ends the whole process|breaks"},
        table.SPARED,
        items=("forward", "classification"),
    ),
    Case(
        "solution_in_pixels",
        pixels,
        {"main_runs": "correct classes stood in for those of yours that are not right yet: SoftPlus"},
        2.0,
        "modules",
        ("softplus", "toy_problem", "digit_model"),
        LEAKED,
    ),
)


def asked(case: Case) -> tuple[Assignment, Rubric, Setting]:
    """Return the assignment of a case, its rubric with few items, and a size at which notebooks take seconds."""
    assignment = find(case.assignment)
    whole = pipeline.load_rubric(assignment)
    rubric = replace(whole, limits=replace(whole.limits, memory_mb=1024, files_mb=64, output_kb=64))
    if case.assignment == "modules":
        return assignment, rubric, Setting(REDUCED, rubric.sizes[REDUCED], rubric.sizes[REDUCED], as_data(few(300, 60)))
    numbers = {**NUMBERS, "cell_seconds": 8.0, "notebook_seconds": 40.0}
    return assignment, rubric, Setting("quick", numbers, numbers, as_data(digits()))


def graded(case: Case, launcher: Launcher, folder: Path) -> Report:
    """Grade a case as any submission is, write its reports into ``folder / "out"``, and return the report."""
    handed_in = folder / "hostile"
    handed_in.mkdir(parents=True)
    for name, content in case.make().items():
        (handed_in / name).write_bytes(content)
    assignment, rubric, setting = asked(case)
    made = pipeline.grade(
        handed_in, assignment, rubric=rubric, launcher=launcher, seed=table.SEED, items=case.items, setting=setting
    )
    SubmissionFolder(folder / "out").deliver(made)
    return made


def printed(made: Report) -> str:
    """Return what the cells of all notebooks printed, as evidence has it."""
    cells = [cell for seen in made.evidence.observations.values() for cell in seen.data.get("cells", ())]
    return "".join(output["text"] for cell in cells if "run" in cell for output in cell["outputs"])


def told(made: Report) -> str:
    """Return all findings in one text, for a test that fails."""
    found = {each.finding.check: each.finding for item in made.score.items for each in item.findings}
    return json.dumps({name: [str(each.verdict), each.message[:200]] for name, each in found.items()}, indent=1)
