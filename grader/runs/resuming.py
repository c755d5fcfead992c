"""Going on with a run: which jobs are done already, which need only judging, and which have to be run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grader.errors import IntakeError
from grader.runs.folder import RunFolder
from grader.runs.grading import Bench
from grader.runs.job import Graded, Job


@dataclass(frozen=True)
class Plan:
    """What of a run is `done`, and the jobs that are still `to_do`: those with evidence that is still true are `kept`."""

    done: tuple[Graded, ...]
    to_do: tuple[Job, ...]

    @property
    def kept(self) -> int:
        """How many are judged from evidence that an earlier run has left."""
        return sum(job.kept for job in self.to_do)


def planned(
    jobs: Sequence[Job],
    folder: RunFolder,
    bench: Bench,
    *,
    anew: bool = False,
    look: Callable[[Job], tuple[str, str]] | None = None,
) -> Plan:
    """Say which of these jobs are done, by what is noted in the folder of the run and lies there.

    `look` is what looks at a submission of which something is noted, as `Bench.look` does.

    One is done when its evidence was asked for just as it would be now, was judged by today's rubric and checks, and no
    points are withheld. Where only the latter have changed, the evidence is still true. With `anew` nothing is done.
    """
    found = [_looked_up(job, folder, bench, look or bench.look, anew=anew) for job in jobs]
    return Plan(
        tuple(each for each in found if isinstance(each, Graded)),
        tuple(each for each in found if isinstance(each, Job)),
    )


def _looked_up(
    job: Job, folder: RunFolder, bench: Bench, look: Callable[[Job], tuple[str, str]], *, anew: bool
) -> Graded | Job:
    key, entry = folder.key(job.id), folder.entries.get(job.id)
    before = entry.digest if entry else ""
    if not before and not key:
        return job
    try:
        digest, now = look(job)
    except IntakeError:
        return replace(job, again=bool(before))
    if before and before != digest:
        return replace(job, again=True)
    if anew or not key or key != now:
        return job
    marks = entry.row.marks if entry else None
    if marks and marks.withheld:
        return job
    judged = bench.judged(job)
    result = folder.of(job.id).result() if entry and entry.judged == judged else None
    return Graded(job, result, key=key, judged=judged) if result else replace(job, kept=True)
