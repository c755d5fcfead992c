"""Asking student code again, in a regrade, what its evidence lacks or was asked otherwise, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from grader import evidence
from grader.errors import HarnessError
from grader.evidence import Asked
from grader.model import Evidence, Observation, Report, Rubric, SandboxSpec, Submission
from grader.pipeline import selection
from grader.runs import holding
from grader.runs.grading import Attempt, Bench, Ready, judged_by
from grader.runs.job import Job
from grader.runs.regrading import Today
from grader.runs.submission import SubmissionFolder
from grader.sandbox import Probe, observe
from grader.text import counted

# what evidence says of the size at which notebooks were run, where it says anything
SIZE, FULL = "size", "full"


@dataclass(frozen=True)
class Desk:
    """What judging again needs in each process: the standards of `today` and, where student code may be asked, a `bench`.

    `spec` says what containers are made with; the kind of sandbox is that of the evidence. `data` is where data sets are.
    """

    today: Today
    bench: Bench | None = None
    spec: SandboxSpec | None = None
    data: Path | None = None

    @classmethod
    def of(cls, rubric: Path | None, spec: SandboxSpec | None, data: Path | None = None) -> Desk:
        """Return a desk of its own for a process; without `spec`, nothing is asked."""
        return cls(Today(rubric), Bench(in_turn=True) if spec else None, spec, data)

    @property
    def another(self) -> Callable[[], Desk]:
        """What makes such a desk in another process."""
        return partial(Desk.of, self.today.given, self.spec, self.data)

    def sweep(self) -> None:
        """End what sandboxes of graders that are gone have left."""
        if self.bench:
            self.bench.sweep()

    def close(self) -> None:
        """End everything that runs in a sandbox."""
        if self.bench:
            self.bench.close()

    def ready(self, folder: SubmissionFolder) -> Ready:
        """Open and load what asking the submission in a folder needs; AuthorError says what is wrong with it.

        HarnessError where evidence does not say what it was asked, or nothing may be asked.
        """
        asked = evidence.asked(folder.evidence)
        if asked is None or self.bench is None or self.spec is None:
            raise HarnessError("it cannot be asked again: the evidence does not say in which sandbox it was asked")
        return self.bench.ready(
            Job(
                folder.path,
                folder.path.name,
                asked.assignment,
                items=asked.items,
                size=asked.facts.get(SIZE, FULL),
                data=self.data,
                sandbox=replace(self.spec, kind=asked.sandbox),
                rubric=self.today.file(folder, asked.assignment),
            )
        )

    def complete(
        self, folder: SubmissionFolder, wanted: Collection[str], attempt: Attempt, *, tell: Callable[[str], None]
    ) -> Report:
        """Ask the submission in a folder what is `wanted`, and judge the evidence with it, which is left in that of the attempt.

        `tell` is told the title of each question. HarnessError when the evidence is damaged.
        """
        if evidence.has(attempt.evidence):
            kept, submission, name = evidence.load(attempt.evidence)
        else:
            before, submission, name = evidence.load(folder.evidence)
            kept = completed(before, submission, wanted, self.ready(folder), tell=tell)
            evidence.save(kept, submission, attempt.evidence, assignment=name, durable=False)
        return judged_by(attempt, submission, kept, *self.today.standard(folder, name))


def lacking(folder: SubmissionFolder, today: Today) -> tuple[Probe, ...]:
    """Return the probes that today's checks read, of which the evidence in a folder has nothing, or something that was asked
    with another parameter than the rubric has now, or by another file of code than there is now.

    Where evidence does not say what it was asked, there are none.
    """
    asked = evidence.asked(folder.evidence)
    if asked is None:
        return ()
    assignment, rubric = today.standard(folder, asked.assignment)
    known = [item.id for item in rubric.items if item.id in asked.items]
    probes = selection.needed_probes(assignment, selection.only(rubric, known))
    judged_by, now = folder.judged_by, today.by_what(assignment, rubric)
    then = judged_by.checks if judged_by else {}
    return tuple(probe for probe in probes if _is_lacking(probe, asked, rubric) or _is_of_old(probe, then, now))


def told_of_lacking(wanted: Mapping[Path, Sequence[Probe]], *, asks: bool, writes: bool) -> Iterator[str]:
    """Yield what is to be said of what evidence lacks, by folder, and of what is completed where that is written."""
    if not wanted:
        return
    titles = ", ".join(dict.fromkeys(probe.title for probes in wanted.values() for probe in probes))
    what = (
        f"{counted(len(wanted), 'submission')}: today's checks read what was never asked, or asked otherwise ({titles})"
    )
    yield f"{what}; it is asked now" if asks else f"{what}; --ask asks that alone"
    if asks and writes:
        # by the key of evidence it is known what all of its probes ran with, and these have run with what is there today
        yield "the next `mlpgrader grade` of what is completed so runs all of its code once more; `mlpgrader regrade` does not"


def completed(
    kept: Evidence,
    submission: Submission,
    wanted: Collection[str],
    ready: Ready,
    *,
    tell: Callable[[str], None],
    ask: Callable[..., Evidence] = observe,
) -> Evidence:
    """Return the evidence with what the probes that are `wanted` see of the same files, from the same seed.

    What they come after is asked again with them, and what was kept of that stays.
    """
    assignment, parameters = ready.assignment, ready.rubric.parameters
    asked = [probe for probe in assignment.probes if probe.name in _with_what_comes_before(wanted, assignment.probes)]
    titles = {probe.name: probe.title for probe in asked}
    seen = ask(
        submission,
        asked,
        assignment.inside,
        launcher=ready.launcher,
        seed=kept.seed,
        limits=ready.rubric.limits,
        setting=replace(ready.setting, parameters=parameters),
        on_progress=lambda probe, event: tell(titles[probe]) if event == "start" else None,
        in_turn=True,
    )
    observations = {**kept.observations, **{each: _as_kept(seen.observations[each]) for each in wanted}}
    told = {name for probe in asked if probe.name in wanted for name in probe.parameters}
    return replace(
        kept,
        observations={each.name: observations[each.name] for each in assignment.probes if each.name in observations},
        seconds=kept.seconds + seen.seconds,
        facts={**seen.facts, **kept.facts},
        output=kept.output + seen.output,
        parameters={**kept.parameters, **{name: parameters[name] for name in told if name in parameters}},
    )


def _is_lacking(probe: Probe, asked: Asked, rubric: Rubric) -> bool:
    then, now = asked.parameters, rubric.parameters
    otherwise = any(name in then and name in now and then[name] != now[name] for name in probe.parameters)
    return otherwise or probe.name not in asked.probes


def _is_of_old(probe: Probe, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    name = holding.asked(probe.name)
    return name in then and then[name] != now[name]


def _with_what_comes_before(wanted: Collection[str], probes: Collection[Probe]) -> set[str]:
    after = {probe.name: probe.after for probe in probes}
    found, waiting = set[str](), list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += after[name]
    return found


def _as_kept(observation: Observation) -> Observation:
    try:
        return replace(observation, data=evidence.normalise(observation.data))
    except HarnessError as error:
        return replace(observation, data={}, fault=observation.fault or str(error))
