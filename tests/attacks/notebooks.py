"""Attacks that are notebooks: cells that do harm, and files that are hardly notebooks at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from attacks import table
from grader import pipeline
from grader.model import Report, Rubric, Setting
from grader.runs import SubmissionFolder
from grader.sandbox import Launcher
from kit.byomlp_submissions import NUMBERS, SMALL, START, digits, good, notebook
from kit.digits_samples import as_data

FILE = "Classification.ipynb"
# few images are known by heart whatever the first weights were
SLOWLY = SMALL.replace("train(net)", "train(net, alpha=0.005)")
# for what does not end
SHORT = {"cell_seconds": 4.0}
FEW = SMALL.replace("train(net)", "train(net, epochs=3)")
TRAIN = """
def train(net, epochs=100, alpha=0.02):
    for epoch in range(epochs):
        for i in np.random.permutation(len(X)):
            net.backward(X[i], np.eye(10)[Y[i]])
            net.step(alpha)
            net.zero_grad()
"""
SHELLS = """
!touch @MARK@
%run ../../etc/passwd
%sx touch @MARK@
%system touch @MARK@
get_ipython().system("touch @MARK@")
get_ipython().getoutput("touch @MARK@")
%load_ext mlp
%pip install evil
"""
MESSAGES = """
shell = get_ipython()
for kind, content in [
    ("status", {"execution_state": "idle"}),
    ("error", {"ename": "x", "evalue": "y", "traceback": ["<script>document.title='owned'</script>"] * 10_000}),
    ("execute_reply", {"status": "ok", "payload": [{"source": "page", "data": {"text/html": "<script>1</script>"}}]}),
    ("stream", {"name": "stdout", "text": "train 0.9999 test 0.9999 "}),
    ("display_data", {"data": {"image/png": 7, "text/plain": ["a"]}, "metadata": None}),
    ("comm_open", {"comm_id": "1", "target_name": "evil", "data": {}}),
    ("clear_output", {"wait": 7}),
    ("update_display_data", {"data": {"text/plain": "x"}, "transient": {"display_id": []}}),
]:
    try:
        shell.kernel.session.send(shell.kernel.iopub_socket, kind, content)
    except Exception as error:
        print(type(error).__name__)
