"""What is said when a fault of ours is in the way: the reason, and a command that can be given as it stands."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.cli import again, options
from grader.cli.outcomes import Outcome
from grader.errors import HarnessError, IntakeError
from grader.model import Observation, Report
from kit import small_assignment as small

LOST = Observation("module", fault="the engine\nwent away \x1b[2J")
LINE = ["grade", "class/ann", "class/ben & co", "--assignment", "byomlp", "--out", "out"]
FOLDERS = {Path("class/ann"): Path("out/ann"), Path("class/ben & co"): Path("out/ben & co")}


def given(*more: str) -> argparse.Namespace:
    return options.parser().parse_args([*LINE, *more])


def outcomes(ann: Report | Exception, ben: Report | Exception) -> dict[str, Outcome]:
    made = zip(FOLDERS.items(), (ann, ben), strict=True)
    return {
        folder.name: Outcome(path, **{"report" if isinstance(what, Report) else "error": what})  # type: ignore[arg-type]
        for (path, folder), what in made
    }


def withheld() -> Report:
    return small.report(LOST, small.DICE)


def test_where_nothing_was_in_the_way_nothing_is_said() -> None:
    made = outcomes(small.report(), IntakeError("ben & co: is empty"))
    assert again.advice(FOLDERS, made, given()) == ""


def test_withheld_points_are_named_with_the_reason_and_the_command_to_repeat() -> None:
    said = again.advice(FOLDERS, outcomes(small.report(), withheld()), given()).splitlines()
    assert said[1].startswith("  ben & co: 7 withheld, could not be judged: probe 'module': the engine went away ")
    assert "  mlpgrader grade 'class/ben & co' --assignment byomlp --out out" in said
    assert said[-1] == "  mlpgrader regrade out"
    assert "\x1b" not in "".join(said)


@pytest.mark.parametrize("error", [HarnessError("no container"), KeyError("W")])
def test_what_was_not_graded_by_a_fault_of_ours_is_graded_again(error: Exception) -> None:
    said = again.advice(FOLDERS, outcomes(error, small.report()), given())
    assert "  ann: not graded: " in said
    assert "  mlpgrader grade class/ann --assignment byomlp" in said


def test_where_it_met_all_of_them_there_is_nothing_to_sum_up() -> None:
    assert "regrade" not in again.advice(FOLDERS, outcomes(withheld(), withheld()), given())


@pytest.mark.parametrize(
    "more",
    [
        ["--sandbox", "process"],
        ["--items", "forward,backprop", "--seed", "7", "--size", "quick", "--jobs", "2"],
        ["--image", "mine", "--engine", "podman", "--runtime", "crun", "--data", "my digits"],
    ],
)
def test_the_command_means_what_was_given(more: list[str]) -> None:
    arguments = given(*more)
    words = shlex.split(again.command(arguments, FOLDERS))
    assert words[0] == "mlpgrader"
    assert vars(options.parser().parse_args(words[1:])) == vars(arguments)


def test_every_option_of_grade_is_repeated_or_makes_no_difference() -> None:
    indifferent = {"command", "submissions", "assignment", "fail_under", "json"}
    assert vars(given()).keys() == {*again.OPTIONS, *indifferent}


def test_after_a_stop_the_rest_is_graded_and_all_are_summed_up() -> None:
    made: dict[str, Any] = outcomes(small.report(), small.report())
    del made["ben & co"]
    assert again.rest(FOLDERS, made, given()).splitlines() == [
        "go on with",
        "  mlpgrader grade 'class/ben & co' --assignment byomlp --out out",
        "and sum up all of them with",
        "  mlpgrader regrade out",
    ]


def test_after_a_stop_with_nothing_done_the_whole_is_graded() -> None:
    assert again.rest(FOLDERS, {}, given()).splitlines()[1:] == [f"  {again.command(given(), FOLDERS)}"]


def test_after_a_stop_with_everything_done_there_is_no_rest() -> None:
    assert again.rest(FOLDERS, outcomes(small.report(), IntakeError("x")), given()) == ""


def test_a_reason_is_cut_short() -> None:
    report = small.report(replace(LOST, fault="x" * 500), small.DICE)
    said = again.advice(FOLDERS, outcomes(report, small.report()), given())
    assert max(map(len, said.splitlines())) < 300


def test_the_first_few_reasons_are_enough_and_the_command_has_everybody() -> None:
    folders = {Path(f"s{k:02}"): Path(f"out/s{k:02}") for k in range(30)}
    made = {folder.name: Outcome(path, report=withheld()) for path, folder in folders.items()}
    said = again.advice(folders, made, given()).splitlines()
    assert (len(said), said[6]) == (9, "  and 25 more")
    assert said[-1].count(" s") == 30
