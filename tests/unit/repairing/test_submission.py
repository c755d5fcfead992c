"""A submission in Python 2 is graded as Python 3, and what was done is noted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.model import Submission
from grader.notebooks.reading import read
from grader.repairing import submission as repairing
from grader.repairing.submission import repaired


def of(**files: str | bytes) -> Submission:
    named = {
        name.replace("__", "."): text if isinstance(text, bytes) else text.encode() for name, text in files.items()
    }
    return Submission("alice", "sha256:1", named, ("a note",))


def notebook(*sources: str, version: str = "") -> bytes:
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "source": "# A", "metadata": {}}]
    cells += [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    about = {"language_info": {"name": "python", "version": version}} if version else {}
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 2}).encode()


def code(made: Submission, name: str) -> list[str]:
    return [cell.source for cell in read(made.files[name]).cells if cell.kind == "code"]


def test_a_file_is_made_python_3_and_noted_with_its_lines() -> None:
    made = repaired(of(mlp__py="x = 1\nprint 'a'\nfor i in xrange(3): print i"), ())
    assert made.files["mlp.py"] == b"x = 1\nprint('a')\nfor i in range(3): print(i)"
    assert made.notes == ("a note", "'mlp.py' was read as Python 2, and graded as Python 3: changed in line 2, line 3")
    assert made.digest == "sha256:1"


def test_a_notebook_keeps_its_cells_and_what_only_jupyter_understands() -> None:
    made = repaired(of(a__ipynb=notebook("%matplotlib inline\nprint 'a'", "!ls\nx = 3")), ())
    assert code(made, "a.ipynb") == ["%matplotlib inline\nprint('a')", "!ls\nx = 3"]
    assert "code cell 1 line 2" in made.notes[-1]


def test_division_is_that_of_the_python_which_saved_the_notebook() -> None:
    sources = ("print 'a'", "half = n / 2")
    old, new = (code(repaired(of(a__ipynb=notebook(*sources, version=v)), ()), "a.ipynb") for v in ("2.7.12", "3.6.1"))
    assert (old[1], new[1]) == ("half = python2_quotient(n, 2)", "half = n / 2")
    assert old[0] == new[0] == "print('a')"


@pytest.mark.parametrize("other", ["from __future__ import division", "print(f'{x}')"])
def test_division_stays_where_somebody_has_thought_of_it(other: str) -> None:
    made = repaired(of(a__ipynb=notebook(other, "print 'a'", "half = n / 2")), ())
    assert code(made, "a.ipynb")[1:] == ["print('a')", "half = n / 2"]


@pytest.mark.parametrize("text", ["x = 1 / 2\n", "def f(:\n", "type X = int\n", "x = 'xrange'\n"])
def test_what_is_not_python_2_is_left_alone(text: str) -> None:
    given = of(mlp__py=text)
    assert repaired(given, ()) is given


def test_files_of_the_course_are_left_alone() -> None:
    given = of(layers__py="print 'a'")
    assert repaired(given, {"layers.py"}) is given


def test_a_text_that_takes_too_long_takes_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "SECONDS", 6.0)
    made = repaired(of(mlp__py="print 'a'", deep__py="x = " + "(" * 60_000), ())
    assert (made.files["mlp.py"], len(made.notes)) == (b"print('a')", 2)


def test_where_it_cannot_be_done_it_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = subprocess.CompletedProcess[bytes]([sys.executable], 1, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_given, **_named: nothing)
    with pytest.raises(HarnessError, match="fissix"):
        repaired(of(mlp__py="print 'a'"), ())
