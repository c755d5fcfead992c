"""Judging what a run has kept again: by which rubric, and what it answers no more."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader import assignments, evidence, pipeline, report, scoring
from grader.assignments import Assignment
from grader.errors import AuthorError, HarnessError
from grader.model import Finding, Parameter, Report, Result, Rubric
from grader.pipeline import selection
from grader.report.document import result_of
from grader.runs import holding, kept_answers
from grader.runs.grading import Attempt, differing, judged_by
from grader.runs.holding import JudgedBy
from grader.runs.submission import SubmissionFolder
from grader.text import listed, printable

# of submissions and of entries of a list, so many are named
NAMED = 3


@dataclass
class Today:
    """The assignments and rubrics of today: the rubric that was `given`, else the one that is kept with a submission, else the
    assignment's own, which can be given by the assignment's id. `find` and `load_rubric` are how they are come by.
    """

    given: Path | None = None
    find: Callable[[str], Assignment] = assignments.find
    load_rubric: Callable[[Assignment, Path | None], Rubric] = pipeline.load_rubric
    _known: dict[tuple[str, bytes], tuple[Assignment, Rubric]] = field(default_factory=dict)
    _by_what: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def standard(self, folder: SubmissionFolder, name: str) -> tuple[Assignment, Rubric]:
        """Return the assignment of that id and the rubric by which the submission in a folder is judged; AuthorError when that
        is wrong.
        """
        kept = None if self.given else folder.rubric
        key = name, kept.read_bytes() if kept else b""
        if key not in self._known:
            assignment = self.find(name)
            try:
                self._known[key] = assignment, self.load_rubric(assignment, self.file(folder, name))
            except AuthorError as error:
                if not kept:
                    raise
                raise AuthorError(
                    f"{error}\n{kept}: the rubric that was graded by does not fit the checks of today; give another one "
                    "with --rubric"
                ) from error
        return self._known[key]

    def file(self, folder: SubmissionFolder, name: str) -> Path | None:
        """Return the file of that rubric; None for the assignment's own."""
        return self._given(name) if self.given else folder.rubric

    def by_what(self, assignment: Assignment, rubric: Rubric) -> Mapping[str, str]:
        """Return by what each check is judged today, as `holding.by_what` does."""
        key = assignment.id, rubric.digest
        if key not in self._by_what:
            self._by_what[key] = holding.by_what(assignment, rubric)
        return self._by_what[key]

    def warm(self, folders: Sequence[SubmissionFolder], *, pictures: bool) -> None:
        """Load what judging the first of these needs, so that copies of this process need not; and what draws `pictures`."""
        name = folders[0].data().get("assignment") if folders else None
        # what is wrong with it is said when it is judged
        with contextlib.suppress(AuthorError):
            if isinstance(name, str):
                self.by_what(*self.standard(folders[0], name))
        report.warm_up(pictures=pictures)

    def _given(self, name: str) -> Path | None:
        return None if self.given and str(self.given) == name and not self.given.exists() else self.given


def judge(folder: SubmissionFolder, today: Today, attempt: Attempt | None = None) -> Report:
    """Judge the evidence that is kept in a folder; HarnessError when it is damaged."""
    kept, submission, name = evidence.load(folder.evidence)
    return judged_by(attempt, submission, kept, *today.standard(folder, name))


