"""A notebook that was kept of a grading, in the hands of Jupyter's own programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from attacks import notebooks
from attacks.notebooks import NOTEBOOKS
from grader.sandbox import open_launcher

# nbclient and nbconvert warn of what they themselves do with sockets and event loops
pytestmark = [pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is kept of a notebook that shows everything that there is, most of it hostile."""
    (attack,) = (each for each in NOTEBOOKS if each.name == "everything")
    folder = tmp_path_factory.mktemp("kept")
    with open_launcher("process") as launcher:
        notebooks.graded(attack, launcher, folder, URL="http://127.0.0.1:9")
    return folder / "out" / "executed" / "Classification.ipynb"


def test_it_is_read_without_a_warning_and_has_every_form_of_output(kept: Path) -> None:
    notebook = nbformat.read(kept, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    forms = {form for output in outputs for form in output.get("data", ())}
    assert {output.output_type for output in outputs} >= {"stream", "display_data", "error"}
    assert forms >= {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}
    assert forms.isdisjoint({"application/javascript", "application/json"})


def test_jupyter_turns_it_into_a_page_and_a_script(kept: Path, tmp_path: Path) -> None:
    for form, made in {"html": "a.html", "script": "a.py"}.items():
        command = [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            form,
            "--output",
            "a",
            f"--output-dir={tmp_path}",
            str(kept),
        ]
        said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert (said.returncode, "Traceback" in said.stderr) == (0, False), said.stderr
        assert (tmp_path / made).is_file()


def test_jupyter_runs_it_again(tmp_path: Path) -> None:
    from grader.report import executed
    from kit import report_samples as samples

    (content,) = (content for name, content in executed(samples.notebooks()).items() if name.endswith(".ipynb"))
    notebook = nbformat.reads(content.decode(), as_version=4)
    NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (late,) = (cell for cell in notebook.cells if cell.source == "print('late')")
    assert [dict(output) for output in late.outputs] == [{"output_type": "stream", "name": "stdout", "text": "late\n"}]
