from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import evidence, pipeline
from grader.assignments import Assignment
from grader.checks import check, failed, passed
from grader.datasets import DataSet, Drawn
from grader.errors import AuthorError, IntakeError
from grader.model import Finding, Limits, Observation, Report, Rubric, RubricItem, Setting, Verdict
from grader.pipeline.selection import needed_checks, needed_probes, only
from grader.pipeline.streaming import Stream
from grader.report import as_json
from grader.runs import SubmissionFolder
from grader.sandbox import Launcher, Probe, Session, open_launcher
from grader.sandbox.launching import Running
from grader.sandbox.operations import create, fetch, load
from grader.sandbox.process import process_launcher
from kit import small_assignment as small

FILES = {"report.json", "report.html", "staff.html", "results.json", "evidence"}


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with open_launcher("process") as opened:
        yield opened


def items(*names: str) -> Rubric:
    """Return the small rubric with these items only."""
    return only(small.RUBRIC, names)


def stream(*, on_finding: list[Finding] | None = None) -> Stream:
    """Return a stream over the small assignment's checks."""
    told = on_finding.append if on_finding is not None else None
    return Stream(small.ASSIGNMENT.checks, small.RUBRIC.thresholds, seed=7, on_finding=told)


def as_made_twice(report: Report) -> dict[str, object]:
    """Return the report without what timing changes."""
    return {**as_json(report.result), "seconds": None}


def test_an_item_brings_the_checks_that_its_own_checks_build_on() -> None:
    assert [check.name for check in needed_checks(small.ASSIGNMENT, items("luck"))] == ["loads", "rolls"]


def test_an_item_brings_the_checks_that_excuse_its_own() -> None:
    checks = (small.loads, small.answers, replace(small.rolls, excused_by=("answers",)))
    assignment = replace(small.ASSIGNMENT, checks=checks)
    assert [check.name for check in needed_checks(assignment, items("luck"))] == ["loads", "answers", "rolls"]


def test_a_probe_brings_those_that_it_comes_after() -> None:
    module, dice = small.ASSIGNMENT.probes
    more = (module, Probe("table", "", small.dice, after=("module",)), replace(dice, lane=0, after=("table",)))
    rolls = replace(small.rolls, reads=("dice",), judge=lambda dice, most: passed())
    asked = replace(small.ASSIGNMENT, probes=more, checks=(small.loads, rolls))
    lucky = replace(items("luck"), items=(small.ITEMS[1],))
    assert [probe.name for probe in needed_probes(asked, lucky)] == ["module", "table", "dice"]


def test_a_check_is_told_behind_the_one_that_excuses_it() -> None:
    told: list[Finding] = []
    checks = (replace(small.answers, after=(), excused_by=("loads",)), small.loads)
    judged = Stream(checks, {}, seed=7, on_finding=told.append)
    judged.observed(small.MODULE)
    assert [finding.check for finding in told] == ["loads", "answers"]


def test_only_the_probes_that_are_read_are_needed() -> None:
    assert [probe.name for probe in needed_probes(small.ASSIGNMENT, items("code"))] == ["module"]


def test_an_item_that_the_rubric_does_not_have_is_refused() -> None:
    with pytest.raises(AuthorError, match="did you mean 'luck'"):
        pipeline.ensure_items(small.RUBRIC, ["lucks"])


def test_a_check_is_judged_as_soon_as_all_that_it_reads_has_come() -> None:
    told: list[Finding] = []
    judged = stream(on_finding=told)
    judged.observed(small.DICE)
    assert told == []
    judged.observed(small.MODULE)
    assert [finding.check for finding in told] == ["loads", "answers", "rolls"]


def test_a_check_is_told_only_once() -> None:
    told: list[Finding] = []
    judged = stream(on_finding=told)
    judged.observed(small.MODULE)
    judged.observed(small.DICE)
    assert [finding.check for finding in told] == ["loads", "answers", "rolls"]


def test_an_observation_is_judged_as_it_will_come_back_from_disk() -> None:
    judged = stream()
    judged.observed(replace(small.MODULE, data={"functions": ("answer",), "problem": ""}))
    assert judged.observations(["module"])["module"].data["functions"] == ["answer"]


def test_an_observation_that_cannot_be_kept_is_a_fault_of_ours() -> None:
    judged = stream()
    judged.observed(Observation("module", {"functions": object()}))
    assert judged.findings["loads"].verdict is Verdict.UNDECIDED


def test_a_finding_that_is_known_is_not_judged_again() -> None:
    known = Finding("loads", "", Verdict.FAILED, "seen before")
    made = pipeline.judge(
        small.submission(), small.evidence(small.MODULE), small.ASSIGNMENT, items("code"), known={"loads": known}
    )
    assert made.score.items[0].findings[0].finding.message == "seen before"


def test_evidence_of_some_items_is_judged_for_these_items_alone() -> None:
    kept = replace(small.evidence(small.MODULE), items=("code",))
    made = pipeline.judge(small.submission(), kept, small.ASSIGNMENT, small.RUBRIC)
    assert (made.score.marks.earned, made.score.marks.possible, made.score.marks.withheld) == (3, 3, 0)


