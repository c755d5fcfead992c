"""Judging how a notebook ran, and which of two runs counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.notebook.run_checks import (
    autoencoder_runs,
    classification_runs,
    imports_allowed,
    run_that_counts,
)
from grader.errors import HarnessError
from grader.model import Finding, Observation, Problem, ProblemKind, Transcript, Verdict
from grader.notebooks.judging import threshold, transcript_of
from kit.byomlp_notebooks import classification, code, large, markdown, own, reconstruction, sgd_log, small


def runs(**changes: Any) -> Finding:
    """Return what is said of the run of Classification.ipynb."""
    return classification_runs.judge(classification(**changes))


def error(name: str = "NameError", **changes: Any) -> dict[str, Any]:
    """Return the error of a cell."""
    about = {"name": name, "message": "name 'x' is not defined", "line": 3, "where": "", "interrupted": False}
    return {**about, **changes}


def test_a_notebook_that_runs_through_passes() -> None:
    finding = runs()
    assert finding.verdict is Verdict.PASSED
    assert finding.message == "1 code cell ran in 20 s on 1,000 + 100 digits (drawn, quick size)"


def test_the_autoencoder_is_judged_likewise() -> None:
    assert autoencoder_runs.judge(reconstruction()).verdict is Verdict.PASSED


def test_a_notebook_that_is_missing_is_asked_for_by_name() -> None:
    finding = runs(file="")
    assert finding.verdict is Verdict.FAILED
    assert "Classification.ipynb" in finding.hint


def test_a_notebook_that_cannot_be_read_says_why() -> None:
    assert "it is not JSON" in runs(problem="it is not JSON").message


def test_a_notebook_without_networks_fails_with_its_errors() -> None:
    finding = runs(networks=[], cells=[code("x", 4, error=error())])
    assert finding.verdict is Verdict.FAILED
    assert "code cell 4, line 3: NameError: name 'x' is not defined" in finding.message


def test_an_error_in_a_cell_is_told_and_costs_nothing_by_itself() -> None:
    finding = runs(cells=[code("x", 4, error=error())])
    assert finding.verdict is Verdict.PASSED
    assert "NameError" in finding.message
    assert finding.hint


def test_the_cells_of_the_other_part_are_told_of_there() -> None:
    finding = runs(besides=[1], cells=[code("x", 1, error=error()), code("y", 2)])
    assert "NameError" not in finding.message
    assert "it has both parts, and 1 code cell of the other one got little time" in finding.message
    assert finding.hint == ""


def test_only_the_first_errors_are_told() -> None:
    cells = [code("x", number, error=error()) for number in range(1, 9)]
    message = runs(cells=cells).message
    assert "5 more cells ended in errors" in message
    assert message.startswith("code cell 1, line 3: NameError")
    assert "code cell 4" not in message


def test_a_long_error_is_cut() -> None:
    assert len(runs(cells=[code("x", 1, error=error(message="x" * 5000))]).message) < 400


def test_an_interrupted_cell_is_told_once() -> None:
    cut = "code cell 1 was interrupted when the 5 s for a cell were over"
    finding = runs(cut=cut, cells=[code("x", 1, error=error("KeyboardInterrupt", interrupted=True))])
    assert finding.message.endswith(cut)


@pytest.mark.parametrize("name", ["note", "cut", "stand_in"])
def test_circumstances_are_told(name: str) -> None:
    assert "something happened" in runs(**{name: "something happened"}).message


@pytest.mark.parametrize("changes", [{"cut": "time"}, {"needed": True}, {"stand_in": "SyntaxError"}])
def test_whatever_is_not_as_usual_comes_with_advice(changes: dict[str, Any]) -> None:
    assert runs(**changes).hint


def test_a_run_as_usual_needs_no_advice() -> None:
    assert runs().hint == ""


def test_a_run_that_ended_early_is_told() -> None:
    observed = Observation("classification", classification().data, Problem(ProblemKind.DIED, "it crashed"))
    assert "it crashed" in classification_runs.judge(observed).message


def test_staff_get_the_notebook_as_it_was_run() -> None:
    (transcript,) = runs().for_staff
    assert isinstance(transcript, Transcript)
    assert [cell.kind for cell in transcript.cells] == ["markdown", "code", "markdown"]


def test_pictures_and_errors_are_in_the_transcript() -> None:
    cell = code("x", 1, error=error())
    cell["outputs"].append({"kind": "png", "text": "", "png": np.frombuffer(b"\x89PNG", np.uint8)})
    (shown,) = transcript_of({"file": "a.ipynb", "cells": [cell]}).cells
    assert [(output.kind, output.png) for output in shown.outputs] == [("png", b"\x89PNG"), ("error", b"")]


def test_a_cell_that_was_not_run_says_so() -> None:
    (shown,) = transcript_of({"file": "a.ipynb", "cells": [code("x", 1, run=False)]}).cells
    assert shown.outputs[0].text == "(was not run)"


def test_a_raw_cell_is_shown_as_text() -> None:
    (shown,) = transcript_of({"file": "a.ipynb", "cells": [{**markdown("x"), "kind": "raw"}]}).cells
    assert shown.kind == "markdown"


def test_without_a_second_run_the_first_counts() -> None:
    first = classification()
    assert run_that_counts(first, own()) is first


def second(*logs: dict[str, Any], **changes: Any) -> Observation:
    """Return the observation of a run on the student's own class."""
    networks = [small(log=logs[0]), large(log=logs[1])]
    return classification(networks=networks, needed=True, mode="own", size="reduced", **changes)


def test_the_own_class_counts_when_it_got_further() -> None:
    first = classification(networks=[small(log=sgd_log(0)), large(log=sgd_log(0))])
    other = second(sgd_log(), sgd_log())
    assert run_that_counts(first, other) is other


def test_the_own_class_counts_when_it_made_fewer_errors() -> None:
    first, other = classification(cells=[code("x", 1, error=error())]), second(sgd_log(), sgd_log())
    assert run_that_counts(first, other) is other


def test_the_engine_counts_when_the_own_class_got_no_further() -> None:
    first = classification()
    assert run_that_counts(first, second(sgd_log(3), sgd_log())) is first


def test_the_engine_counts_when_both_got_as_far() -> None:
    first = classification()
    assert run_that_counts(first, second(sgd_log(), sgd_log())) is first


def test_a_run_on_the_own_class_is_said_to_be_one() -> None:
    first = classification(networks=[], chosen={"small": None, "large": None})
    assert (
        "on your own class" in classification_runs.judge(run_that_counts(first, second(sgd_log(), sgd_log()))).message
    )


def test_a_threshold_is_that_of_digits_and_size() -> None:
    assert threshold({"dataset": "mnist", "size": "full"}, {"mnist_full": 0.9, "drawn_full": 0.8}) == 0.9


def test_a_threshold_that_is_missing_is_our_fault() -> None:
    with pytest.raises(HarnessError, match="mnist_huge"):
        threshold({"dataset": "mnist", "size": "huge"}, {})


def test_forbidden_imports_are_named() -> None:
    finding = imports_allowed.judge(classification(imports=["torch (code cell 1 of Classification.ipynb)"]))
    assert finding.diagnosis == "forbidden_import"
    assert "torch" in finding.message


def test_allowed_imports_are_fine() -> None:
    assert imports_allowed.judge(classification()).verdict is Verdict.PASSED


def test_a_network_that_could_not_be_followed_withholds_nothing() -> None:
    finding = runs(networks=[{**small(), "fault": "ValueError: x"}, large()])
    assert finding.verdict is Verdict.PASSED
    assert "not all that its networks were called for could be followed" in finding.message
