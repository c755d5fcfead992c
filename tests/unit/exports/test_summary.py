from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from grader.exports.summary import Row, as_csv, as_data
from grader.model import Report
from kit import report_samples as samples


def rows(text: str) -> list[list[str]]:
    """Return the cells of a CSV text."""
    return list(csv.reader(io.StringIO(text)))


def table(reports: list[Report], failures: dict[str, str]) -> list[Row]:
    """Return the rows of a class."""
    return [*(Row.of(report.result) for report in reports), *map(Row.failed, failures, failures.values())]


def named(name: str) -> Report:
    """Return the report of a submission of that name."""
    return samples.report(name=name)


def test_a_class_as_csv_tells_pending_from_withheld() -> None:
    assert rows(as_csv(table([samples.notebooks()], {})))[1] == ["nora", "7", "10", "2", "0", "3", "4", ""]


def test_a_class_as_csv_has_one_row_a_submission_in_order_of_names() -> None:
    cells = rows(as_csv(table([samples.wrong(), samples.right()], {"carl": "no mlp.py"})))
    assert cells == [
        ["id", "earned", "possible", "pending", "withheld", "forward", "backprop", "error"],
        ["alice", "25", "25", "0", "0", "10", "15", ""],
        ["bob", "14", "25", "0", "0", "8", "6", ""],
        ["carl", "", "", "", "", "", "", "no mlp.py"],
    ]


def test_names_stand_beside_ids_where_they_are_known() -> None:
    alice, carl = replace(Row.of(samples.right().result), name="=Liddell, Alice"), Row.failed("carl", "no mlp.py")
    assert [row[:3] for row in rows(as_csv([alice, carl]))] == [
        ["id", "name", "earned"],
        ["alice", "'=Liddell, Alice", "25"],
        ["carl", "", ""],
    ]
    assert as_data([alice])["submissions"][0]["name"] == "=Liddell, Alice"
    assert "name" not in as_data([carl])["failures"][0]


def test_a_class_as_csv_ends_its_lines_with_a_line_feed_only() -> None:
    text = as_csv(table([samples.right()], {"eve": "a\r\nb"}))
    assert text.endswith("\n")
    assert "\r" not in text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-a", "@SUM(A1)", " =1+1", "＝1+1", "\t=1", "\r=1"])
def test_a_name_is_never_a_formula(name: str) -> None:
    cell = rows(as_csv(table([named(name)], {})))[1][0]
    assert cell.startswith(("'", "\\t", "\\r"))


def test_a_formula_is_neutralised_after_a_semicolon_too() -> None:
    assert rows(as_csv(table([], {"a;=1+1": "b; @x"})))[1] == ["a;'=1+1", "", "", "", "", "b;' @x"]


@pytest.mark.parametrize("name", ["-5", "+7", "12", "1e5", "-0.5"])
def test_a_plain_number_stays_one(name: str) -> None:
    assert rows(as_csv(table([named(name)], {})))[1][0] == name


@pytest.mark.parametrize("name", ["alice", "Zoë, née 'O''Brien'", '"quoted"', "a=b", "x-y"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert rows(as_csv(table([named(name)], {})))[1][0] == name


def test_a_class_of_nobody_as_csv_is_its_header() -> None:
    assert as_csv(table([], {})) == "id,earned,possible,pending,withheld,error\n"


def test_a_class_as_json_tells_graded_from_unread() -> None:
    data = as_data(table([samples.withheld()], {"eve": "not a zip"}))
    assert data["schema"] == "mlpgrader.summary/1"
    assert data["failures"] == [{"id": "eve", "error": "not a zip", "attempt": 1}]
    assert data["submissions"] == [
        {
            "id": "dora", "earned": 22, "possible": 25, "pending": 0, "withheld": 3,
            "items": {"forward": 10, "backprop": 12}, "attempt": 1,
        }
    ]  # fmt: skip


def test_a_failure_without_a_reason_is_still_a_failure() -> None:
    assert as_data(table([], {"eve": ""}))["failures"] == [{"id": "eve", "error": "could not be read", "attempt": 1}]