def test_a_right_submission_earns_everything_and_each_finding_is_told(tmp_path: Path, launcher: Launcher) -> None:
    told: list[Finding] = []
    path = small.hand_in(tmp_path / "alice")
    made = pipeline.grade(
        path, small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=7, on_finding=told.append
    )
    assert made.score.marks.earned == 7
    assert sorted(finding.check for finding in told) == ["answers", "loads", "rolls"]
    assert made.evidence.seed == 7


def test_no_check_is_judged_twice(tmp_path: Path, launcher: Launcher) -> None:
    judged: list[str] = []

    def count(module: Observation) -> Finding:
        judged.append("loads")
        return passed()

    checks = (replace(small.loads, judge=count), small.answers, small.rolls)
    path = small.hand_in(tmp_path / "alice")
    pipeline.grade(path, replace(small.ASSIGNMENT, checks=checks), rubric=small.RUBRIC, launcher=launcher, seed=7)
    assert judged == ["loads"]


def test_the_probes_that_begin_and_end_are_told(tmp_path: Path, launcher: Launcher) -> None:
    seen: list[tuple[str, str]] = []
    pipeline.grade(
        small.hand_in(tmp_path / "alice"),
        small.ASSIGNMENT,
        rubric=small.RUBRIC,
        launcher=launcher,
        seed=7,
        items=["code"],
        on_progress=lambda probe, event: seen.append((probe, event)),
    )
    assert seen == [("module", "start"), ("module", "end")]


def test_one_seed_gives_one_report_and_kept_evidence_gives_it_again(tmp_path: Path, launcher: Launcher) -> None:
    path = small.hand_in(tmp_path / "alice", small.WRONG)
    first, second = (
        pipeline.grade(path, small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=3) for _ in range(2)
    )
    SubmissionFolder(tmp_path / "out").deliver(first)
    kept, submission, name = evidence.load(tmp_path / "out" / "evidence")
    again = pipeline.judge(submission, kept, small.ASSIGNMENT, small.RUBRIC)
    assert (name, as_json(again.result)) == ("small", as_json(first.result))
    assert as_made_twice(first) == as_made_twice(second)


def test_what_was_graded_in_part_is_judged_again_in_part(tmp_path: Path, launcher: Launcher) -> None:
    path = small.hand_in(tmp_path / "alice")
    made = pipeline.grade(path, small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=3, items=["code"])
    SubmissionFolder(tmp_path / "out").deliver(made)
    kept, submission, _ = evidence.load(tmp_path / "out" / "evidence")
    again = pipeline.judge(submission, kept, small.ASSIGNMENT, small.RUBRIC)
    assert [item.id for item in again.score.items] == ["code"]
    assert as_json(again.result) == as_json(made.result)


def test_what_cannot_be_read_is_an_intake_error(tmp_path: Path, launcher: Launcher) -> None:
    with pytest.raises(IntakeError, match="check the path"):
        pipeline.grade(tmp_path / "nobody", small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=1)


def unused() -> Launcher:
    def refuse(limits: Limits, seconds: float) -> Running:
        raise AssertionError("student code was started although its evidence is kept")

    like = process_launcher()
    # the same code as the launcher's, and none of it called
    refuse.__module__ = like.launch.__module__
    return Launcher(like.name, like.facts, refuse)


def test_kept_evidence_is_judged_and_nothing_is_run(tmp_path: Path, launcher: Launcher) -> None:
    path, store = small.hand_in(tmp_path / "alice"), evidence.Store(tmp_path / "store")
    asked = {"rubric": small.RUBRIC, "seed": 3, "store": store}
    told: list[Finding] = []
    first = pipeline.grade(path, small.ASSIGNMENT, launcher=launcher, **asked)
    again = pipeline.grade(path, small.ASSIGNMENT, launcher=unused(), on_finding=told.append, **asked)
    assert as_json(again.result) == as_json(first.result)
    assert ([finding.check for finding in told], store.taken) == (["loads", "answers", "rolls"], 1)


def test_kept_evidence_is_judged_by_the_checks_of_today(tmp_path: Path, launcher: Launcher) -> None:
    path, store = small.hand_in(tmp_path / "alice"), evidence.Store(tmp_path / "store")
    pipeline.grade(path, small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=3, store=store)
    strict = replace(small.RUBRIC, thresholds={"rolls": {"most": 1.0}})
    made = pipeline.grade(path, small.ASSIGNMENT, rubric=strict, launcher=unused(), seed=3, store=store)
    assert made.score.marks.earned == 3


def test_evidence_of_another_seed_is_not_taken(tmp_path: Path, launcher: Launcher) -> None:
    path, store = small.hand_in(tmp_path / "alice"), evidence.Store(tmp_path / "store")
    for seed in (3, 4):
        pipeline.grade(path, small.ASSIGNMENT, rubric=small.RUBRIC, launcher=launcher, seed=seed, store=store)
    assert store.taken == 0


