"""Notebooks run cell by cell inside the sandbox, in a kernel that lives as long as the session."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from grader import wire
from grader.model import ProblemKind
from grader.sandbox import Inside, Launcher, SessionEnded, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.answers import checked
from kit.asking import session, worker
from kit.notebook import LIMITS, Notebook

MLP = """
import numpy as np
class MLP:
    def __init__(self):
        self.W = np.ones((2, 3))
    def forward(self, x):
        return self.W @ x + self.missing
"""
PLUGIN = b"""
from grader.more import double

def _remember(bench, operation):
    bench.session["number"] = operation["number"]
    return {}

def _tell(bench, operation):
    return {"value": {"twice": double(bench.session["number"]), "text": "\\x1b[31m" + bench.session["boot"]}}

def prepare(bench):
    bench.session["boot"] = "ready"

OPERATIONS = {"remember": _remember, "tell": _tell}
"""
OURS = {"grader/parts/plugin.py": PLUGIN, "grader/more.py": b"def double(x):\n    return 2 * x\n"}
OTHER = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["z = 5\\n", "z"]}]}'
FILES = {"mlp.py": MLP.encode(), "Other.ipynb": OTHER, "broken.py": b"x = 1\ndef f(:\n"}
INSIDE = Inside(kernel=True, ours=OURS, plugins=("grader.parts.plugin",))


def test_prints_and_the_last_value_are_shown(shared: Notebook) -> None:
    assert shared.text("print('hello')\n1 + 1") == "hello\n2\n"


def test_names_stay_from_cell_to_cell(shared: Notebook) -> None:
    shared.cell("kept = 7")
    assert shared.text("kept") == "7\n"


def test_an_error_has_name_message_and_line(shared: Notebook) -> None:
    expected = {"name": "NameError", "message": "name 'nothing' is not defined", "line": 2, "where": ""}
    assert shared.cell("x = 1\nnothing")["error"] == {**expected, "interrupted": False}


def test_an_error_in_a_file_says_where(shared: Notebook) -> None:
    error = shared.cell("from mlp import MLP\nMLP().forward([1, 2, 3])")["error"]
    assert (error["line"], error["where"]) == (2, "mlp.py line 7, in forward")


@pytest.mark.parametrize(
    ("source", "line", "where"),
    [
        ("x = 1\nprint 'x'", 2, ""),
        ("\n\nimport broken", 3, "broken.py line 2"),
        ("\n  \nprint 'x'", 3, ""),
        ("%%time\nx = 1\n1 / 0", 3, ""),
        ("%%capture c\nx = 1\n1 / 0", 3, ""),
        ("%run mlp.py\nMLP().forward(1)", 2, "mlp.py line 7, in forward"),
    ],
)
def test_the_line_is_found_whatever_ran_it(shared: Notebook, source: str, line: int, where: str) -> None:
    error = shared.cell(source)["error"]
    assert (error["line"], error["where"]) == (line, where)


def test_tracebacks_show_no_path_of_ours(shared: Notebook) -> None:
    (output,) = shared.cell("import numpy as np\nnp.zeros(2).reshape(3)")["outputs"]
    assert (output["kind"], "/" in output["text"], "grader" in output["text"]) == ("error", False, False)


@pytest.mark.parametrize(
    "source",
    ["!ls", "x = !ls", "%%bash\nls", "%%script sh\nls", "%sx ls", "!!ls", "%system ls", "%%sh\nls", "%%python\n1"],
)
def test_shell_commands_are_answered_with_a_sentence(shared: Notebook, source: str) -> None:
    assert shared.text(source).startswith("shell commands are not run here\n")


@pytest.mark.parametrize("source", ["%pip install torch", "%conda install torch", "!pip install torch"])
def test_nothing_is_installed(shared: Notebook, source: str) -> None:
    assert "here" in shared.text(source)


@pytest.mark.parametrize("source", ["input('n? ')", "import getpass\ngetpass.getpass()"])
def test_nobody_answers_input(shared: Notebook, source: str) -> None:
    assert "nobody is there to answer" in shared.cell(source)["error"]["message"]


@pytest.mark.parametrize("source", ["%debug", "breakpoint()", "%edit x.py", "%gui qt"])
def test_what_needs_somebody_is_left_out(shared: Notebook, source: str) -> None:
    assert "nobody is there" in shared.text(source)


@pytest.mark.parametrize("source", ["exit()", "quit()", "exit", "import sys; sys.exit(3)"])
def test_leaving_ends_the_cell_and_not_the_notebook(shared: Notebook, source: str) -> None:
    assert shared.cell(source)["error"]["name"] == "SystemExit"
    assert shared.text("1") == "1\n"


def test_figures_are_png(shared: Notebook) -> None:
    value = shared.cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert value["figures"] == 1
    assert value["outputs"][0]["png"][:4].tobytes() == b"\x89PNG"


@pytest.mark.parametrize("magic", ["inline", "notebook", "widget", "qt", "tk"])
def test_figures_come_whatever_window_is_asked_for(shared: Notebook, magic: str) -> None:
    assert shared.cell(f"%matplotlib {magic}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);")["figures"] == 1


@pytest.mark.parametrize("wanted", ["svg", "retina", "jpeg"])
def test_figures_are_png_whatever_format_is_asked_for(shared: Notebook, wanted: str) -> None:
    source = f"%config InlineBackend.figure_format = '{wanted}'\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    assert [output["kind"] for output in shared.cell(source)["outputs"]] == ["png"]


def test_only_the_first_figures_of_a_cell_are_drawn(shared: Notebook) -> None:
    source = (
        "import matplotlib.pyplot as plt\nfor i in range(25): plt.figure(figsize=(1, 1)); plt.plot([1])\nplt.show()"
    )
    value = shared.cell(source)
    assert (value["figures"], "5 more figures" in str(value["outputs"])) == (20, True)


ANIMATION = """
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation
figure, axes = plt.subplots(figsize=(1, 1))
line, = axes.plot([0, 1])
animation = FuncAnimation(figure, lambda i: line.set_data([0, i], [0, 1]), frames=2)
plt.close()
"""


@pytest.mark.parametrize("name", ["disc.gif", "disc.mp4"])
def test_an_animation_is_saved_as_gif(shared: Notebook, name: str) -> None:
    shared.text(f"{ANIMATION}\nanimation.save('{name}', fps=5)")
    assert shared.text("open('disc.gif', 'rb').read(4)") == "b'GIF8'\n"


@pytest.mark.parametrize("method", ["to_jshtml", "to_html5_video"])
def test_an_animation_can_be_shown_in_the_page(shared: Notebook, method: str) -> None:
    assert "HTML object" in shared.text(f"{ANIMATION}\nfrom IPython.display import HTML\nHTML(animation.{method}())")


def test_a_cell_may_await(shared: Notebook) -> None:
    assert shared.text("import asyncio\nawait asyncio.sleep(0.01)\nprint('waited')") == "waited\n"


def test_autoreload_works(shared: Notebook) -> None:
    assert shared.text("%load_ext autoreload\n%autoreload 2\nimport mlp\nmlp.MLP.__name__") == "'MLP'\n"


def test_a_notebook_can_run_another_one(shared: Notebook) -> None:
    shared.cell("%run Other.ipynb")
    assert shared.text("z") == "5\n"


def test_a_module_that_a_cell_writes_can_be_imported(shared: Notebook) -> None:
    shared.text("%%writefile written.py\ny = 3")
    assert shared.text("import written\nwritten.y") == "3\n"


def test_a_laid_file_can_be_read(shared: Notebook) -> None:
    shared.session.run(op.lay("digits_data/some", b"\x00\xff"))
    assert shared.text("open('digits_data/some', 'rb').read()") == "b'\\x00\\xff'\n"


def test_plugins_share_the_session_and_their_texts_are_safe_to_show(shared: Notebook) -> None:
    asked = op.plugged("remember", "remembering", number=21), op.plugged("tell", "telling")
    answers = shared.session.run(*asked)
    assert answers[1].value == {"twice": 42, "text": "\\x1b[31mready"}


def test_code_of_ours_cannot_be_imported(shared: Notebook) -> None:
    assert shared.cell("import grader.more")["error"]["name"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except:\n        pass",
        "while True: print('x')",
        "while True: print('x' * 10_000)",
        "import asyncio\nawait asyncio.sleep(1000)",
        "class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()",
    ],
)
def test_a_cell_that_hangs_is_interrupted_and_what_it_did_stays(shared: Notebook, loop: str) -> None:
    error = shared.cell(f"done = 'yes'\nprint(done)\n{loop}", seconds=0.5)["error"]
    assert (error["name"], error["interrupted"]) == ("KeyboardInterrupt", True)
    assert shared.text("done") == "'yes'\n"


def test_a_cell_that_wants_too_much_memory_fails_alone(shared: Notebook) -> None:
    assert shared.cell("import numpy as np\nnp.ones(10**11)")["error"]["name"] == "MemoryError"
    assert shared.text("1") == "1\n"


def test_prints_without_end_are_kept_short(shared: Notebook) -> None:
    value = shared.cell("while True: print('x' * 1000)", seconds=1.0)
    assert sum(len(output["text"]) for output in value["outputs"]) < 30_000


def test_what_is_no_text_is_not_printed(shared: Notebook) -> None:
    error = shared.cell("import sys\nsys.stdout.write(5)")["error"]
    assert (error["name"], error["message"]) == ("TypeError", "write() argument must be str, not int")


@pytest.mark.parametrize("text", ["'x' * 8_000", "'x' * 10**7"])
def test_prints_faster_than_they_can_be_passed_on_take_no_memory(shared: Notebook, text: str) -> None:
    began = time.monotonic()
    value = shared.cell(f"text = {text}\nwhile True: print(text)", seconds=4.0)
    # what passes it on may take 20 s to be given up when it was overrun
    assert time.monotonic() - began < 14.0
    assert (value["error"]["name"], value["error"]["interrupted"]) == ("KeyboardInterrupt", True)
    assert shared.text("1") == "1\n"


def test_ending_the_process_ends_the_session(for_notebooks: Launcher) -> None:
    with worker(for_notebooks, FILES, Inside(kernel=True), limits=LIMITS) as conversation:
        notebook = Notebook(session(conversation, limits=LIMITS))
        with pytest.raises(SessionEnded) as end:
            notebook.cell("import os\nos._exit(3)")
    assert end.value.problem.kind is ProblemKind.DIED


def test_objects_of_the_notebook_can_be_asked_afterwards(shared: Notebook) -> None:
    shared.cell("import mlp\nnet = mlp.MLP()\nimport sys\nsys.modules['found'] = type(sys)('found')")
    shared.cell("sys.modules['found'].the = lambda: net")
    answers = shared.session.run(op.create("net-0", "found.the"), op.arrays("net-0"))
    np.testing.assert_array_equal(answers[1].value[0]["array"], np.ones((2, 3)))


def test_a_worker_that_does_not_fork_runs_notebooks_too() -> None:
    with open_launcher("process") as opened, worker(opened, FILES, Inside(kernel=True), fork=False) as conversation:
        assert Notebook(session(conversation)).text("1 + 1") == "2\n"


def test_without_a_kernel_a_cell_is_not_tried() -> None:
    with open_launcher("process") as opened, worker(opened, FILES, Inside(kernel=True)) as conversation:
        (answer,) = session(conversation).run(op.cell("1", 1, seconds=5))
    assert answer.problem is not None
    assert answer.problem.kind is ProblemKind.SKIPPED


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x"])
def test_nothing_is_laid_outside_the_folder(path: str) -> None:
    with pytest.raises(ValueError, match="not below"):
        op.lay(path, b"")


TEXT = {"kind": "text", "text": "a", "png": None, "of": "stdout", "rich": {}}
ERROR = {"name": "E", "message": "m", "line": 1, "where": "", "interrupted": False}
SHOWN: dict[str, Any] = {"outputs": [TEXT], "error": ERROR, "figures": 0}


def judged(value: Any) -> Any:
    """Return the value that the trusted side makes of a worker's answer to a cell."""
    reply = {"value": value, "type": "", "text": "", "problem": None, "seconds": 0.1}
    return checked((op.cell("1", 1, seconds=1),), {"id": "7", "answers": [reply]}, "7")[0].value


