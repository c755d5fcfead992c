"""Reading what students answered from kept evidence, where it is not kept beside the reports yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from grader import evidence
from grader.answers import Answer
from grader.errors import HarnessError
from grader.model import Finding, Result
from grader.report import markup
from grader.runs import kept_answers
from grader.runs.children import Children
from grader.runs.grading import Attempt, judged_by
from grader.runs.kept_answers import DECIDED, Answers
from grader.runs.overseeing import tried
from grader.runs.regrading import Today
from grader.runs.submission import SubmissionFolder
from grader.text import printable


def gather(
    run_dir: Path,
    folders: Iterable[str],
    today: Today,
    *,
    done: Callable[[int, int], None] = lambda _done, _of: None,
) -> dict[str, str]:
    """Read what was answered in these folders of a run where it is not kept beside the report yet, and keep it there.

    Each is read in a child of its own, so this has to be called before there are threads. `done` is told how many are read, of
    how many. Returns by folder why something could not be read.
    """
    answers = Answers(run_dir)
    missing = [name for name in dict.fromkeys(folders) if not answers.has(name)]
    failed: dict[str, str] = {}
    if not missing:
        return failed
    today.warm([SubmissionFolder(run_dir / missing[0])], pictures=False)
    markup.warm_up()
    with Children(today, partial(Today, today.given)) as children:
        for count, name in enumerate(missing, start=1):
            try:
                tried(children, _read, SubmissionFolder(run_dir / name))
            except HarnessError as error:
                failed[name] = printable(str(error))
            done(count, len(missing))
    return failed


def _read(today: Today, _teller: object, attempt: Attempt, folder: SubmissionFolder) -> None:
    read(folder, today, attempt)


def read(folder: SubmissionFolder, today: Today, attempt: Attempt | None = None) -> Mapping[str, Answer]:
    """Judge again what a person decides, keep what was answered there, and return it by check.

    Nothing else is judged. HarnessError when the evidence is damaged or the report is missing.
    """
    result = folder.result()
    if result is None:
        raise HarnessError(f"{folder.report}: is missing or damaged; grade the submission again")
    known = _known(result)
    kept, submission, name = evidence.load(folder.evidence)
    assignment, rubric = today.standard(folder, name)
    made = judged_by(attempt, submission, kept, assignment, rubric, known=known)
    return kept_answers.keep(folder, made, assignment.template)


def _known(result: Result) -> Mapping[str, Finding]:
    return {each.check: each for each in result.findings if each.verdict not in DECIDED}
