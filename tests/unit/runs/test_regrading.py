from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.assignments import Assignment
from grader.errors import AuthorError
from grader.model import Parameter, Rubric
from grader.runs import SubmissionFolder, Today, judge, rubric_to_keep, told
from kit import small_assignment as small

MODULE, DICE = small.ASSIGNMENT.probes
ASSIGNMENT = replace(
    small.ASSIGNMENT, probes=(MODULE, replace(DICE, parameters=("name",))), parameters={"name": "x", "free": 1.0}
)
ASKED: dict[str, Parameter] = {"name": "answer", "free": 1.0}
THEIRS = b"# a rubric of their own"


def today(given: Path | None = None, **parameters: Any) -> Today:
    """Return the small assignment, whose rubric has these parameters besides those that were asked with."""

    def load(_: Assignment, path: Path | None) -> Rubric:
        if path and path.read_bytes() == b"nonsense":
            raise AuthorError("rubric.toml: is nonsense")
        source = path.read_bytes() if path else b""
        return replace(small.RUBRIC, parameters={**ASKED, **parameters}, source=source)

    return Today(given, lambda name: ASSIGNMENT, load)


def graded(path: Path, *, rubric: bytes = b"", parameters: dict[str, Parameter] = ASKED) -> SubmissionFolder:
    """Return the folder of a right submission that was asked with these parameters and judged by this rubric."""
    folder, made = SubmissionFolder(path / "alice"), small.report()
    folder.deliver(replace(made, evidence=replace(made.evidence, parameters=parameters)), rubric=rubric)
    return folder


def test_what_was_judged_by_a_rubric_of_its_own_is_judged_by_it_again(tmp_path: Path) -> None:
    folder = graded(tmp_path, rubric=THEIRS)
    made = judge(folder, today())
    assert rubric_to_keep(folder, made, today()) == THEIRS
    (said,) = told([folder], today())
    assert "alice: judged by the rubric that was given with --rubric before" in said
    assert "--rubric small for the assignment's own" in said


def test_a_rubric_that_is_given_takes_the_place_of_the_kept_one(tmp_path: Path) -> None:
    folder, other = graded(tmp_path, rubric=THEIRS), tmp_path / "other.toml"
    other.write_bytes(b"# another one")
    assert told([folder], today(other)) == []
    folder.publish(small.report(), rubric=rubric_to_keep(folder, small.report(), today(other)))
    assert folder.rubric
    assert folder.rubric.read_bytes() == b"# another one"


def test_the_assignments_id_stands_for_its_own_rubric(tmp_path: Path) -> None:
    folder = graded(tmp_path, rubric=THEIRS)
    assert rubric_to_keep(folder, small.report(), today(Path("small"))) == b""
    folder.publish(small.report())
    assert folder.rubric is None


def test_a_kept_rubric_goes_where_its_grading_goes(tmp_path: Path) -> None:
    folder = graded(tmp_path, rubric=THEIRS)
    folder.deliver(small.report(), again=True)
    (earlier,) = folder.earlier
    assert (earlier.rubric is None, folder.rubric is None) == (False, True)


def test_a_kept_rubric_that_does_not_fit_any_more_is_named_with_the_way_out(tmp_path: Path) -> None:
    folder = graded(tmp_path, rubric=b"nonsense")
    with pytest.raises(AuthorError, match=r"is nonsense\n.*alice.*does not fit the checks of today; give another one"):
        judge(folder, today())


def test_items_that_were_asked_with_another_parameter_are_named_with_what_to_do(tmp_path: Path) -> None:
    said = told([graded(tmp_path)], today(name="reply"))
    assert said[:2] == [
        "these were asked with other parameters than the rubric has now:",
        "  name was 'answer' and is 'reply': luck of alice",
    ]
    assert f"grade the submissions again: mlpgrader grade SUBMISSION --out {tmp_path}" in said[2]


def test_a_parameter_that_checks_alone_are_given_changes_nothing_of_what_was_asked(tmp_path: Path) -> None:
    assert told([graded(tmp_path)], today(free=2.0)) == []


def test_evidence_that_does_not_say_what_it_was_asked_with_is_judged_as_it_is(tmp_path: Path) -> None:
    assert told([graded(tmp_path, parameters={})], today(name="reply")) == []


def test_a_list_comes_back_from_evidence_as_it_was(tmp_path: Path) -> None:
    folder = graded(tmp_path, parameters={**ASKED, "name": ("a", "b")})
    assert told([folder], today(name=("a", "b"))) == []
    assert "name was ['a', 'b'] and is ['a', 'c']" in told([folder], today(name=("a", "c")))[1]
