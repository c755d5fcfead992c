"""Grading, looking at and judging again what was handed in, each in a child of its own; what it cannot finish is left out.

Whatever is in a submission is read by children only: the process that has them cannot be held up by it, and ends in time when
it is told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import parsing
from grader.errors import HarnessError, IntakeError
from grader.model import Finding, Result
from grader.runs.children import Children, Ended, Reason, Teller
from grader.runs.cuts import Cuts
from grader.runs.grading import Attempt, Bench, Progress, lost, warming
from grader.runs.job import Graded, Job
from grader.runs.places import Places, Waiting, looked_at
from grader.runs.steps import Kind
from grader.runs.submission import SubmissionFolder

# so often a submission is tried again without what could not be finished
TRIES = 6


@dataclass
class Overseer:
    """Does what a `Bench` does, in children; its functions may be called from several threads.

    `on_progress(job, probe, "start" | "end")` is called from those. With `places`, it grades only so many at a time that work.
    """

    children: Children
    on_progress: Progress | None = None
    places: Places | None = None

    @property
    def bench(self) -> Bench:
        """The bench that children are copies of, in this process."""
        bench: Bench = self.children.context
        return bench

    @property
    def threads(self) -> int:
        """How many it can be grading at a time, those that wait among them."""
        return self.places.threads if self.places else 1

    def grade(self, job: Job) -> Graded:
        """Grade a submission into its folder, and say what came of it; HarnessError when the run was stopped meanwhile."""

        with self.places.taken() if self.places else nullcontext() as waiting:
            return self._grade(job, waiting)

    def _grade(self, job: Job, waiting: Callable[[Waiting], None] | None) -> Graded:
        def hear(told: tuple[str, str] | Waiting) -> None:
            if isinstance(told, Waiting):
                if waiting:
                    waiting(told)
            elif self.on_progress:
                self.on_progress(job, *told)

        try:
            graded: Graded = tried(self.children, _grade, job, seed=job.any_seed, hear=hear)
        except HarnessError as error:
            if self.children.stopped:
                raise
            return lost(job, error)
        return graded

    def check(self, job: Job, *, on_finding: Callable[[Finding], None], show: Path | None = None) -> Result:
        """Grade a submission and return the result, telling each finding as soon as it is there.

        In the folder `show` the page and the data are left.
        """
        told: set[str] = set()

        def hear(finding: Finding) -> None:
            if finding.check not in told:
                told.add(finding.check)
                on_finding(finding)

        result: Result = tried(self.children, _check, job, show, seed=job.any_seed, hear=hear)
        return result

    def look(self, job: Job) -> tuple[str, str]:
        """Return the digest of what was handed in, and the key of its evidence; IntakeError when it cannot be read."""
        looked: tuple[str, str] = _read(self.children, _look, job)
        return looked

    def ensure_readable(self, job: Job) -> None:
        """IntakeError when what was handed in cannot be read."""
        _read(self.children, _receive, job)


def tried(
    children: Children,
    do: Callable[..., Any],
    *arguments: Any,
    seed: int = 0,
    hear: Callable[[Any], None] | None = None,
) -> Any:
    """Let a child do ``do(context, teller, attempt, *arguments)``, again and again without what it could not finish.

    HarnessError when nothing comes of it, or when the children were stopped.
    """
    with children.scratch() as aside:
        cuts = Cuts()
        for _ in range(TRIES):
            try:
                return children.call(_attempt, do, seed, cuts, aside, *arguments, scratch=aside, hear=hear)
            except Ended as end:
                if end.reason is Reason.STOPPED:
                    raise HarnessError(str(end.reason)) from end
                cuts = cuts.after(end, children.memory_mb)
    raise HarnessError(f"too much of it cannot be judged: {', '.join(cuts.checks)}")


def _attempt(
    context: Any, teller: Teller, do: Callable[..., Any], seed: int, cuts: Cuts, aside: Path, *arguments: Any
) -> Any:
    with _watched(teller, cuts), teller.steps.at(Kind.OBSERVING):
        return do(context, teller, Attempt(seed, cuts, teller.steps, aside), *arguments)


@contextmanager
def _watched(teller: Teller, cuts: Cuts) -> Iterator[None]:
    parsing.watch(lambda digest: teller.steps.at(Kind.PARSING, digest), cuts.texts)
    try:
        yield
    finally:
        parsing.watch(None)


def _grade(bench: Bench, teller: Teller, attempt: Attempt, job: Job) -> Graded:
    bench.on_progress = lambda _, probe, event: teller.say((probe, event))
    with warming(bench, job), looked_at(teller.say, bench.used_elsewhere):
        return bench.grade(job, attempt)


def _check(bench: Bench, teller: Teller, attempt: Attempt, job: Job, show: Path | None) -> Result:
    made = bench.report(job, on_finding=teller.say, attempt=attempt)
    if show:
        with attempt.steps.at(Kind.REPORTING):
            SubmissionFolder(show).show(attempt.cuts.bare(made))
    return made.result


def _look(bench: Bench, _teller: Teller, _attempt: Attempt, job: Job) -> tuple[str, str]:
    return bench.look(job)


def _receive(bench: Bench, _teller: Teller, _attempt: Attempt, job: Job) -> None:
    bench.received(job)


def _read(children: Children, do: Callable[..., Any], job: Job) -> Any:
    """Let a child read a submission; IntakeError when that takes more than it may."""
    try:
        return tried(children, do, job)
    except HarnessError as error:
        if children.stopped:
            raise
        raise IntakeError(f"{job.id}: cannot be read: {error}") from error