def test_texts_of_a_cell_are_made_safe_to_show() -> None:
    outputs = [{**TEXT, "text": "a\n\x1b[2Jb"}]
    assert judged({**SHOWN, "outputs": outputs})["outputs"][0]["text"] == "a\n\\x1b[2Jb"


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"outputs": []},
        {**SHOWN, "figures": -1},
        {**SHOWN, "figures": True},
        {**SHOWN, "score": 45},
        {**SHOWN, "outputs": [TEXT] * 1000},
        {**SHOWN, "outputs": [{**TEXT, "kind": "html"}]},
        {**SHOWN, "outputs": [{**TEXT, "text": 1}]},
        {**SHOWN, "outputs": [{**TEXT, "text": "x" * 100_000}]},
        {**SHOWN, "outputs": [{**TEXT, "kind": "png"}]},
        {**SHOWN, "outputs": [{**TEXT, "of": "anywhere"}]},
        {**SHOWN, "outputs": [{**TEXT, "rich": []}]},
        {**SHOWN, "outputs": [{**TEXT, "rich": {"application/javascript": "1"}}]},
        {**SHOWN, "outputs": [{**TEXT, "rich": {"text/html": 1}}]},
        {**SHOWN, "outputs": [{**TEXT, "rich": {"text/html": "x" * 100_000}}]},
        {**SHOWN, "outputs": [{**TEXT, "kind": "png", "png": np.zeros(9)}]},
        {**SHOWN, "outputs": [{**TEXT, "png": np.zeros(9, np.uint8)}]},
        {**SHOWN, "error": {**ERROR, "line": -1}},
        {**SHOWN, "error": {**ERROR, "message": "x" * 10_000}},
        {**SHOWN, "error": {**ERROR, "interrupted": 1}},
    ],
    ids=lambda value: repr(value)[:60],
)
def test_an_answer_that_no_cell_gives_is_a_violation(value: Any) -> None:
    with pytest.raises(wire.WireError):
        judged(value)


def test_an_answer_of_the_right_form_passes() -> None:
    assert judged(SHOWN) == SHOWN
