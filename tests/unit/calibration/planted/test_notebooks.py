"""The notebooks in `mutants/`, as they are written down: they can be read, and name only checks that there are."""

from __future__ import annotations

import pytest

from grader.assignments import find
from grader.assignments.modules.main.files import main_files
from grader.notebooks import reading
from grader.pipeline import load_rubric
from kit.planted import files, notebooks

# these are no notebooks, or none is handed in
UNREADABLE = ["nothing_in_it_autoencoder", "nothing_in_it_classification", "one_not_handed_in_autoencoder"]


@pytest.mark.parametrize("assignment", ["byomlp", "modules"])
def test_notebooks_name_only_checks_of_their_items_and_each_once(assignment: str) -> None:
    items = load_rubric(find(assignment)).items
    named = {
        trial.name: ((trial.fails or frozenset()) | trial.may_fail)
        - {check for item in items if item.id in trial.asked for check in item.checks}
        for trial in notebooks(assignment)
    }
    assert {name: strange for name, strange in named.items() if strange} == {}
    assert [trial.name for trial in notebooks(assignment) if (trial.fails or frozenset()) & trial.may_fail] == []


def test_a_notebook_is_written_as_jupyter_writes() -> None:
    """Whatever name it has; one is a script, and is read as the notebook that it was exported from."""
    read = {}
    for trial in notebooks("byomlp"):
        path = next((path for path in files(trial) if path != "mlp.py"), "")
        read[trial.name] = reading.read_file(path, files(trial).get(path, b""))
    assert sorted(each for each, found in read.items() if found.problem or len(found.cells) < 4) == UNREADABLE


def test_main_notebooks_can_be_read() -> None:
    mains = notebooks("modules")
    foremost = {main.name: main_files(files(main), "HW3_main.ipynb")[0][0] for main in mains}
    read = {main.name: reading.read_file(foremost[main.name], files(main)[foremost[main.name]]) for main in mains}
    assert [name for name, found in read.items() if found.problem or len(found.cells) < 6] == []
