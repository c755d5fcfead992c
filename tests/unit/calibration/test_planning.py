from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.planning import Plan, chosen, plan
from grader.calibration.trial import Group, Trial
from grader.datasets.digits import kept
from grader.errors import AuthorError
from grader.pipeline import load_rubric
from kit import ROOT
from kit.digits_samples import blank

ITEMS = ("forward", "backprop")


def planned(*trials: Trial, seeds: int = 1) -> Plan:
    assignment = find("byomlp")
    return Plan(assignment, load_rubric(assignment), ITEMS, trials, seeds)


RIGHT, BUG, OTHER = (
    Trial("dicts", Group.RIGHT, {}),
    Trial("step_adds", Group.PLANTED, {}),
    Trial("factor_two", Group.PLANTED, {}),
)


def test_right_solutions_are_graded_from_several_seeds_and_bugs_from_one() -> None:
    assert planned(RIGHT, BUG, seeds=3).gradings == ((RIGHT, 0), (RIGHT, 1), (RIGHT, 2), (BUG, 0))


@pytest.mark.parametrize(
    ("only", "left"),
    [
        ((), [RIGHT, BUG, OTHER]),
        (("step_adds",), [BUG]),
        (("right",), [RIGHT]),
        (("planted", "dicts"), [RIGHT, BUG, OTHER]),
    ],
)
def test_trials_are_chosen_by_their_names_and_groups(only: tuple[str, ...], left: list[Trial]) -> None:
    (kept,) = chosen([planned(RIGHT, BUG, OTHER)], only)
    assert list(kept.trials) == left


def test_an_assignment_of_which_nothing_is_chosen_is_left_out() -> None:
    assert chosen([planned(RIGHT), planned(BUG)], ["dicts"]) == [planned(RIGHT)]


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(AuthorError, match="nothing is called 'step_add'; did you mean 'step_adds'"):
        chosen([planned(BUG)], ["step_add"])


def test_own_bugs_take_the_place_of_the_course_s(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    found = plan(ROOT, "byomlp", own=tmp_path)
    assert [(trial.group, trial.asked) for trial in found.trials] == [
        (Group.REFERENCE, ()),
        (Group.TEMPLATE, ()),
        (Group.PLANTED, ()),
    ]
    assert (found.items, found.setting) == (ITEMS, None)


def test_own_bugs_that_need_notebooks_are_not_left_out_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nobody looks at the digits, so they need not be drawn
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    kept.drawn(blank)
    table = '[mine]\nappend = "x"\nasked = ["classification"]'
    (tmp_path / "mutants.toml").write_text(table, encoding="utf-8")
    with pytest.raises(AuthorError, match="mine cannot be graded without notebooks; add --notebooks"):
        plan(ROOT, "byomlp", own=tmp_path)
    (found,) = (trial for trial in plan(ROOT, "byomlp", own=tmp_path, notebooks=True).trials if trial.name == "mine")
    assert found.asked == ("classification",)