def ask_for_parameters(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Note which parameters there are."""
    data.update(
        {name: list(value) if isinstance(value, tuple) else value for name, value in session.setting.parameters.items()}
    )


@check(reads=["module"], parameters=["slope"])
def named(seen: Observation, slope: float) -> Finding:
    """Everything is as the rubric has it."""
    return failed(f"{dict(seen.data)} {slope}", hint="none")


def test_a_size_that_cannot_be_run_here_is_refused_with_what_to_do() -> None:
    table = DataSet("prices", drawn=Drawn("made", "a table of prices", dict))
    probes = (
        small.ASSIGNMENT.probes[0],
        Probe("dice", "running a notebook", small.dice, lane=1, data="prices", kernel=True),
    )
    here = replace(small.ASSIGNMENT, probes=probes, data=(table,), size_numbers=("images",), sizes=("quick",))
    sized = replace(small.RUBRIC, sizes={size: {"images": 9.0} for size in ("full", "quick", "reduced")})
    with pytest.raises(AuthorError) as caught:
        pipeline.prepare(here, sized, size="full")
    assert "--size full: notebooks cannot be trained at that size here" in str(caught.value)
    assert "leave notebooks out with --items code, or try them with --size quick" in str(caught.value)
    assert pipeline.prepare(here, sized, size="full", items=["code"]).size == "full"
    assert pipeline.prepare(here, sized, size="quick").size == "quick"


def test_probes_and_checks_get_the_parameters_that_they_declare(tmp_path: Path, launcher: Launcher) -> None:
    asking = Probe("module", "asking for parameters", ask_for_parameters, parameters=("file", "keys"))
    changes: dict[str, Any] = {
        "probes": (asking,),
        "checks": (named,),
        "parameters": {"slope": 1.0, "file": "", "keys": ()},
    }
    items = (RubricItem("code", "Code", 1, {"named": 1}),)
    given = replace(small.RUBRIC, items=items, parameters={"slope": 0.03, "file": "a.py", "keys": ("X", "y")})
    made = pipeline.grade(
        small.hand_in(tmp_path / "alice"), replace(small.ASSIGNMENT, **changes), rubric=given, launcher=launcher, seed=3
    )
    assert made.result.findings[0].message == "{'file': 'a.py', 'keys': ['X', 'y']} 0.03"


@dataclass(frozen=True)
class Table:
    """A data set that has nothing to do with digits: names and numbers."""

    names: tuple[str, ...]
    numbers: np.ndarray


def no_table() -> Table:
    raise AssertionError("nobody needs the table")


PRICES = DataSet(
    "prices", drawn=Drawn("made", "a table of prices", lambda: Table(("tea", "milk"), np.array([2.5, 1.0])))
)


def ask_for_prices(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
    """Let student code say what is dearest, in the setting of this grading."""
    prices, setting = session.setting.data["prices"], session.setting
    *_, answer = session.run(load("mlp.py"), create("dearest", "mlp.answer", prices.value.numbers), fetch("dearest"))
    data.update(size=setting.size, images=setting.numbers.get("images"), kind=prices.kind, answer=answer.value)


PRICED = replace(
    small.ASSIGNMENT,
    probes=(small.ASSIGNMENT.probes[0], Probe("dice", "asking for prices", ask_for_prices, data="prices")),
    data=(PRICES,),
)
SIZED = replace(PRICED, size_numbers=("images",))
SIZED_RUBRIC = replace(small.RUBRIC, sizes={size: {"images": 10.0} for size in ("full", "quick", "reduced")})
DEAREST = "def answer(prices):\n    return int(prices.argmax())\n"


def test_data_sets_are_read_only_for_probes_that_need_them() -> None:
    unneeded = replace(SIZED, data=(replace(PRICES, drawn=Drawn("made", "a table", no_table)),))
    assert pipeline.prepare(unneeded, SIZED_RUBRIC, size="full", items=["code"]).data == {}


@pytest.mark.parametrize(
    ("assignment", "rubric", "facts"),
    [
        (SIZED, SIZED_RUBRIC, {"size": "quick", "data": "a table of prices"}),
        (PRICED, small.RUBRIC, {"data": "a table of prices"}),
    ],
    ids=["with notebooks", "without"],
)
def test_a_submission_is_graded_on_a_data_set_that_is_no_digits(
    tmp_path: Path, launcher: Launcher, assignment: Assignment, rubric: Rubric, facts: dict[str, str]
) -> None:
    setting = pipeline.prepare(assignment, rubric, size="quick", items=["luck"])
    report = pipeline.grade(
        small.hand_in(tmp_path / "a", DEAREST),
        assignment,
        rubric=rubric,
        launcher=launcher,
        seed=1,
        items=["luck"],
        setting=setting,
    )
    seen = report.evidence.observations["dice"].data
    assert seen == {"size": "quick", "images": setting.numbers.get("images"), "kind": "made", "answer": 0}
    assert {name: report.evidence.facts.get(name) for name in facts} == facts


def test_without_notebooks_every_size_is_the_same() -> None:
    assert pipeline.prepare(small.ASSIGNMENT, small.RUBRIC, size="full") == Setting("full")
