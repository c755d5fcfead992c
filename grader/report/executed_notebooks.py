"""The notebooks of a submission as they were run here: as Jupyter saves them, and each as a page on which nothing runs.

They are for staff, as `Transcript` is. What the page shows of a notebook is bounded; the notebook itself holds all that is kept.
"""

from __future__ import annotations

# nbformat is not typed
# mypy: disable-error-code="no-untyped-call"
import base64
from typing import Any

from grader.model import Report, Transcript, TranscriptCell, TranscriptOutput
from grader.report.executed_names import names
from grader.report.notebook import png_size

LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def files(report: Report) -> dict[str, bytes]:
    """Return what lies in the folder `executed`, name -> content: each notebook that was run, and its page."""
    found = names(report)
    if not found:
        return {}
    # here, because a submission without notebooks needs no library for them
    from grader.report import executed_page

    made: dict[str, bytes] = {}
    for transcript, name in found.items():
        notebook, content = _notebook(transcript)
        made[f"{name}.ipynb"] = content
        made[f"{name}.html"] = executed_page.html(notebook, name=name, submission=report.submission.id).encode(
            errors="replace"
        )
    return made


def _notebook(transcript: Transcript) -> tuple[Any, bytes]:
    """Return a notebook as nbformat has it, and as the bytes of a file; what is not valid is a fault of ours."""
    import nbformat

    cells = [_cell(cell, place) for place, cell in enumerate(transcript.cells, start=1)]
    version = {"nbformat": nbformat.v4.nbformat, "nbformat_minor": nbformat.v4.nbformat_minor}
    metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    # made of plain data: what nbformat makes cell by cell it validates output by output, which takes minutes
    notebook = nbformat.from_dict({"cells": cells, "metadata": metadata, **version})
    nbformat.validate(notebook)
    return notebook, (nbformat.writes(notebook) + "\n").encode(errors="replace")


def _cell(cell: TranscriptCell, place: int) -> dict[str, Any]:
    # named after its place, so that the same grading gives the same file
    about: dict[str, Any] = {"id": f"cell-{place}", "metadata": {}, "source": cell.source}
    if cell.kind != "code":
        return {"cell_type": "markdown", **about}
    outputs = [_output(output, cell.number) for output in cell.outputs if output.of]
    return {"cell_type": "code", **about, "execution_count": cell.number or None, "outputs": outputs}


def _output(output: TranscriptOutput, number: int) -> dict[str, Any]:
    if output.of == "error":
        name, _, message = next(reversed(output.text.strip().splitlines()), "").partition(": ")
        return {"output_type": "error", "ename": name, "evalue": message, "traceback": output.text.split("\n")}
    if output.of in ("stdout", "stderr"):
        return {"output_type": "stream", "name": output.of, "text": output.text}
    data = {"text/plain": output.text.removesuffix("\n"), **dict(output.rich)}
    if png_size(output.png):
        data = {"image/png": base64.b64encode(output.png).decode("ascii"), **data}
    shown: dict[str, Any] = {"data": data, "metadata": {}}
    if output.of == "result":
        return {"output_type": "execute_result", **shown, "execution_count": number or None}
    return {"output_type": "display_data", **shown}
