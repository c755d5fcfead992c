"""The attacks that must come to nothing, row by row, each a real submission: what it does, and what must be seen of it.

Most of them are the reference solution with something hostile in the place of one method, so that what is graded
besides must keep its points.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from grader import pipeline
from grader.assignments import find
from grader.doctor import attempts
from grader.doctor.refusals import SOURCE as ATTEMPTS
from grader.model import Finding, Report, Rubric
from grader.runs import SubmissionFolder
from grader.sandbox import Launcher
from kit import ROOT

SOURCES = ROOT / "tests" / "attacks" / "submissions" / "backward"
RIGHT = (ROOT / "reference" / "byomlp" / "mlp.py").read_text(encoding="utf-8")
BYOMLP = find("byomlp")
POINTS = 16.0
SPARED = 10.0
SEED = 7
PLANTED = "PLANTED RAN"
# attempts of the doctor's that flood instead of reaching out
FLOODS = ("files", "inodes", "forks", "memory", "memory_in_all")

# what must be seen of each kind of attack
ROWS = {
    "leaving": "a process or a method that is left costs its own answers, and the rest is graded",
    "talking": "bytes, frames and results that nobody asked for earn nothing",
    "searching": "what was planted in the grader is found by no search",
    "patching": "whatever is replaced inside changes neither a verdict nor a time limit",
    "posing": "objects that pretend to be arrays, or to equal everything, are told by their type",
    "odd numbers": "NaN, infinity, complex numbers and wrong shapes are a clear failed finding",
    "pickles": "nothing that travels is executed where it arrives",
    "shadows": "modules and start-up files of the submission's own are not executed",
    "hanging": "what does not end is ended, and is called a timeout",
    "flooding": "processes, memory, files and output are contained and named for what they are",
    "reaching out": "network, system calls and files of the machine are refused",
    "archives": "an archive that plays tricks is refused at once, and nothing is written",
    "odd files": "what is no ordinary file is refused without waiting for it",
    "notebooks": "a notebook that cannot be read is a bounded, readable error",
    "pages": "nothing in a report runs in a browser",
    "spreadsheets": "nothing in a table is taken for a formula",
    "terminals": "nothing steers the terminal that it is shown in",
    "pictures": "a picture is not decoded by the grader",
    "memorising": "a table of known images recognises no other ones",
    "impersonating": "the pipes of the worker are out of reach: nobody can speak in its place",
    "guessing": "several candidates for one answer are no answer",
    "meddling": "limits, processors, priorities and locks that a session changes are not those of another one",
    "odd exceptions": "whatever is raised, wherever, costs its own answers and is told; nothing is withheld",
    "odd names": "names, classes and objects that are odd in any way cost nothing",
    "crashing": "a crash or an evil text costs its own answers in bounded words",
    "side by side": "runs beside each other see nothing of each other, and what is left behind is cleared away",
}


@dataclass(frozen=True)
class Attack:
    """One hostile mlp.py.

    `text` follows the reference solution; without one it is the file of that name in submissions/backward. The finding
    of `check` must read like `said`, a regular expression, and `keeps` of 16 points must still be earned. `differs` says
    what it reads like in one sandbox; None there is what that sandbox does not promise, so that it is not tried.
    """

    name: str
    row: str
    said: str
    keeps: float = SPARED
    check: str = "gradients_match"
    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    differs: Mapping[str, str | None] = field(default_factory=dict)
    call_seconds: float = 10.0
    memory_mb: int = 512

    def pattern(self, sandbox: str) -> str | None:
        """Return how the finding must read in a sandbox, or None where it is not tried."""
        return self.differs.get(sandbox, self.said)

    def write(self, folder: Path, **filled: str) -> Path:
        """Write the submission into `folder`, with the words between @ filled in, and return it."""
        hostile = self.text or (SOURCES / f"{self.name}.py").read_text(encoding="utf-8")
        for name, value in filled.items():
            hostile = hostile.replace(f"@{name}@", value)
        folder.mkdir(parents=True)
        for name, text in {**self.files, "mlp.py": f"{RIGHT}\n\n{hostile}"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder


@cache
def rubric(call_seconds: float, memory_mb: int) -> Rubric:
    """Return the rubric of byomlp with the whole forward pass and the gradients, with the limits of an attack."""
    whole = pipeline.load_rubric(BYOMLP)
    forward, backprop = whole.items[:2]
    gradients = replace(backprop, points=POINTS - SPARED, checks={"gradients_match": POINTS - SPARED})
    limits = replace(
        whole.limits,
        call_seconds=call_seconds,
        memory_mb=memory_mb,
        files_mb=32,
        answer_mb=16,
        output_kb=64,
    )
    return replace(whole, items=(forward, gradients), limits=limits)


def graded(attack: Attack, launcher: Launcher, folder: Path, **filled: str) -> Report:
    """Grade an attack as any submission is, write its reports into ``folder / "out"``, and return the report.

    An attack that leaves a mark on this machine leaves it at ``folder / "mark"``.
    """
    if launcher.name == "process":  # it has the rights of whoever grades, and may look where it likes
        filled = {"TOPS": "()", "OTHERS": "False", **filled}
    words = {"MARK": str(folder / "mark"), "TOPS": "('/',)", "OTHERS": "True", **filled}
    handed_in = attack.write(folder / "hostile", **words)
    made = pipeline.grade(
        handed_in, BYOMLP, rubric=rubric(attack.call_seconds, attack.memory_mb), launcher=launcher, seed=SEED
    )
    SubmissionFolder(folder / "out").deliver(made)
    return made


def reaching(asked: Mapping[str, object]) -> dict[str, str]:
    """Return what is filled into the attack that reaches out: the doctor's own attempts, at what it has planted."""
    source = base64.b64encode(ATTEMPTS.read_bytes()).decode()
    names = [name for name in attempts.ATTEMPTS if name not in FLOODS]
    return {"ATTEMPTS": source, "ASKED": json.dumps(asked), "NAMES": json.dumps(names)}