@dataclass(frozen=True)
class Before:
    """What lies in a folder before its evidence is judged again, read once: the report as data, empty where there is none, the
    result that it tells of, and by what its checks were judged.
    """

    folder: SubmissionFolder
    data: Mapping[str, Any]
    result: Result | None
    judged_by: JudgedBy | None

    @classmethod
    def of(cls, folder: SubmissionFolder) -> Before:
        """Read it."""
        data = folder.data()
        return cls(folder, data, result_of(data), folder.judged_by)

    def held(self, today: Today) -> Result | None:
        """Return what judging the evidence comes to where every finding of the report holds; None where one does not.

        Nothing is judged, and evidence is not taken apart.
        """
        if self.result is None or (chosen := self._chosen(today)) is None:
            return None
        try:
            score = scoring.score(chosen, self.holding(today).values())
        except HarnessError:
            # of a check nothing is known
            return None
        return replace(self.result, rubric_digest=chosen.digest, marks=score.marks, items=score.items)

    def holding(self, today: Today) -> dict[str, Finding]:
        """Return the findings that hold, by check."""
        chosen = self._chosen(today)
        if self.result is None or self.judged_by is None or chosen is None:
            return {}
        assignment, rubric = today.standard(self.folder, self.result.assignment)
        return holding.holding(self.result, self.judged_by, today.by_what(assignment, rubric), assignment, chosen)

    def stays(self, now: Result, today: Today) -> bool:
        """Return whether the reports say what they would say if they were made from that result today."""
        standard = today.standard(self.folder, now.assignment)
        pages = today.by_what(*standard)[holding.PAGES]
        rubric = self.folder.rubric.read_bytes() if self.folder.rubric else b""
        told = report.as_json(now)
        return bool(
            self.judged_by
            and self.judged_by.checks.get(holding.PAGES) == pages
            and self.folder.is_whole
            and rubric == differing(*standard)
            and all(told.get(each) == self.data.get(each) for each in ("grader_version", "score", "items", "notices"))
        )

    def confirm(self, now: Result, today: Today) -> None:
        """Note that the findings of the report hold by what checks are judged by today."""
        items = self.judged_by.items if self.judged_by else ()
        self.folder.note(self.by_what(today, now.assignment), items)

    def by_what(self, today: Today, name: str, *, asked: Collection[str] = ()) -> dict[str, str]:
        """Return by what each check of the assignment called `name` is judged today and each probe was asked: those that were
        `asked` now by what it is today.
        """
        now = today.by_what(*today.standard(self.folder, name))
        fresh = {holding.asked(each) for each in asked}
        then = self.judged_by.checks if self.judged_by else {}
        return {
            **{each: digest for each, digest in now.items() if not each.startswith(holding.ASKED) or each in fresh},
            **{each: digest for each, digest in then.items() if each.startswith(holding.ASKED) and each not in fresh},
        }

    def _chosen(self, today: Today) -> Rubric | None:
        if self.result is None or self.judged_by is None:
            return None
        _, rubric = today.standard(self.folder, self.result.assignment)
        try:
            return selection.only(rubric, self.judged_by.items)
        except AuthorError:
            # an item is gone
            return None


def judge_in_brief(before: Before, today: Today, attempt: Attempt | None = None) -> Result:
    """Judge the checks whose findings do not hold any more, and return what comes of all; HarnessError for damaged evidence.

    Of the evidence only what these read is taken apart; what staff were told to look at stands as it was told.
    """
    holds = before.holding(today)
    if before.result is None or not holds:
        return judge(before.folder, today, attempt).result
    assignment, _ = today.standard(before.folder, before.result.assignment)
    read = {name for each in assignment.checks if each.name not in holds for name in each.reads}
    kept, submission, name = evidence.load(before.folder.evidence, only=read)
    made = judged_by(attempt, submission, kept, *today.standard(before.folder, name), known=holds).result
    return replace(made, notices=before.result.notices)


def republish(folder: SubmissionFolder, made: Report, today: Today) -> None:
    """Write the reports that were judged again, with all that stands on them."""
    assignment, _ = today.standard(folder, made.assignment)
    by_what = Before.of(folder).by_what(today, made.assignment)
    folder.publish(made, rubric=rubric_to_keep(folder, made, today), by_what=by_what)
    kept_answers.keep(folder, made, assignment.template)


def rubric_to_keep(folder: SubmissionFolder, made: Report, today: Today) -> bytes:
    """Return the file of the rubric that a report was made by, as `SubmissionFolder.publish` keeps it."""
    return differing(*today.standard(folder, made.assignment))


@dataclass(frozen=True)
class Otherwise:
    """A parameter that was another one when evidence was gathered: what it was, what it is, and the items that need it."""

    name: str
    then: Parameter
    now: Parameter
    items: tuple[str, ...]


