from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader import __version__
from grader.model import Report
from grader.report import as_json
from grader.report.document import from_json
from kit import report_samples as samples

ITEM_KEYS = ["id", "title", "earned", "possible", "pending", "withheld", "findings"]
FINDING_KEYS = [
    "check", "title", "verdict", "earned", "possible", "pending", "withheld", "message", "hint", "diagnosis",
]  # fmt: skip


def test_a_report_has_the_documented_keys_in_their_order() -> None:
    assert list(as_json(samples.wrong().result)) == [
        "schema", "assignment", "submission", "grader_version", "rubric_digest", "seed", "sandbox", "seconds", "score",
        "items", "causes",
    ]  # fmt: skip


def test_an_item_and_a_finding_have_the_documented_keys_in_their_order() -> None:
    item = as_json(samples.wrong().result)["items"][1]
    assert (list(item), list(item["findings"][0])) == (ITEM_KEYS, FINDING_KEYS)


def test_a_cause_has_the_documented_keys_in_their_order() -> None:
    (cause,) = as_json(samples.blocked().result)["causes"]
    assert list(cause) == [
        "kind", "title", "message", "hint", "lost", "check", "others", "spared", "unwritten",
    ]  # fmt: skip
    assert (cause["kind"], cause["lost"], cause["check"]) == ("check", 25, "mlp_loads")
    assert (cause["title"], cause["message"]) == (samples.TITLES["mlp_loads"], "mlp.py line 12: expected ':'")
    assert (len(cause["others"]), cause["spared"], cause["unwritten"]) == (10, [], [])


@pytest.mark.parametrize("made", [samples.right, samples.wrong, samples.blocked, samples.withheld, samples.notebooks])
def test_the_causes_have_all_points_that_are_lost(made: Callable[[], Report]) -> None:
    lost = made().score.marks.lost
    assert sum(cause["lost"] for cause in as_json(made().result)["causes"]) == pytest.approx(lost)


def test_the_facts_of_a_grading_are_there() -> None:
    data = as_json(samples.right().result)
    assert (data["schema"], data["assignment"], data["seed"]) == ("mlpgrader.report/2", "byomlp", samples.SEED)
    assert (data["sandbox"], data["seconds"], data["grader_version"]) == ("docker", 3.2, __version__)
    assert data["submission"] == {"id": "alice", "digest": "sha256:" + "3f" * 32}


def test_a_finding_says_what_failed_what_to_do_and_the_mistake_that_was_recognised() -> None:
    found = as_json(samples.wrong().result)["items"][1]["findings"][0]
    assert found["verdict"] == "failed"
    assert found["message"] == "W of layer 1, entry [3, 0] is 1.354, expected 0.01354"
    assert found["diagnosis"] == "missing_activation_derivative"


def test_a_finding_without_a_diagnosis_has_null_there() -> None:
    assert as_json(samples.right().result)["items"][0]["findings"][0]["diagnosis"] is None


@pytest.mark.parametrize("made", [samples.right, samples.wrong, samples.blocked, samples.withheld])
def test_whole_points_are_ints_and_add_up(made: Callable[[], Report]) -> None:
    score = as_json(made().result)["score"]
    assert {type(value) for value in score.values()} == {int}
    assert score["earned"] + score["pending"] + score["withheld"] <= score["possible"] == 25


def test_withheld_points_are_told_apart_from_lost_ones() -> None:
    assert as_json(samples.withheld().result)["score"] == {"earned": 22, "possible": 25, "pending": 0, "withheld": 3}


def test_a_finding_that_waits_for_a_person_is_pending() -> None:
    found = as_json(samples.waiting().result)["items"][0]["findings"][-1]
    assert (found["verdict"], found["pending"], found["withheld"]) == ("pending", 2, 0)


def test_a_fault_of_ours_is_undecided_with_withheld_points() -> None:
    found = as_json(samples.withheld().result)["items"][1]["findings"][-1]
    assert (found["verdict"], found["pending"], found["withheld"]) == ("undecided", 0, 3)


def test_what_only_staff_read_is_not_in_the_data() -> None:
    text = json.dumps(as_json(samples.notebooks().result))
    assert not re.search("Which network works better|plot_losses|epoch 3", text)


def test_equal_input_gives_equal_bytes() -> None:
    assert json.dumps(as_json(samples.wrong().result)) == json.dumps(as_json(samples.wrong().result))


def test_only_seconds_depends_on_timing() -> None:
    report = samples.wrong()
    slow = as_json(replace(report, evidence=replace(report.evidence, seconds=99.0)).result)
    assert {key for key, value in as_json(report.result).items() if slow[key] != value} == {"seconds"}


def test_hostile_text_holds_no_control_character_and_can_be_written_as_utf8() -> None:
    text = json.dumps(as_json(samples.hostile().result), ensure_ascii=False)
    assert text.encode("utf-8").isascii()
    assert "\\x1b" in text


def measured(**about: object) -> dict[str, Any]:
    """Return the first finding of a report, as told and as read again."""
    report = samples.wrong().result
    item = report.items[1]
    finding = replace(item.findings[0].finding, **about)  # type: ignore[arg-type]
    findings = (replace(item.findings[0], finding=finding), *item.findings[1:])
    whole = as_json(replace(report, items=(report.items[0], replace(item, findings=findings))))
    again = from_json(json.loads(json.dumps(whole))).items[1].findings[0].finding
    told: dict[str, Any] = whole["items"][1]["findings"][0]
    return {"told": told, "pattern": again.pattern, "margin": again.margin}


def test_how_numbers_are_wrong_and_how_near_it_was_are_told_and_read_again() -> None:
    found = measured(pattern="W x2", margin=1.23456)
    assert list(found["told"])[-2:] == ["pattern", "margin"]
    assert (found["told"]["pattern"], found["told"]["margin"]) == ("W x2", 1.2)
    assert (found["pattern"], found["margin"]) == ("W x2", 1.2)


@pytest.mark.parametrize(("margin", "told"), [(3.1e-5, 0), (0.5, 0.5), (math.inf, None), (math.nan, None)])
def test_rounding_and_what_is_not_finite_are_no_margins(margin: float, told: float | None) -> None:
    assert measured(margin=margin)["told"].get("margin") == told


def test_a_report_of_before_has_neither_pattern_nor_margin() -> None:
    found = measured()
    assert (found["pattern"], found["margin"], list(found["told"])) == ("", None, FINDING_KEYS)
