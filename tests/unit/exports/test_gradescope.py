from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.exports.gradescope import as_data
from grader.model import Marks, Report, Verdict
from kit import report_samples as samples


def test_gradescope_gets_score_time_and_one_test_a_finding() -> None:
    data = as_data(samples.wrong().result)
    assert (data["score"], data["execution_time"], data["visibility"]) == (14, 3.2, "visible")
    assert [test["number"] for test in data["tests"]] == [
        "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "2.4", "2.5",
    ]  # fmt: skip


@pytest.mark.parametrize("made", [samples.right, samples.wrong, samples.blocked, samples.withheld, samples.hostile])
def test_the_tests_on_gradescope_add_up_to_the_score(made: Callable[[], Report]) -> None:
    data = as_data(made().result)
    assert sum(test["score"] for test in data["tests"]) == data["score"]
    assert sum(test["max_score"] for test in data["tests"]) == 25


def test_a_failed_finding_on_gradescope_has_message_and_hint() -> None:
    test = as_data(samples.wrong().result)["tests"][6]
    assert test["name"] == "Backpropagation: Backpropagation agrees with central differences"
    assert (test["status"], test["score"], test["max_score"]) == ("failed", 0, 6)
    assert test["output"].startswith(
        "W of layer 1, entry [3, 0] is 1.354, expected 0.01354\n\nWhat to try: The gradients"
    )
    assert test["output_format"] == test["name_format"] == "text"


def test_a_passed_finding_on_gradescope_is_passed() -> None:
    test = as_data(samples.right().result)["tests"][1]
    assert (test["status"], test["score"], test["output"], test["visibility"]) == ("passed", 2, "", "visible")


def test_withheld_points_are_explained_on_gradescope_without_our_machinery() -> None:
    data = as_data(samples.withheld().result)
    assert data["output"].startswith("22 of 25 points.\n3 points withheld. The grader had a fault here, not your code")
    assert data["tests"][-1]["output"].startswith("The grader had a fault here")
    assert "exit status" not in json.dumps(data)


def test_pending_points_are_explained_on_gradescope() -> None:
    report = samples.right()
    score = replace(report.score, marks=Marks(23, 25, pending=2))
    assert "2 points pending. A person reads" in as_data(replace(report, score=score).result)["output"]


def test_what_waits_for_a_person_is_neither_passed_nor_failed_on_gradescope() -> None:
    test = as_data(samples.notebooks().result)["tests"][4]
    assert not {"status", "score", "max_score"} & set(test)
    assert test["output"].startswith("Waits for a person: 2 points pending. A person reads this part of your work")
    assert test["tags"] == ["comparison_written", "pending"]


def test_pending_points_are_missing_from_what_the_tests_on_gradescope_add_up_to() -> None:
    data = as_data(samples.notebooks().result)
    assert sum(test.get("max_score", 0) for test in data["tests"]) == 8
    assert sum(test.get("score", 0) for test in data["tests"]) == data["score"] == 7


def test_what_only_staff_read_does_not_reach_gradescope() -> None:
    text = json.dumps(as_data(samples.notebooks().result))
    assert "Which network works better" not in text
    assert "plot_losses" not in text


def test_a_blocked_finding_on_gradescope_says_where_its_cause_is_told() -> None:
    tests = as_data(samples.blocked().result)["tests"]
    assert tests[0]["output"].startswith("mlp.py line 12: expected ':'\n\nWhat to try: Run python mlp.py")
    assert tests[1]["output"] == "The cause is told in 1.1: mlp.py can be imported and has a class MLP"


def test_a_blocked_finding_that_tells_a_cause_itself_says_that_it_was_not_looked_at() -> None:
    waits = samples.finding("layer_shapes", Verdict.BLOCKED, "there is no network")
    output = as_data(samples.report({"layer_shapes": waits}).result)["tests"][1]["output"]
    assert output == "Not looked at yet, because something it depends on did not pass: there is no network"


def test_the_overview_on_gradescope_counts_causes() -> None:
    output = as_data(samples.blocked().result)["output"]
    assert output.endswith("1 thing to put right:\n- mlp.py can be imported and has a class MLP (−25)")


def test_hostile_text_reaches_gradescope_as_plain_text_without_control_characters() -> None:
    text = json.dumps(as_data(samples.hostile().result), ensure_ascii=False)
    assert text.encode("utf-8")
    assert "\\\\x1b]52" in text
