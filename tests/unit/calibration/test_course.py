from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grader.assignments import find, ids
from grader.calibration.course import (
    course_material,
    every_group,
    generated_bugs,
    plain_items,
)
from grader.calibration.trial import Group, Trial
from grader.errors import AuthorError
from grader.pipeline import load_rubric
from kit import ROOT
from kit.planted import everything as found

# one worker makes bugs by rule, once
pytestmark = pytest.mark.xdist_group("planted bugs")


@cache
def made(assignment: str) -> tuple[Trial, ...]:
    """Return the bugs that are made by rule of the reference of an assignment."""
    return generated_bugs(ROOT, find(assignment))


@pytest.mark.parametrize(
    ("assignment", "styles", "bugs", "notebooks"), [("byomlp", 30, 173, 73), ("modules", 18, 297, 54)]
)
def test_everything_in_a_folder_of_bugs_is_found(assignment: str, styles: int, bugs: int, notebooks: int) -> None:
    trials = found(assignment)
    plain = [trial.group for trial in trials if not trial.asked]
    assert (plain.count(Group.RIGHT), plain.count(Group.PLANTED)) == (styles, bugs)
    assert sum(bool(trial.asked) for trial in trials) == notebooks


@pytest.mark.parametrize("assignment", ids())
def test_every_planted_bug_says_what_it_must_fail_and_what_it_is(assignment: str) -> None:
    bugs = [trial for trial in found(assignment) if trial.group is Group.PLANTED]
    assert [trial.name for trial in bugs if not trial.fails or not trial.story] == []


@pytest.mark.parametrize("assignment", ids())
def test_the_name_that_a_bug_must_get_is_not_among_those_that_it_may_get(assignment: str) -> None:
    assert [trial.name for trial in found(assignment) if trial.diagnosis in trial.may_name] == []


@pytest.mark.parametrize("assignment", ids())
def test_no_two_of_an_assignment_have_one_name(assignment: str) -> None:
    names = [trial.name for trial in (*course_material(find(assignment)), *found(assignment), *made(assignment))]
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


def test_an_assignment_without_planted_bugs_has_its_course_material_alone(tmp_path: Path) -> None:
    for folder in ("reference", "student_template"):
        (tmp_path / folder / "byomlp").mkdir(parents=True)
    folders = {"reference": tmp_path / "reference" / "byomlp", "template": tmp_path / "student_template" / "byomlp"}
    byomlp = replace(find("byomlp"), **folders)
    groups = [trial.group for trial in every_group(tmp_path, byomlp, load_rubric(byomlp), generated=False)]
    assert groups == [Group.REFERENCE, Group.TEMPLATE]


def test_without_course_material_it_is_said_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="no solved homework of 'byomlp' here: run this in a clone"):
        course_material(replace(find("byomlp"), reference=tmp_path / "gone"))
    with pytest.raises(AuthorError, match="gone: is not there; mlpgrader template makes it"):
        course_material(replace(find("byomlp"), template=tmp_path / "gone"))


@pytest.mark.parametrize("assignment", ids())
def test_notebooks_are_right_or_say_which_checks_of_their_items_they_fail(assignment: str) -> None:
    checks = {item.id: set(item.checks) for item in load_rubric(find(assignment)).items}
    notebooks = [trial for trial in found(assignment) if trial.asked]
    assert {trial.group for trial in notebooks} == {Group.RIGHT, Group.PLANTED}
    assert all(bool(trial.fails) is (trial.group is Group.PLANTED) for trial in notebooks)
    assert all((trial.fails or set()) <= set().union(*(checks[item] for item in trial.asked)) for trial in notebooks)


@pytest.mark.parametrize(("assignment", "file"), [("byomlp", "mlp.py"), ("modules", "HW3_Modules.ipynb")])
def test_bugs_made_by_rule_are_handed_in_as_the_file_they_were_made_of(assignment: str, file: str) -> None:
    bugs = made(assignment)
    assert len(bugs) > 100
    assert {tuple(each.source) for each in bugs if isinstance(each.source, dict)} == {(file,)}
    assert all(each.items for each in bugs)
