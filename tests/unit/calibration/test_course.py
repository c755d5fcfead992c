from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.assignments import IDS, find
from grader.calibration.course import (
    course_material,
    every_group,
    generated_bugs,
    plain_items,
    planted_bugs,
    with_notebooks,
)
from grader.calibration.trial import Group
from grader.errors import AuthorError
from grader.pipeline import load_rubric
from kit import ROOT
from mutants import byomlp, modules

MUTANTS = {"byomlp": byomlp.MUTANTS, "modules": modules.MUTANTS}
# a fresh interpreter, in which tests/ is on no path
ALONE = """
import sys
import tomllib
from pathlib import Path
from grader.calibration.course import planted_bugs
assert "mutants" not in sys.modules
print(len(planted_bugs(Path(sys.argv[1]), "byomlp")))
"""


@pytest.mark.parametrize("assignment", IDS)
def test_every_planted_bug_is_there_with_what_it_must_fail(assignment: str) -> None:
    found = planted_bugs(ROOT, assignment)
    assert [(each.name, each.fails, each.diagnosis) for each in found] == [
        (mutant.name, mutant.fails, mutant.diagnosis) for mutant in MUTANTS[assignment]
    ]


@pytest.mark.parametrize("assignment", IDS)
def test_true_names_are_those_of_bugs_that_there_are(assignment: str) -> None:
    said = tomllib.loads((ROOT / "tests" / "mutants" / "named.toml").read_text(encoding="utf-8"))[assignment]
    found = {trial.name: trial for trial in planted_bugs(ROOT, assignment)}
    assert said.keys() <= found.keys()
    assert {name: sorted(found[name].may_name) for name in said} == {
        name: sorted(names) for name, names in said.items()
    }
    assert all(found[name].diagnosis not in names for name, names in said.items())


@pytest.mark.parametrize("assignment", IDS)
def test_no_two_of_an_assignment_have_one_name(assignment: str) -> None:
    names = [trial.name for trial in every_group(ROOT, assignment, generated=True)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("assignment", "left_out"),
    [
        ("byomlp", {"classification", "autoencoder"}),
        ("modules", {"differentiation", "toy_problem", "activation_comparison", "opinion", "digit_model"}),
    ],
)
def test_items_with_notebooks_are_left_out(assignment: str, left_out: set[str]) -> None:
    rubric = load_rubric(find(assignment))
    kept = plain_items(find(assignment), rubric)
    assert {item.id for item in rubric.items} - set(kept) == left_out


def test_planted_bugs_are_found_where_tests_are_on_no_path() -> None:
    program = [sys.executable, "-c", ALONE, str(ROOT)]
    said = subprocess.check_output(program, cwd=ROOT / "docs", text=True)
    assert said.strip() == str(len(byomlp.MUTANTS))


def test_an_assignment_without_planted_bugs_has_its_course_material_alone(tmp_path: Path) -> None:
    for folder in ("reference", "student_template"):
        (tmp_path / folder / "third").mkdir(parents=True)
    groups = [trial.group for trial in every_group(tmp_path, "third", generated=False)]
    assert groups == [Group.REFERENCE, Group.TEMPLATE]


def test_without_course_material_it_is_said_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"reference/third: is not there"):
        course_material(tmp_path, "third")


@pytest.mark.parametrize("assignment", IDS)
def test_notebooks_are_right_or_say_which_checks_of_their_items_they_fail(assignment: str) -> None:
    rubric = load_rubric(find(assignment))
    found = with_notebooks(ROOT, assignment, rubric)
    checks = {item.id: set(item.checks) for item in rubric.items}
    assert len({trial.name for trial in found}) == len(found) > 20
    assert {trial.group for trial in found} == {Group.RIGHT, Group.PLANTED}
    assert all(trial.fails <= set().union(*(checks[item] for item in trial.asked)) for trial in found if trial.fails)
    assert all(bool(trial.fails) is (trial.group is Group.PLANTED) for trial in found)


@pytest.mark.parametrize(("assignment", "file"), [("byomlp", "mlp.py"), ("modules", "HW3_Modules.ipynb")])
def test_bugs_made_by_rule_are_handed_in_as_the_file_they_were_made_of(assignment: str, file: str) -> None:
    found = generated_bugs(ROOT, assignment)
    assert len(found) > 100
    assert {tuple(each.source) for each in found if isinstance(each.source, dict)} == {(file,)}
    assert all(each.items for each in found)