def finding(made: Report, check: str) -> Finding:
    """Return what the report says of a check."""
    found = {each.finding.check: each.finding for item in made.score.items for each in item.findings}
    return found[check]


def answering(name: str, expression: str, row: str, said: str) -> Attack:
    """Return an attack whose forward gives `expression` instead of `y` when it is asked for a part of the network."""
    text = f"""{POSERS}
{ODD}
def parts(self, x, start=None, end=None):
    y = whole(self, x, start, end)
    return y if start is None and end is None else {expression}


whole = MLP.forward
MLP.forward = parts
"""
    return Attack(name, row, said, keeps=14.0, check="start_and_end", text=text)


POSERS = """
class Array(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def tobytes(self, *args):
        return bytes(8 * self.size)


class Anything:
    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = __eq__
    __array__ = None
    __hash__ = None
"""
SHADOW = "import os\nos.write(2, b'PLANTED RAN ' + __name__.encode())\ntry:\n    os.mkdir('@MARK@')\nexcept OSError:\n    pass\n"
SHADOWED = (
    "numpy.py", "json.py", "struct.py", "random.py", "signal.py", "select.py", "pickle.py", "ctypes.py", "matplotlib.py",
    "sitecustomize.py", "usercustomize.py", "conftest.py", "grader/__init__.py", "grader/worker/__init__.py",
    "ipykernel/__init__.py", "IPython/__init__.py", "zmq.py", "matplotlib_inline.py",
    ".ipython/profile_default/startup/00-first.py", ".ipython/profile_default/ipython_config.py",
    ".ipython/profile_default/ipython_kernel_config.py", ".jupyter/jupyter_config.py", ".pythonrc.py", "ipython_config.py",
)  # fmt: skip
SHADOWS = {
    **dict.fromkeys(SHADOWED, SHADOW),
    "evil.pth": "import os; os.write(2, b'PLANTED RAN pth')\n",
    "python311._pth": "import site\n",
    "pyvenv.cfg": "home = /tmp\n",
    "matplotlibrc": "backend: module://numpy\n",
    ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["touch", "@MARK@"], "language": "python"}',
}
# a helper whose name is longer than what travels, and more names than are listed
NAMES = f"""
def {"a_helper_" * 20}(x):
    return x


for number in range(300):
    exec(f"def more_{{number}}(x): return x")
"""
# objects that answer whatever they are asked with an error, wherever somebody may come across them
ODD = """
class Raising(type):
    def __getattribute__(cls, name):
        raise SystemExit

    def __call__(cls, *given):
        raise SystemExit


class Odd(metaclass=Raising):
    def __getattribute__(self, name):
        raise SystemExit

    __eq__ = __ne__ = __lt__ = __hash__ = __bool__ = __len__ = __iter__ = __repr__ = __getattribute__
    __array__ = __float__ = __index__ = __getattribute__


odd = object.__new__(Odd)
globals()[7] = odd
build = MLP.__init__


def begin(self, *given, **named):
    build(self, *given, **named)
    vars(self)["\\x1b]52;c;\\x07 a"] = np.ones(2)
    self.odd = [odd, {7: odd, "odd": odd}]


MLP.__init__ = begin
"""
CHILD = """
import mmap
import os


def hostile(self, x, y):
    child = os.fork()
    if child == 0:
        held = mmap.mmap(-1, 1 << 30)
        for _ in range(1 << 10):
            held.write(bytes(1 << 20))
        os._exit(0)
    raise RuntimeError(f"a child ended with {os.waitpid(child, 0)[1]}")


MLP.backward = hostile
"""


