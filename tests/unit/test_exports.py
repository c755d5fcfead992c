from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.exports import gradescope, summary_csv, summary_json
from grader.model import Marks, Report
from kit import report_samples as samples


def rows(text: str) -> list[list[str]]:
    """Return the cells of a CSV text."""
    return list(csv.reader(io.StringIO(text)))


def named(name: str) -> Report:
    """Return the report of a submission of that name."""
    return samples.report(name=name)


def test_gradescope_gets_score_time_and_one_test_a_finding() -> None:
    data = gradescope(samples.wrong())
    assert (data["score"], data["execution_time"], data["visibility"]) == (14, 3.2, "visible")
    assert [test["number"] for test in data["tests"]] == [
        "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "2.4", "2.5",
    ]  # fmt: skip


@pytest.mark.parametrize("made", [samples.right, samples.wrong, samples.blocked, samples.withheld, samples.hostile])
def test_the_tests_on_gradescope_add_up_to_the_score(made: Callable[[], Report]) -> None:
    data = gradescope(made())
    assert sum(test["score"] for test in data["tests"]) == data["score"]
    assert sum(test["max_score"] for test in data["tests"]) == 25


def test_a_failed_finding_on_gradescope_has_message_and_hint() -> None:
    test = gradescope(samples.wrong())["tests"][6]
    assert test["name"] == "Backpropagation: Backpropagation agrees with central differences"
    assert (test["status"], test["score"], test["max_score"]) == ("failed", 0, 6)
    assert test["output"].startswith(
        "W of layer 1, entry [3, 0] is 1.354, expected 0.01354\n\nWhat to try: The gradients"
    )
    assert test["output_format"] == test["name_format"] == "text"


def test_a_passed_finding_on_gradescope_is_passed() -> None:
    test = gradescope(samples.right())["tests"][1]
    assert (test["status"], test["score"], test["output"], test["visibility"]) == ("passed", 2, "", "visible")


def test_withheld_points_are_explained_on_gradescope_without_our_machinery() -> None:
    data = gradescope(samples.withheld())
    assert data["output"].startswith("22 of 25 points.\n3 points withheld. The grader had a fault here, not your code")
    assert data["tests"][-1]["output"].startswith("The grader had a fault here")
    assert "exit status" not in json.dumps(data)


def test_pending_points_are_explained_on_gradescope() -> None:
    report = samples.right()
    score = replace(report.score, marks=Marks(23, 25, pending=2))
    assert "2 points pending. A person reads" in gradescope(replace(report, score=score))["output"]


def test_what_waits_for_a_person_is_neither_passed_nor_failed_on_gradescope() -> None:
    test = gradescope(samples.notebooks())["tests"][4]
    assert not {"status", "score", "max_score"} & set(test)
    assert test["output"].startswith("Waits for a person: 2 points pending. A person reads this part of your work")
    assert test["tags"] == ["comparison_written", "pending"]


def test_pending_points_are_missing_from_what_the_tests_on_gradescope_add_up_to() -> None:
    data = gradescope(samples.notebooks())
    assert sum(test.get("max_score", 0) for test in data["tests"]) == 8
    assert sum(test.get("score", 0) for test in data["tests"]) == data["score"] == 7


def test_what_only_staff_read_does_not_reach_gradescope() -> None:
    text = json.dumps(gradescope(samples.notebooks()))
    assert "Which network works better" not in text
    assert "plot_losses" not in text


def test_a_class_as_csv_tells_pending_from_withheld() -> None:
    assert rows(summary_csv([samples.notebooks()], {}))[1] == ["nora", "7", "10", "2", "0", "3", "4", ""]


def test_a_blocked_finding_on_gradescope_says_what_it_waits_for() -> None:
    output = gradescope(samples.blocked())["tests"][1]["output"]
    assert output.startswith("Not looked at yet, because something it depends on did not pass: mlp.py line 12")


def test_hostile_text_reaches_gradescope_as_plain_text_without_control_characters() -> None:
    text = json.dumps(gradescope(samples.hostile()), ensure_ascii=False)
    assert text.encode("utf-8")
    assert "\\\\x1b]52" in text


def test_a_class_as_csv_has_one_row_a_submission_in_order_of_names() -> None:
    table = rows(summary_csv([samples.wrong(), samples.right()], {"carl": "no mlp.py"}))
    assert table == [
        ["id", "earned", "possible", "pending", "withheld", "forward", "backprop", "error"],
        ["alice", "25", "25", "0", "0", "10", "15", ""],
        ["bob", "14", "25", "0", "0", "8", "6", ""],
        ["carl", "", "", "", "", "", "", "no mlp.py"],
    ]


def test_a_class_as_csv_ends_its_lines_with_a_line_feed_only() -> None:
    text = summary_csv([samples.right()], {"eve": "a\r\nb"})
    assert text.endswith("\n")
    assert "\r" not in text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-a", "@SUM(A1)", " =1+1", "＝1+1", "\t=1", "\r=1"])
def test_a_name_is_never_a_formula(name: str) -> None:
    cell = rows(summary_csv([named(name)], {}))[1][0]
    assert cell.startswith(("'", "\\t", "\\r"))


def test_a_formula_is_neutralised_after_a_semicolon_too() -> None:
    assert rows(summary_csv([], {"a;=1+1": "b; @x"}))[1] == ["a;'=1+1", "", "", "", "", "b;' @x"]


@pytest.mark.parametrize("name", ["-5", "+7", "12", "1e5", "-0.5"])
def test_a_plain_number_stays_one(name: str) -> None:
    assert rows(summary_csv([named(name)], {}))[1][0] == name


@pytest.mark.parametrize("name", ["alice", "Zoë, née 'O''Brien'", '"quoted"', "a=b", "x-y"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert rows(summary_csv([named(name)], {}))[1][0] == name


def test_a_class_of_nobody_as_csv_is_its_header() -> None:
    assert summary_csv([], {}) == "id,earned,possible,pending,withheld,error\n"


def test_a_class_as_json_tells_graded_from_unread() -> None:
    data = summary_json([samples.withheld()], {"eve": "not a zip"})
    assert data["schema"] == "mlpgrader.summary/1"
    assert data["failures"] == [{"id": "eve", "error": "not a zip"}]
    assert data["submissions"] == [
        {
            "id": "dora", "earned": 22, "possible": 25, "pending": 0, "withheld": 3,
            "items": {"forward": 10, "backprop": 12},
        }
    ]  # fmt: skip


def test_a_failure_without_a_reason_is_still_a_failure() -> None:
    assert summary_json([], {"eve": ""})["failures"] == [{"id": "eve", "error": "could not be read"}]