"""
PAGES = """
from IPython.display import HTML, Image, Javascript, Markdown, SVG, display
SCRIPT = "<script>document.title='owned'</script><img src='@URL@/img' onerror=\\"document.title='owned'\\">"
display(HTML(SCRIPT), Javascript("document.title='owned'; fetch('@URL@/js')"), Markdown(SCRIPT + "[a](javascript:alert(1))"))
BEGIN = "<svg xmlns='http://www.w3.org/2000/svg' onload=\\"document.title='owned'\\">"
display(SVG(BEGIN + "<script>document.title='owned'</script></svg>"))
display({"text/html": SCRIPT, "text/latex": SCRIPT, "application/javascript": SCRIPT, "text/plain": SCRIPT}, raw=True)
print(SCRIPT, "x" * 5_000)
raise RuntimeError(SCRIPT)
"""
# 30000 x 30000 pixels in less than a megabyte
BOMB = """
import struct, zlib
from IPython.display import Image, display
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def picture(side):
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(bytes(side // 8 + 1)) for _ in range(side)) + rows.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\\x89PNG\\r\\n\\x1a\\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")
display(Image(data=picture(30_000), format="png"))
"""
ENDLESS = "while True:\n    print('PRINTED ' * 1000)"
DEEP = "x = " + "[" * 5_000 + "]" * 5_000
# until what was trained has been told of
WAIT = "import time\ntime.sleep(1.5)"
LEAVE = "import os\nos._exit(0)"
FORKS = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
# every call that a network can be asked for, with everything that a call can be given
CALLS = """
import copy, itertools, warnings
warnings.simplefilter("ignore")
class Raising:
    def __getattribute__(self, name):
        raise SystemExit
    __array__ = __float__ = __eq__ = __lt__ = __bool__ = __len__ = __hash__ = __index__ = __getattribute__
odd, LOSS = Raising(), softmax_est_crossentropy_deriv
values = [
    None, "x", odd, [], {}, ..., type, MLP, net, lambda: 0, np.nan, np.inf, -np.inf, 1e308, 1j, True, 10**400, np.zeros(0),
    np.zeros((3, 3)), np.zeros(784, complex), np.full(784, np.nan), np.full(784, np.inf), np.full(784, 1e308), np.zeros((784, 1)),
    np.zeros(784, object), np.array(["a"] * 784), np.zeros(784, "f2"), np.zeros(784, ">f8"), np.full(784, 2**64 - 1, "u8"),
    np.zeros((1,) * 30), np.broadcast_to(0.0, (784,)), [0.0] * 784, np.eye(10)[3], list(range(784)), (0,) * 10,
    np.ma.masked_all(784), np.zeros(784, "M8[s]"),
]
def trying(call, *given, **named):
    try:
        call(*given, **named)
    except BaseException:
        pass
for a in values:
    for call in (net.forward, net.step, net.zero_grad, net.backward, lambda a: setattr(net, "d", a)):
        trying(call, a)
    trying(net.forward, X[0], a)
    trying(net.forward, X[0], start=a, end=a)
    trying(net.backward, X[0], a)
    trying(MLP, a, LOSS)
    trying(MLP, 784, a)
    trying(lambda: MLP(3, LOSS).add_layer(a))
    trying(lambda: MLP(3, LOSS).add_layer(4, a, a))
    trying(lambda: MLP(3, LOSS).add_layer(4, relu, relu_deriv, a))
    trying(lambda: copy.deepcopy(net).step(0.1))
for a, b in itertools.islice(itertools.product(values, values), 0, None, 3):
    trying(net.backward, a, b)
    trying(net.step, 0.01)
other = object.__new__(MLP)
for kept in (*vars(net), ""):
    trying(lambda: setattr(other, kept, vars(net)[kept]))
    trying(lambda: other.forward(X[0]))
    trying(lambda: other.step(1))
for kept in list(vars(net)):
    setattr(net, kept, odd)
    trying(lambda: net.forward(X[0]))
    trying(lambda: net.step(0.1))
"""
# the labels of images that nobody has shown, wherever they may lie
LABELS = """
import gc, sys
SEEN = [0]
def find():
    frame, things = sys._getframe(), []
    while frame is not None:
        things += list(frame.f_locals.values())
        frame = frame.f_back
    for thing in [*things, *gc.get_objects()]:
        if type(thing) is np.ndarray and thing.ndim == 1 and thing.dtype.kind in "iu" and len(thing) >= 1000:
            if thing.max() < 10:
                return thing
TABLE = {x.tobytes(): y for x, y in [*zip(X, Y), *zip(X_test, Y_test)]}
def memorised(self, x, start=None, end=None):
    labels, SEEN[0] = find(), SEEN[0] + 1
    if labels is not None:
        return np.eye(10)[labels[(SEEN[0] - 1) % len(labels)]]
    return np.eye(10)[TABLE.get(np.asarray(x).tobytes(), 0)]
"""
MEMORISED = (
    "MLP.forward = memorised\nprint(f'train {accuracy(net, X, Y):.4f} test {accuracy(net, X_test, Y_test):.4f}')"
)
ACCURACY = "def accuracy(net, X, Y):\n    return np.mean([np.argmax(net.forward(x)) == y for x, y in zip(X, Y)])"


@dataclass(frozen=True)
class Notebook:
    """One hostile Classification.ipynb beside the reference solution: how the finding of `check` must read."""

    name: str
    row: str
    content: Callable[[], bytes]
    said: str
    check: str = "classification_runs"
    keeps: float = table.SPARED
    differs: Mapping[str, str | None] | None = None
    files: Mapping[str, bytes] | None = None
    # limits, and how much there is to learn from
    numbers: Mapping[str, float] = field(default_factory=dict)

    def pattern(self, sandbox: str) -> str | None:
        """Return how the finding must read in a sandbox, or None where it is not tried."""
        return (self.differs or {}).get(sandbox, self.said)


def cells(*sources: str) -> Callable[[], bytes]:
    """Return what makes a notebook of hostile cells around the training of a network that is all right."""
    return lambda: notebook(START, TRAIN, *sources)


def nested(depth: int) -> bytes:
    """Return JSON that is nested so deep."""
    return b'{"nbformat": 4, "cells": ' + b"[" * depth + b"]" * depth + b"}"


def large() -> bytes:
    """Return a notebook with 100 MB of saved outputs."""
    whole = json.loads(notebook(START))
    whole["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 100_000_000}]
    return json.dumps(whole).encode()


# before anything is started, or the same wherever it runs
ON_OUR_SIDE: Mapping[str, str | None] = {"docker": None, "bubblewrap": None}
UNREADABLE = "could not be read|cannot be read|is not a notebook|no notebook"
RECITED = "of 2000 unseen digits right, .* it has memorised them"
NOTEBOOKS = (
    Notebook("deep_nesting", "notebooks", lambda: nested(100_000), UNREADABLE, differs=ON_OUR_SIDE),
    Notebook("hundred_megabytes", "notebooks", large, "does not fit into 20 MB, and was not read", differs=ON_OUR_SIDE),
    Notebook("bad_utf8", "notebooks", lambda: b'{"nbformat": 4, "cells": "\xff\xfe\x80"}', UNREADABLE, differs=ON_OUR_SIDE),
    Notebook("not_json", "notebooks", lambda: b"<!DOCTYPE html><script>1</script>", UNREADABLE, differs=ON_OUR_SIDE),
    Notebook("odd_cells", "notebooks", lambda: b'{"nbformat": 4, "cells": [7, null]}', UNREADABLE, differs=ON_OUR_SIDE),
    Notebook("leaves", "leaving", cells(FEW, WAIT, LEAVE), "exit status 0", keeps=11.0),
    Notebook(
        "everything", "pages", cells(FEW, SHELLS, MESSAGES, PAGES, BOMB, ENDLESS, DEEP), "interrupted", keeps=12.0, numbers=SHORT,
        files={"<img src=x onerror=alert(1)>.py": b"", **{name: text.encode() for name, text in table.SHADOWS.items()}},
    ),
    Notebook("odd_calls", "odd exceptions", cells(FEW, CALLS), "", differs={"bubblewrap": None}),
    Notebook("bomb", "pictures", cells(BOMB), "", differs=ON_OUR_SIDE),
    Notebook(
        "memorises", "memorising", cells(ACCURACY, LABELS, SLOWLY, MEMORISED), RECITED, "small_accuracy", 12.0, ON_OUR_SIDE,
        numbers={"classification_train": 30},
    ),
    # slow to be ended: once is enough, the same as code is tried in both
    Notebook(
        "fork_bomb", "flooding", cells(FEW, WAIT, FORKS), "takes longer|interrupted|memory", keeps=11.0, numbers=SHORT,
        differs={"process": None, "bubblewrap": None},
    ),
)  # fmt: skip


def rubric() -> Rubric:
    """Return the rubric of byomlp with the forward pass and the classification."""
    whole = pipeline.load_rubric(table.BYOMLP)
    limits = replace(whole.limits, memory_mb=1024, files_mb=64, output_kb=64)
    return replace(whole, items=(whole.items[0], whole.items[2]), limits=limits)


def write(attack: Notebook, folder: Path, **filled: str) -> Path:
    """Write the submission into ``folder / "hostile"``, with the words between @ filled in, and return it."""
    handed_in = folder / "hostile"
    handed_in.mkdir(parents=True)
    content = attack.content()
    for name, value in {"MARK": str(folder / "mark"), "URL": "http://127.0.0.1:9", **filled}.items():
        content = content.replace(f"@{name}@".encode(), value.encode())
    for name, data in {**(attack.files or {}), **good(Classification_ipynb=content)}.items():
        (handed_in / name).parent.mkdir(parents=True, exist_ok=True)
        (handed_in / name).write_bytes(data)
    (handed_in / "Autoencoder.ipynb").unlink()
    return handed_in


def graded(attack: Notebook, launcher: Launcher, folder: Path, **filled: str) -> Report:
    """Grade a notebook as any submission is, write its reports into ``folder / "out"``, and return the report."""
    return grade(write(attack, folder, **filled), launcher, folder, attack.numbers)


def grade(handed_in: Path, launcher: Launcher, folder: Path, numbers: Mapping[str, float] | None = None) -> Report:
    """Grade what was written, write its reports into ``folder / "out"``, and return the report."""
    wanted = {**NUMBERS, "notebook_seconds": 60.0, **(numbers or {})}
    made = pipeline.grade(
        handed_in,
        table.BYOMLP,
        rubric=rubric(),
        launcher=launcher,
        seed=table.SEED,
        setting=Setting("quick", wanted, wanted, as_data(digits())),
    )
    SubmissionFolder(folder / "out").deliver(made)
    return made
