from __future__ import annotations

import pickle  # noqa: TID251  our own data, to travel between our own processes
from pathlib import Path
from typing import Any

import pytest

from grader.errors import AuthorError, HarnessError, IntakeError
from grader.model import SandboxSpec
from grader.runs import Failure, Graded, Job, Whose
from kit import report_samples as samples

JOB = Job(
    Path("alice.zip"),
    "alice",
    "byomlp",
    Path("graded/alice"),
    seed=3,
    items=("forward",),
    size="quick",
    data=Path("mnist"),
    sandbox=SandboxSpec("docker", "podman", "mine", "crun"),
)


def failed() -> Graded:
    """Return what came of a job that ended with an error that cannot travel itself."""

    class Odd(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__(f"{one} and {two}")

    with pytest.raises(Odd) as raised:
        raise Odd(1, 2)
    return Graded.failed(JOB, raised.value)


@pytest.mark.parametrize("what", [JOB, Graded(JOB, samples.wrong().result, key="k", judged="j"), failed()])
def test_jobs_and_what_comes_of_them_can_travel(what: Any) -> None:
    assert pickle.loads(pickle.dumps(what)) == what


def test_what_comes_of_a_job_is_small() -> None:
    assert len(pickle.dumps(Graded(JOB, samples.wrong().result))) < 10_000


@pytest.mark.parametrize(
    ("error", "whose"),
    [
        (IntakeError("alice: is empty"), Whose.SUBMISSION),
        (AuthorError("no room"), Whose.SETTING),
        (HarnessError("no container"), Whose.GRADER),
        (KeyError("W"), Whose.GRADER),
    ],
)
def test_an_error_says_what_has_to_change(error: Exception, whose: Whose) -> None:
    assert Failure.of(error).whose is whose


def test_a_failure_has_the_traceback_for_those_who_look_into_it() -> None:
    assert failed().error is not None
    assert "test_job.py" in failed().error.traceback  # type: ignore[union-attr]