def at_import(name: str, statement: str, said: str) -> Attack:
    """Return an attack whose file ends in a statement that no module can be imported with."""
    return Attack(name, "odd exceptions", said, keeps=0.0, text=statement)


def in_a_method(name: str, error: str, said: str) -> Attack:
    """Return an attack whose backward raises an odd error."""
    text = f"def hostile(self, x, y):\n    raise {error}\n\n\nMLP.backward = hostile\n"
    return Attack(name, "odd exceptions", said, text=text)


NAMELESS = "type('', (BaseException,), {'__module__': None})"
EVIL = "type('Evil', (BaseException,), {'__str__': exit, '__repr__': exit, 'args': property(exit)})"
NO_PART = "returned no numbers"
UNDONE = r"backward and then step\(1.0\) leave every parameter as it was"
SLOW = r"backward\(\) takes longer than 0.5 s"
ATTACKS = (
    Attack(
        "leaves_at_import", "leaving", r"ends the whole process \(exit status 0\) during importing mlp.py", keeps=0.0
    ),
    Attack("leaves", "leaving", r"ends the whole process \(exit status 0\) during backward"),
    Attack("exits", "leaving", r"SystemExit: the code calls exit\(\)"),
    Attack("interrupts", "leaving", "KeyboardInterrupt"),
    Attack("late_atexit", "talking", UNDONE),
    Attack("late_thread", "talking", "the code writes into the grader's channel|the answer is not one"),
    Attack("forged_frame", "talking", "the answer is not one|bytes that nobody asked for"),
    Attack("prints_results", "talking", UNDONE),
    # what is found is asked for by the canaries' own tests; here, that searching brings nothing else down
    Attack("walks", "searching", "RuntimeError: found", call_seconds=30.0, memory_mb=1024),
    Attack("patches_numpy", "patching", "could not be tested|leave every parameter as it was"),
    Attack("patches_time", "patching", SLOW, call_seconds=0.5),
    Attack("patches_builtins", "patching", "could not be tested|leave every parameter as it was"),
    answering("array_subclass", "y.view(Array)", "posing", NO_PART),
    answering("equals_everything", "Anything()", "posing", NO_PART),
    answering("masked_array", "np.ma.masked_all(y.shape)", "posing", NO_PART),
    answering("nan", "np.full_like(y, np.nan)", "odd numbers", "is nan, expected"),
    answering("infinity", "y + np.inf", "odd numbers", "is infinity, expected"),
    answering("complex", "y + 0j", "odd numbers", NO_PART),
    answering("wrong_shape", "np.ones((7, 3))", "odd numbers", "returned 21 numbers, expected 5"),
    answering("ragged", "[[1.0], [1.0, 2.0]]", "odd numbers", NO_PART),
    Attack("pickles", "pickles", NO_PART, keeps=14.0, check="start_and_end"),
    Attack("shadows", "shadows", "^$", keeps=POINTS, text="# nothing but the files beside it", files=SHADOWS),
    Attack("endless_loop", "hanging", SLOW, call_seconds=0.5),
    Attack("endless_sleep", "hanging", SLOW, call_seconds=0.5),
    Attack("deaf", "hanging", "does not come to an end within 0.5 s, and cannot be interrupted", call_seconds=0.5),
    Attack("fork_bomb", "flooding", "could not be tested", differs={"process": None}, call_seconds=0.5),
    Attack("leaves_children", "flooding", UNDONE),
    Attack("memory_bomb", "flooding", "ran out of memory|uses more memory than there is"),
    Attack(
        "shared_memory_bomb",
        "flooding",
        "uses more memory than there is",
        differs={"process": None, "bubblewrap": "memory|" + UNDONE},
    ),
    Attack("fills_files", "flooding", "No space left", differs={"process": None}),
    Attack("fills_inodes", "flooding", "No space left", differs={"process": None, "bubblewrap": UNDONE}),
    Attack("prints_without_end", "flooding", SLOW, call_seconds=0.5),
    Attack(
        "reaches_out",
        "reaching out",
        r"reached nothing \(mlp",
        differs={"process": None, "bubblewrap": r"reached executes \(mlp"},
    ),
    at_import("interrupt_at_import", "raise KeyboardInterrupt('sorry')", "KeyboardInterrupt: sorry"),
    at_import("generator_exit_at_import", "raise GeneratorExit", "GeneratorExit"),
    at_import("nameless_at_import", f"raise {NAMELESS}('sorry')", "an exception without a name: sorry"),
    at_import("evil_at_import", f"raise {EVIL}", r"Evil: \(its text cannot be read\)"),
    at_import("exits_at_import", "raise SystemExit('fine')", r"SystemExit: the code calls exit\(\)"),
    at_import("too_deep", "x = " + "-" * 100_000 + "1", "nested too deeply|maximum recursion depth"),
    in_a_method("generator_exit", "GeneratorExit('over')", "GeneratorExit: over"),
    in_a_method("nameless", f"{NAMELESS}('over')", "an exception without a name: over"),
    in_a_method("evil", EVIL, r"Evil: \(its text cannot be read\)"),
    Attack("long_names", "odd names", "^$", keeps=POINTS, text=NAMES),
    Attack("odd_objects", "odd names", "^$", keeps=POINTS, text=ODD),
    answering("comparisons_raise", "object.__new__(Odd)", "posing", NO_PART),
    Attack(
        "memory_of_a_child",
        "flooding",
        "one of its processes was killed for want of memory: RuntimeError",
        text=CHILD,
        differs=dict.fromkeys(("process", "bubblewrap"), "uses more memory than there is"),
    ),
    Attack("shotgun", "guessing", "gradient of W of layer|leave every parameter"),
    Attack("impostor", "impersonating", r"reached no pipe \(mlp", differs={"process": None}),
    Attack(
        "meddles",
        "meddling",
        r"changed nothing \(mlp",
        differs={
            # a container has files of its own
            "docker": r"changed locks \(mlp",
            "process": r"changed limits, processors, scheduling, priority, group, locks",
        },
    ),
    Attack("segfaults", "crashing", r"the process crashes during .*\(segmentation fault\)"),
    Attack("evil_repr", "crashing", "ends the whole process", check="start_and_end"),
    Attack("recursive_exception", "crashing", r"Evil: \(its text cannot be read\)"),
    Attack("steers_the_terminal", "terminals", "red"),
    Attack("scripts_in_messages", "pages", "<script>"),
)
