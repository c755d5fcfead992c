"""The unit of work of a run: a `Job` that can travel to another process or machine, and what comes back, `Graded`."""

from __future__ import annotations

import secrets
import traceback
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from grader.errors import AuthorError, HarnessError, IntakeError
from grader.model import Result, SandboxSpec

# what is said of a job that is asked for every item
ALL = "all"


@dataclass(frozen=True)
class Job:
    """One submission to grade: where it lies, and all that makes a difference to what comes of it.

    Without a `seed` a fresh one is drawn when it is graded. Evidence and reports go into `folder`; without one nothing is
    written. `public` is a self-check: the items that students may see. `kept` says that the folder holds evidence that is
    still true, so that it is judged and not run. `rubric` is a file to grade by instead of the assignment's own.
    `again` says that the folder holds the grading of something else that was handed in under this id before, which is kept.
    """

    path: Path
    id: str
    assignment: str
    folder: Path | None = None
    seed: int | None = None
    items: tuple[str, ...] = ()
    size: str = "full"
    data: Path | None = None
    sandbox: SandboxSpec = field(default_factory=SandboxSpec)
    public: bool = False
    kept: bool = False
    rubric: Path | None = None
    again: bool = False

    @property
    def any_seed(self) -> int:
        """The seed that it is graded from: a fresh one each time where none is given."""
        return secrets.randbits(32) if self.seed is None else self.seed

    @property
    def asked(self) -> str:
        """The items that it is graded for, in words that can be compared."""
        return ",".join(sorted(self.items)) or ALL


class Whose(StrEnum):
    """What has to change before there can be a result."""

    SUBMISSION = "submission"
    GRADER = "grader"
    # what this one met, every other one would meet as well
    SETTING = "setting"


@dataclass(frozen=True)
class Failure:
    """Why there is no result: a message for people, and for those who look into it the traceback."""

    whose: Whose
    message: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Return what an error says about the submission that met it."""
        told = "".join(traceback.format_exception(error))
        if isinstance(error, IntakeError):
            return cls(Whose.SUBMISSION, str(error), told)
        if isinstance(error, AuthorError):
            return cls(Whose.SETTING, str(error), told)
        if isinstance(error, HarnessError):
            return cls(Whose.GRADER, str(error), told)
        said = f"this is a fault of the grader: {type(error).__name__}: {error}; run again with --debug"
        return cls(Whose.GRADER, said, told)


@dataclass(frozen=True)
class Graded:
    """What came of a job: a result, or why there is none.

    `key` stands for the evidence that it was judged from, `judged` for what it was judged by.
    """

    job: Job
    result: Result | None = None
    error: Failure | None = None
    key: str = ""
    judged: str = ""

    @classmethod
    def failed(cls, job: Job, error: BaseException) -> Graded:
        """Return what came of a job that ended with `error`."""
        return cls(job, error=Failure.of(error))
