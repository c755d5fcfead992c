"""Notebooks that were run, as Jupyter would have saved them."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from typing import Any

import nbformat
import pytest

from grader.model import Transcript, TranscriptCell, TranscriptOutput
from grader.report import executed
from kit import ROOT
from kit import report_samples as samples


def saved(transcript: Transcript) -> Any:
    """Return the one notebook that is kept of a report, as Jupyter opens it: whatever it complains about is an error."""
    (content,) = (content for name, content in executed(samples.showing(transcript)).items() if name.endswith(".ipynb"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
    return notebook


def outputs(*shown: TranscriptOutput) -> list[Any]:
    """Return the outputs that are kept of a cell."""
    return list(saved(Transcript("t", (TranscriptCell("code", "x", shown, 3),), "a.ipynb")).cells[0].outputs)


def test_a_notebook_is_what_jupyter_would_have_saved() -> None:
    notebook = saved(samples.transcript())
    kinds = ["markdown", "code", "code", "code", "code", "code", "code", "markdown"]
    assert (notebook.nbformat, notebook.nbformat_minor) == (nbformat.v4.nbformat, nbformat.v4.nbformat_minor)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info.name == "python"
    assert [cell.cell_type for cell in notebook.cells] == kinds
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3, 4, 5, None]
    assert len({cell.id for cell in notebook.cells}) == len(kinds)


def test_what_was_printed_is_a_stream() -> None:
    shown = [TranscriptOutput("text", "a\n", of="stdout"), TranscriptOutput("text", "b", of="stderr")]
    assert outputs(*shown) == [
        {"output_type": "stream", "name": "stdout", "text": "a\n"},
        {"output_type": "stream", "name": "stderr", "text": "b"},
    ]


def test_the_last_value_of_a_cell_has_its_number_and_all_its_forms() -> None:
    html = ("text/html", "<b>1</b>")
    assert outputs(TranscriptOutput("text", "1\n", of="result", rich=(html,))) == [
        {
            "output_type": "execute_result",
            "execution_count": 3,
            "metadata": {},
            "data": {"text/plain": "1", "text/html": "<b>1</b>"},
        }
    ]


def test_a_picture_is_shown_beside_its_text() -> None:
    (output,) = outputs(TranscriptOutput("png", "<Figure>", samples.png(samples.digits(1)[0][0]), of="display"))
    assert output.output_type == "display_data"
    assert output.data["image/png"].startswith("iVBORw0KGgo")
    assert output.data["text/plain"] == "<Figure>"


def test_a_picture_that_a_page_cannot_show_safely_is_left_out() -> None:
    (output,) = outputs(TranscriptOutput("png", "<Figure>", b"<svg>", of="display"))
    assert dict(output.data) == {"text/plain": "<Figure>"}


@pytest.mark.parametrize(
    ("traceback", "name", "value"),
    [("Traceback\n  x\n\nKeyError: 'a: b'\n", "KeyError", "'a: b'"), ("KeyboardInterrupt", "KeyboardInterrupt", "")],
)
def test_an_error_has_its_name_and_its_traceback(traceback: str, name: str, value: str) -> None:
    (output,) = outputs(TranscriptOutput("error", traceback, of="error"))
    assert (output.ename, output.evalue) == (name, value)
    assert "\n".join(output.traceback) == traceback


def test_a_note_of_ours_is_no_output() -> None:
    assert outputs(TranscriptOutput("text", "(was not run)")) == []


def test_the_same_report_gives_the_same_bytes() -> None:
    assert executed(samples.notebooks()) == executed(samples.notebooks())


def test_a_report_without_notebooks_has_none() -> None:
    assert executed(samples.wrong()) == {}


def test_a_report_without_notebooks_loads_no_library_for_them() -> None:
    program = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests')]}\n"
        "from grader.report import executed, html\nfrom kit import report_samples as samples\n"
        "executed(samples.wrong()), html(samples.wrong(), audience='staff')\n"
        "print([name for name in ('nbformat', 'nbconvert', 'bleach') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


def test_a_part_of_a_notebook_is_none() -> None:
    assert executed(samples.showing(Transcript("Code cell 3, which draws", samples.transcript().cells))) == {}


def test_each_notebook_is_kept_once() -> None:
    shorter = Transcript("again", (), samples.transcript().file)
    (page, notebook) = sorted(executed(samples.showing(samples.transcript(), shorter, samples.transcript())))
    assert (page, notebook) == ("Classification.html", "Classification.ipynb")
    assert saved(samples.transcript()).cells


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b/My notebook (1).ipynb", "My_notebook_1"),
        ("../../etc/passwd.ipynb", "passwd"),
        ("....ipynb", "notebook"),
        ("NUL.ipynb", "notebook_NUL"),
        ("com1.x.ipynb", "notebook_com1.x"),
        ("<script>.ipynb", "script"),
        ("x" * 200 + ".ipynb", "x" * 60),
        ("\u202eÄ.ipynb", "notebook"),
    ],
)
def test_a_name_is_harmless_whatever_a_student_chose(path: str, name: str) -> None:
    assert sorted(executed(samples.showing(Transcript("t", (), path)))) == [f"{name}.html", f"{name}.ipynb"]


def test_names_that_become_one_are_told_apart_on_every_system() -> None:
    files = executed(samples.showing(*(Transcript("t", (), path) for path in ("a/x.ipynb", "b/X.ipynb", "c/x.ipynb"))))
    assert sorted(files) == ["X_2.html", "X_2.ipynb", "x.html", "x.ipynb", "x_3.html", "x_3.ipynb"]


def test_a_hostile_notebook_is_a_valid_one() -> None:
    (content,) = (content for name, content in executed(samples.hostile()).items() if name.endswith(".ipynb"))
    nbformat.validate(nbformat.reads(content.decode(), as_version=4))
    assert {each["output_type"] for each in json.loads(content)["cells"][2]["outputs"]} == {
        "stream",
        "error",
        "display_data",
        "execute_result",
    }