def asked_otherwise(folder: SubmissionFolder, today: Today, *, asks: bool = False) -> tuple[Otherwise, ...]:
    """Return the parameters by which student code was asked something else than it would be by the rubric of today.

    With `asks`, without those that it is asked with again. Where evidence does not say what it was asked with, there are none.
    """
    asked = evidence.asked(folder.evidence)
    if asked is None:
        return ()
    assignment, rubric = today.standard(folder, asked.assignment)
    then, now = asked.parameters, rubric.parameters
    chosen = selection.only(rubric, [item.id for item in rubric.items if item.id in asked.items])
    settled = {name for probe in assignment.probes for name in probe.parameters if asks}
    changed = [name for name, value in now.items() if name in then and then[name] != value and name not in settled]
    needing = {name: _items(assignment, chosen, name) for name in changed}
    return tuple(Otherwise(name, then[name], now[name], items) for name, items in needing.items() if items)


def _items(assignment: Assignment, rubric: Rubric, parameter: str) -> tuple[str, ...]:
    """Return the items for which something is asked that depends on a parameter."""
    asked = {probe.name for probe in assignment.probes if parameter in probe.parameters}
    asked |= {probe for each in assignment.wanted if each.name == parameter for probe in each.needed_for}
    ids = (item.id for item in rubric.items)
    return tuple(
        each
        for each in ids
        if any(probe.name in asked for probe in selection.needed_probes(assignment, selection.only(rubric, [each])))
    )


def told(folders: Iterable[SubmissionFolder], today: Today, *, asks: bool = False) -> list[str]:
    """Return what is to be said before these are judged again: by which kept rubrics, and what was asked otherwise.

    Where one `asks` again, only what cannot be asked of files that are kept: which files they were to be.
    """
    kept: dict[bytes, list[SubmissionFolder]] = {}
    otherwise: dict[Otherwise, list[SubmissionFolder]] = {}
    for folder in folders:
        if folder.rubric and not today.given:
            kept.setdefault(folder.rubric.read_bytes(), []).append(folder)
        for each in asked_otherwise(folder, today, asks=asks):
            otherwise.setdefault(each, []).append(folder)
    said = [_kept(found) for found in kept.values()]
    if otherwise:
        said += ["these were asked with other parameters than the rubric has now:"]
        said += [_told(each, found) for each, found in otherwise.items()]
        said += [
            "  what student code answered then is all that can be judged, and these items may come out wrong; grade the "
            f"submissions again: mlpgrader grade SUBMISSION --out {_out(otherwise)}"
            + (f" --rubric {shlex.quote(str(today.given))}" if today.given else "")
        ]
    return said


def _kept(folders: Sequence[SubmissionFolder]) -> str:
    asked = evidence.asked(folders[0].evidence)
    own = f", --rubric {asked.assignment} for the assignment's own" if asked else ""
    return (
        f"{_some(folders)}: judged by the rubric that was given with --rubric before, kept in "
        f"{printable(str(folders[0].rubric))}; --rubric FILE is for another one{own}"
    )


def _told(each: Otherwise, folders: Sequence[SubmissionFolder]) -> str:
    what = f"{each.name} was {_in_words(each.then)} and is {_in_words(each.now)}"
    return f"  {what}: {', '.join(each.items)} of {_some(folders)}"


def _in_words(value: Parameter) -> str:
    if isinstance(value, tuple):
        return f"[{listed([printable(repr(each)) for each in value], 2 * NAMED)}]"
    return printable(repr(value)) if isinstance(value, str) else f"{value:g}"


def _some(folders: Sequence[SubmissionFolder]) -> str:
    return listed([printable(each.path.resolve().name) for each in folders], NAMED)


def _out(otherwise: Mapping[Otherwise, Sequence[SubmissionFolder]]) -> str:
    folder = next(iter(otherwise.values()))[0]
    return shlex.quote(str(folder.path.resolve().parent))
