"""Commands to copy from the page of a student: judging an attempt again, and running it once more."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from grader.filenames import HAND_INS
from grader.gradebook.standing import Standing
from grader.intake.classes import ARCHIVE_ENDINGS
from grader.runs import SubmissionFolder


def commands(folder: Path, standing: Standing) -> Iterator[tuple[str, str]]:
    """Yield what to say in a terminal to judge an attempt again, or to run it once more, each with what it does."""
    if not standing.folder:
        return
    yield "Judge what is kept again, by today's rubric; no code runs", _words("regrade", folder / standing.folder)
    assignment = SubmissionFolder(folder / standing.folder).data().get("assignment")
    handed_in = folder / HAND_INS / standing.student / str(standing.attempt)
    there = [path for ending in ("", *ARCHIVE_ENDINGS) if (path := handed_in / f"{standing.student}{ending}").exists()]
    if there and isinstance(assignment, str):
        # what is graded goes into a folder of the name that it has, which is that of the first attempt
        is_first = standing.folder == standing.student
        out = folder if is_first else Path(f"{standing.folder}-again")
        what = "Run it once more in the sandbox, from another seed"
        words = _words("grade", there[0], "--assignment", assignment, "--out", out, "--again")
        yield what if is_first else f"{what}, into a folder of its own", words


def _words(*words: object) -> str:
    return f"mlpgrader {shlex.join(map(str, words))}"
