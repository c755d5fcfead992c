"""Why a person may want to look at a submission: told from its code and from what was seen, never from what the course gave."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.model import Evidence, Observation, Problem, ProblemKind, Submission
from grader.notices import MEDDLED, MOST, notices
from kit import ROOT

NOTHING = Evidence({}, seed=1, sandbox="process", seconds=0.0)


def of_code(**files: str | bytes) -> tuple[str, ...]:
    """Return what is noticed of files; `mlp_py` stands for mlp.py."""
    named = {name.replace("_py", ".py").replace("_ipynb", ".ipynb"): text for name, text in files.items()}
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in named.items()}
    return notices(Submission("x", "sha256:x", contents), NOTHING, provided=("layers.py",))


def of_observation(data: dict[str, Any], problem: Problem | None = None, output: str = "") -> tuple[str, ...]:
    seen = Evidence({"forward": Observation("forward", data, problem)}, 1, "process", 0.0, output=output)
    return notices(Submission("x", "sha256:x", {}), seen)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys\nx = sys._getframe(1)", "mlp.py line 2 looks at the frames of what has called it: _getframe"),
        (
            "except E as e:\n  e.__traceback__.tb_frame",
            "mlp.py line 2 looks at the frames of what has called it: tb_frame",
        ),
        ("for x in gc.get_objects(): pass", "mlp.py line 1 looks through the objects of the process: gc.get_objects"),
        ("open(f'/proc/{n}/mem')", "mlp.py line 1 opens /proc: /proc/"),
        ("import ctypes", "mlp.py line 1 works on memory or calls the system by itself: ctypes"),
        ("\n\nnp.allclose = yes", "mlp.py line 3 changes numpy, time or built-in functions: np.allclose ="),
        ("sys.settrace(f)", "mlp.py line 1 changes how Python imports, traces or watches: sys.settrace"),
        ("from grader.worker import serving", "mlp.py line 1 reaches for modules of the grader: grader.worker"),
    ],
)
def test_what_no_homework_needs_is_noticed_with_its_place(code: str, told: str) -> None:
    assert of_code(mlp_py=code) == (told,)


def test_a_cell_of_a_notebook_is_named_by_its_number_and_what_it_has_put_out_is_not_looked_at() -> None:
    cells = [
        {"cell_type": "markdown", "source": "sys._getframe"},
        {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "sys._getframe"}]},
        {"cell_type": "code", "source": ["x = 2\n", "import ctypes"]},
    ]
    (told,) = of_code(A_ipynb=json.dumps({"cells": cells}))
    assert told == "A.ipynb, code cell 2, line 2 works on memory or calls the system by itself: ctypes"


def test_files_of_the_course_and_ordinary_words_are_no_reason() -> None:
    assert of_code(layers_py="import ctypes", mlp_py="self.f_back = processes\nnp.random.seed(1)\nx = np.pi == 3") == ()


@pytest.mark.parametrize("name", ["byomlp", "modules"])
def test_nothing_is_noticed_of_the_reference(name: str) -> None:
    files = {path.name: path.read_bytes() for path in (ROOT / "reference" / name).iterdir() if path.is_file()}
    assert notices(Submission("x", "sha256:x", files), NOTHING) == ()


def test_what_cannot_be_read_is_looked_at_as_it_is() -> None:
    assert of_code(A_ipynb=b"[" * 10_000, B_ipynb=b"\xff ctypes") == (
        "B.ipynb line 1 works on memory or calls the system by itself: ctypes",
    )


def test_what_probes_have_noticed_is_told_as_they_say_it() -> None:
    said = ["outputs that no parameters explain", 7, "x" * 500]
    assert of_observation({"noticed": said}) == (said[0], "x" * 200)
    assert of_observation({"noticed": "no list"}) == ()
    assert len(of_observation({"noticed": [str(n) for n in range(100)]})) == MOST


def test_a_violation_is_noticed_wherever_it_is_told() -> None:
    violation = Problem(ProblemKind.VIOLATION, "bytes that nobody asked for")
    told = ("what 'forward' asked was answered with bytes that nobody asked for",)
    assert of_observation({}, violation) == told
    assert of_observation({"networks": [{"problem": {"kind": "violation", "message": "", "where": ""}}]}) == told
    assert of_observation({"kind": 3, "networks": [{"kind": "violation"}]}) == ()


def test_the_grader_that_was_meddled_with_is_noticed() -> None:
    assert len(of_observation({}, output=MEDDLED)) == 1
