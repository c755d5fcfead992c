from __future__ import annotations

from dataclasses import replace

import pytest

from grader.causes import Cause
from grader.model import Marks, Observation, Report, Verdict
from grader.report.layout import (
    A_PERSON,
    OUR_FAULT,
    Entry,
    alone,
    followers,
    headline,
    outline,
    remarks,
    setting,
    spared,
)
from kit import report_samples as samples


def entries(report: Report, place: int = 0, **options: bool) -> tuple[Entry, ...]:
    """Return the entries of one item of a report."""
    return outline(report.score.items, **options)[place][1]


def checks(entry: Entry) -> list[str]:
    """Return the names of the checks in one entry."""
    return [row.finding.check for row in entry.rows]


def test_a_passed_check_that_is_worth_nothing_is_left_out() -> None:
    assert checks(entries(samples.right())[0]) == ["layer_shapes"]


def test_staff_see_a_passed_check_that_is_worth_nothing() -> None:
    assert checks(entries(samples.right(), everything=True)[0]) == ["mlp_loads"]


def test_a_failed_check_that_is_worth_nothing_is_shown() -> None:
    assert checks(entries(samples.blocked())[0])[0] == "mlp_loads"


def test_what_one_cause_costs_in_an_item_is_one_entry_that_says_where_it_is_told() -> None:
    (entry,) = entries(samples.blocked())
    assert (len(entry.rows), entry.state, entry.cause) == (6, Verdict.FAILED, 1)
    assert (entry.message, entry.hint) == ("", "")
    assert (entry.marks.earned, entry.marks.possible) == (0, 10)


def test_checks_blocked_for_different_reasons_stay_apart() -> None:
    first = samples.finding("layer_shapes", Verdict.BLOCKED, "one reason")
    second = samples.finding("initialisation", Verdict.BLOCKED, "another reason")
    shown = entries(samples.report({"layer_shapes": first, "initialisation": second}))
    assert [entry.cause for entry in shown[:2]] == [1, 2]


def test_what_a_cause_spares_is_no_tick() -> None:
    wrong = samples.finding("layer_shapes", Verdict.FAILED, "wrong")
    spared_one = replace(samples.finding("initialisation", message="not judged"), because="layer_shapes")
    entry = entries(samples.report({"layer_shapes": wrong, "initialisation": spared_one}))[1]
    assert (entry.spared, entry.symbol, entry.word, entry.cause) == (True, "–", "not judged, costs nothing", 1)
    assert entry.message == ""


def test_what_is_spared_is_no_tick_while_results_come_in_either() -> None:
    spared_one = replace(samples.finding("initialisation"), because="layer_shapes")
    assert [alone(each).symbol for each in (spared_one, samples.finding("initialisation"))] == ["–", "✓"]


def test_what_waits_for_a_cause_fails_with_it_or_is_spared_by_it_is_counted_in_words() -> None:
    lead = samples.scored(samples.finding("layer_shapes", Verdict.FAILED), 2.0)
    waits = samples.scored(replace(samples.finding("initialisation", Verdict.BLOCKED), because="layer_shapes"), 2.0)
    cause = Cause("check", lead, (waits, lead, lead), (waits,))
    assert followers(cause) == "2 more checks fail for the same reason. 1 more check waits for it."
    assert spared(cause) == "1 check could not be judged because of it, which costs nothing."
    assert (followers(Cause("check", lead)), spared(Cause("check", lead))) == ("", "")


def test_a_fault_of_ours_is_told_without_its_inner_workings() -> None:
    assert entries(samples.withheld(), 1)[-1].message == OUR_FAULT


def test_staff_read_the_inner_workings_of_a_fault_of_ours() -> None:
    assert "exit status 125" in entries(samples.withheld(), 1, faults=True)[-1].message


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (samples.right(), "Everything that was checked is right. Well done!"),
        (samples.withheld(), "What could be judged is right."),
        (samples.waiting(), "Everything that a program can check is right. A person reads the rest."),
        (samples.notebooks(), "Start with “The accuracies that the notebook reports are true”."),
        (samples.wrong(), "Start with “Backpropagation agrees with central differences”. 2 more things to look at."),
        (samples.blocked(), "Start with “mlp.py can be imported and has a class MLP”."),
        (samples.report({"layer_shapes": samples.finding("layer_shapes", Verdict.FAILED)}), "Start with “Every layer"),
    ],
)
def test_the_headline_says_where_to_begin(report: Report, words: str) -> None:
    assert headline(report.result).startswith(words)


def test_what_waits_does_not_need_another_look() -> None:
    assert headline(samples.notebooks().result) == "Start with “The accuracies that the notebook reports are true”."


def test_withheld_points_are_explained() -> None:
    (remark,) = remarks(samples.withheld().result)
    assert remark.startswith("3 points are withheld, not lost: the grader had a fault")


def test_what_waits_is_not_called_a_fault() -> None:
    waits = entries(samples.waiting())[-1]
    assert (waits.state, waits.symbol, waits.word) == (Verdict.PENDING, "○", "waits for a person")
    assert waits.message == "Your comparison waits for a person."


def test_what_waits_without_a_word_says_that_a_person_reads_it() -> None:
    silent = samples.finding("layer_shapes", Verdict.PENDING)
    assert entries(samples.report({"layer_shapes": silent}))[0].message == A_PERSON


def test_what_waits_and_a_fault_of_ours_together_make_no_promise() -> None:
    waits = samples.finding("layer_shapes", Verdict.PENDING)
    fault = samples.finding("disc_separates", Verdict.UNDECIDED)
    both = samples.report({"layer_shapes": waits, "disc_separates": fault})
    assert headline(both.result) == "What could be judged is right."


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"size": "full", "data": "MNIST"}, "Notebooks were run at the assignment's full size, on MNIST."),
        ({"size": "quick", "data": "drawn digits"}, "thresholds of its own, on drawn digits."),
        ({"size": "tiny"}, "Notebooks were run at size “tiny”."),
    ],
)
def test_the_size_of_the_run_is_told(facts: dict[str, str], words: str) -> None:
    report = samples.right()
    told = setting(replace(report, evidence=replace(report.evidence, facts=facts)).result)
    assert told.endswith(words)
    assert bool(told) == bool(words)


@pytest.mark.parametrize(("sizes", "size"), [(["reduced"], "reduced"), (["quick", "reduced"], "quick")])
def test_a_run_of_which_all_is_reduced_is_told_to_be(sizes: list[str], size: str) -> None:
    report = samples.right()
    seen = {str(k): Observation(str(k), {"size": size}) for k, size in enumerate(sizes)}
    evidence = replace(report.evidence, facts={"size": "quick"}, observations=seen)
    assert f"at the {size} size" in setting(replace(report, evidence=evidence).result)


def test_pending_points_are_explained() -> None:
    report = samples.right()
    waiting = replace(report, score=replace(report.score, marks=Marks(24, 25, pending=1)))
    assert remarks(waiting.result) == ("1 point is pending: a person reads that part of your work.",)
