"""JUnit's XML of a class."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.exports.platforms.junit import NO_REPORT, written
from grader.exports.release import for_staff, released
from grader.model import Report, Verdict
from kit import class_folder as folders
from kit import platform_files as files
from kit import report_samples as samples


def xml(*made: Report) -> ET.Element:
    """Return the document on these reports."""
    results = {Path(each.submission.id): each.result for each in made}
    finals = [folders.final(path, result) for path, result in results.items()]
    return ET.fromstring(written(released(finals), results.get).content)


def test_an_item_is_a_suite_and_a_check_is_a_case() -> None:
    suites = xml(samples.wrong()).findall("testsuite")
    assert [(each.get("name"), each.get("tests"), each.get("failures")) for each in suites] == [
        ("bob: Forward pass", "6", "1"),
        ("bob: Backpropagation", "5", "2"),
    ]
    case = suites[1].find("testcase")
    assert case is not None
    assert (case.get("classname"), case.get("name")) == ("bob.backprop", "gradients_match")


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (Verdict.FAILED, "failure"), (Verdict.BLOCKED, "skipped"), (Verdict.PENDING, "skipped"), (Verdict.UNDECIDED, "error"),
    ],
)  # fmt: skip
def test_each_verdict_has_its_tag(verdict: Verdict, tag: str) -> None:
    made = samples.report({"forward_values": samples.finding("forward_values", verdict, "it is 2", "Add b.")})
    cases = {case.get("name"): case for case in xml(made).iter("testcase")}
    assert [each.tag for each in cases["forward_values"]] == ["properties", tag]
    assert [each.tag for each in cases["mlp_loads"]] == ["properties"]


def test_a_fault_of_the_grader_is_told_as_one() -> None:
    error = xml(samples.withheld()).find(".//error")
    assert error is not None
    assert error.get("message") == "a fault of the grader; the points are withheld"


def test_whatever_a_student_writes_is_valid_xml() -> None:
    words = f"{samples.HOSTILE}\ufffe\uffff\ufdd0 ]]> \0"
    made = samples.report(
        {"forward_values": samples.finding("forward_values", Verdict.FAILED, words)}, name="<&\ufffe>"
    )
    (failure,) = xml(made).iter("failure")
    assert "<script>" in (failure.text or "")


def test_staff_see_who_is_released() -> None:
    result = samples.right().result
    finals = [folders.final(Path("a"), result), folders.final(Path("a"), result, released=False)]
    root = ET.fromstring(written(for_staff(finals), lambda _: result).content)
    told = [each.get("value") for each in root.iterfind("testsuite/properties/property[@name='released']")]
    assert told == ["yes", "yes", "no", "no"]


def test_who_has_no_report_is_named() -> None:
    assert [each.why for each in written(released(files.finals()[:1]), lambda _: None).left_out] == [NO_REPORT]
