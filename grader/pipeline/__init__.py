"""From a path to a report: the five lines that everything else serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader import datasets, evidence, intake, report, scoring, template
from grader import rubric as rubrics
from grader.assignments import Assignment
from grader.checks import Around, run_checks
from grader.errors import AuthorError, IntakeError
from grader.evidence import Store
from grader.model import REDUCED, Evidence, Finding, Report, Rubric, Setting, Submission
from grader.notices import notices
from grader.pipeline import selection
from grader.pipeline.streaming import Stream
from grader.repairing.submission import repaired
from grader.sandbox import Launcher, observe

__all__ = ["Care", "ensure_items", "file_names", "grade", "judge", "load_rubric", "prepare", "receive"]


@dataclass(frozen=True)
class Care:
    """How a submission is judged that may be more than judging can take.

    Checks whose finding is `known` are not judged; what `around(name)` returns is entered while one of that name is. `seen`
    returns the evidence of an earlier attempt, if there is any, and `keep` is given that of this one before it is judged.
    """

    known: Mapping[str, Finding] = field(default_factory=dict)
    around: Around | None = None
    seen: Callable[[Submission], Evidence | None] = lambda _submission: None
    keep: Callable[[Evidence, Submission], None] = lambda _evidence, _submission: None


def grade(
    path: Path,
    assignment: Assignment,
    *,
    rubric: Rubric,
    launcher: Launcher,
    seed: int,
    items: Sequence[str] = (),
    setting: Setting | None = None,
    store: Store | None = None,
    on_progress: Callable[[str, str], None] | None = None,
    on_finding: Callable[[Finding], None] | None = None,
    care: Care | None = None,
    in_turn: bool = False,
) -> Report:
    """Run the submission at `path` in a sandbox, judge what was seen, and return the report.

    With `items`, only those rubric items count and only what they need is run. `setting` is what `prepare` returns for
    the same items; an assignment without notebooks needs none. Evidence that is in `store` is judged from there, and what is
    not is put there; `care` is how it is judged, and what is known already. `on_progress(probe, "start" | "end")`
    and `on_finding`, told each finding as soon as what it needs has been observed, are called from other threads, the
    latter never twice at a time. With `in_turn`, lanes of probes do not run side by side, for other submissions do. IntakeError
    when the submission cannot be read.
    """
    chosen = selection.only(rubric, items)
    setting, care = replace(setting or Setting(), parameters=rubric.parameters), care or Care()
    stream = Stream(
        selection.needed_checks(assignment, chosen),
        chosen.thresholds,
        seed=seed,
        on_finding=on_finding,
        parameters=chosen.parameters,
        known=care.known,
        around=care.around,
    )
    submission = receive(path, assignment, rubric, items=items)
    probes = selection.needed_probes(assignment, chosen)
    asked: dict[str, Any] = {"launcher": launcher, "seed": seed, "limits": rubric.limits, "setting": setting}
    key = evidence.key(submission, probes, assignment.inside, assignment=assignment.id, **asked) if store else ""
    seen = store.take(key, submission, probes, rubric.parameters) if store else care.seen(submission)
    if seen is None:
        seen = observe(
            submission,
            probes,
            assignment.inside,
            **asked,
            on_progress=on_progress,
            on_observation=stream.observed,
            in_turn=in_turn,
        )
        seen = replace(seen, observations=stream.observations(seen.observations))
        if store:
            store.keep(key, seen, submission, assignment=assignment.id)
    facts = {**seen.facts, **_facts(setting)}
    seen = replace(seen, facts=facts, items=tuple(items), parameters=rubric.parameters)
    care.keep(seen, submission)
    known = {**care.known, **stream.findings}
    made = judge(submission, seen, assignment, rubric, known=known, around=care.around)
    if on_finding and not stream.findings:
        for item in made.score.items:
            for scored in item.findings:
                on_finding(scored.finding)
    return made


def receive(path: Path, assignment: Assignment, rubric: Rubric, *, items: Sequence[str] = ()) -> Submission:
    """Read what was handed in at `path`, by the names that the rubric gives its files, with the assignment's own files over the
    student's copies and Python 2 repaired.

    IntakeError when it cannot be read, and when a file is missing that one of the probes cannot do without.
    """
    wanted = assignment.wanted_files(rubric.parameters)
    required = assignment.required_files(rubric.parameters)
    submission = intake.receive(path, required=required, wanted=wanted, provided=assignment.provided)
    asked = {probe.name for probe in selection.needed_probes(assignment, selection.only(rubric, items))}
    for each in wanted:
        if each.name in submission.missing and not asked.isdisjoint(each.needed_for):
            raise IntakeError(f"{submission.id}: {submission.missing[each.name]}")
    return repaired(submission, assignment.provided)


def file_names(assignment: Assignment, rubric: Rubric) -> tuple[str, ...]:
    """Return the names of all files that are asked for."""
    return tuple(each.name for each in assignment.wanted_files(rubric.parameters))


def prepare(
    assignment: Assignment, rubric: Rubric, *, size: str, data: Path | None = None, items: Sequence[str] = ()
) -> Setting:
    """Return the setting in which to grade at `size`, with data sets from the folder `data` or wherever they are.

    They are read, or drawn, only when a probe that `items` need asks for them. AuthorError when `data` does not hold them.
    """
    probes = selection.needed_probes(assignment, selection.only(rubric, items))
    if size not in assignment.sizes and any(probe.kernel and probe.data for probe in probes):
        plain = [item.id for item in rubric.items if not _has_notebooks(assignment, rubric, item.id)]
        raise AuthorError(
            f"--size {size}: notebooks cannot be trained at that size here: what does it is not in what students install; "
            f"grade in a checkout, leave notebooks out with --items {','.join(plain)}, or try them with --size "
            f"{assignment.sizes[0]}, which runs them on few images and says so"
        )
    asked = {probe.data for probe in probes}
    loaded = {each.name: datasets.load(each, data) for each in assignment.data if each.name in asked}
    if not assignment.size_numbers:
        return Setting(size, data=loaded, parameters=rubric.parameters)
    return Setting(size, rubric.sizes[size], rubric.sizes[REDUCED], loaded, rubric.parameters)


def _has_notebooks(assignment: Assignment, rubric: Rubric, item: str) -> bool:
    return any(probe.kernel for probe in selection.needed_probes(assignment, selection.only(rubric, [item])))


def _facts(setting: Setting) -> dict[str, str]:
    if not setting.data:
        return {}
    size = {"size": setting.size} if setting.numbers else {}
    return {**size, "data": " and ".join(each.title for each in setting.data.values())}


def judge(
    submission: Submission,
    evidence: Evidence,
    assignment: Assignment,
    rubric: Rubric,
    *,
    known: Mapping[str, Finding] | None = None,
    around: Around | None = None,
) -> Report:
    """Judge evidence by the rubric and return the report; no student code runs.

    Only the items that the evidence was gathered for count. Checks whose finding is `known` are not judged again. What
    `around(name)` returns is entered while a check of that name is judged.
    """
    chosen = selection.only(rubric, evidence.items)
    checks = selection.needed_checks(assignment, chosen)
    findings = run_checks(checks, evidence, chosen.thresholds, known, parameters=chosen.parameters, around=around)
    return report.compose(
        submission,
        scoring.score(chosen, findings),
        evidence,
        assignment=assignment.id,
        assignment_title=assignment.title,
        rubric_digest=rubric.digest,
        unwritten=template.unwritten(submission.files),
        notices=notices(submission, evidence, provided=assignment.provided),
    )


def load_rubric(assignment: Assignment, path: Path | None = None) -> Rubric:
    """Read the rubric that goes with the assignment, or the one at `path`; AuthorError when anything in it is wrong."""
    return rubrics.load(
        path or assignment.rubric,
        assignment=assignment.id,
        checks=assignment.check_thresholds,
        size_numbers=assignment.size_numbers,
        parameters=assignment.parameters,
    )


def ensure_items(rubric: Rubric, items: Sequence[str]) -> None:
    """Refuse items that the rubric does not have, naming those that it has."""
    selection.only(rubric, items)
