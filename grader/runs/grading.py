"""Grading one job, with all that is dear to open kept open between jobs: sandboxes, rubrics and data sets."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from grader import assignments, evidence, pipeline, report, rubric
from grader.assignments import Assignment
from grader.errors import AuthorError, HarnessError
from grader.evidence.sources import file_digest
from grader.model import Evidence, Finding, Report, Rubric, SandboxSpec, Setting, Submission
from grader.pipeline import Care, selection
from grader.runs import kept_answers
from grader.runs.cuts import Cuts
from grader.runs.executing import run_all, undisturbed
from grader.runs.folder import RunFolder
from grader.runs.holding import by_what
from grader.runs.job import Graded, Job, Whose
from grader.runs.ordering import longest_first
from grader.runs.steps import Kind, Steps
from grader.runs.submission import SubmissionFolder
from grader.sandbox import Launcher, open_launcher
from grader.sandbox.payload import compiled

Progress = Callable[[Job, str, str], None]
# where an attempt keeps what was observed, should it not come to its end
SEEN = "evidence"


@dataclass(frozen=True)
class Attempt:
    """One try at a job in a process that is there for nothing else: from which seed, without what, and told to whom.

    In the folder `aside` it leaves what was observed for the next try.
    """

    seed: int
    cuts: Cuts
    steps: Steps
    aside: Path

    @property
    def evidence(self) -> Path:
        """The folder of what was observed."""
        return self.aside / SEEN

    def care(self, assignment: str) -> Care:
        """Return how the submission is judged."""
        return Care(self.cuts.checks, self.checking, self._seen, partial(self._keep, assignment=assignment))

    def checking(self, name: str) -> AbstractContextManager[object]:
        """Be at the check of that name."""
        return self.steps.at(Kind.CHECKING, name)

    def _seen(self, submission: Submission) -> Evidence | None:
        if not evidence.has(self.evidence):
            return None
        kept, of, _ = evidence.load(self.evidence)
        return kept if of.files == submission.files else None

    def _keep(self, seen: Evidence, submission: Submission, *, assignment: str) -> None:
        if not evidence.has(self.evidence):
            evidence.save(seen, submission, self.evidence, assignment=assignment, durable=False)


@dataclass(frozen=True)
class Ready:
    """What a job needs besides the submission."""

    assignment: Assignment
    rubric: Rubric
    setting: Setting
    launcher: Launcher


@dataclass
class Bench:
    """Where one process does jobs, several at a time; `close` ends everything that runs there.

    `on_progress(job, probe, "start" | "end")` and `on_finding(finding)` are called from other threads. `find`, `load_rubric` and
    `open` are how an assignment, its rubric and a sandbox are come by. With `in_turn`, what is asked of one submission is asked
    in turn, since others are graded at the same time.
    """

    on_progress: Progress | None = None
    on_finding: Callable[[Finding], None] | None = None
    find: Callable[[str], Assignment] = assignments.find
    load_rubric: Callable[[Assignment, Path | None], Rubric] = pipeline.load_rubric
    open: Callable[[SandboxSpec], Launcher] = open_launcher
    in_turn: bool = False
    is_warm: bool = False
    _launchers: dict[SandboxSpec, Launcher] = field(default_factory=dict)
    _ready: dict[tuple[object, ...], Ready] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)
    # one at a time, since drawing is not made for threads
    _delivering: threading.Lock = field(default_factory=threading.Lock)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def ready(self, job: Job) -> Ready:
        """Open and load what the job needs, once for all jobs that need the same; AuthorError says what is wrong with it."""
        needs = (job.assignment, job.items, job.size, job.data, job.sandbox, job.public, job.rubric)
        with self._opening:
            if needs not in self._ready:
                assignment = self.find(job.assignment)
                whole = self.load_rubric(assignment, job.rubric)
                chosen = rubric.public_part(whole) if job.public else whole
                pipeline.ensure_items(chosen, job.items)
                setting = pipeline.prepare(assignment, chosen, size=job.size, data=job.data, items=job.items)
                self._ready[needs] = Ready(assignment, chosen, setting, self._launcher(job.sandbox))
            return self._ready[needs]

    def warm(self, job: Job, *, for_many: bool = False) -> None:
        """Load what the first report would wait for, and read our own sources, so that copies of this process need not.

        Where it is `for_many` jobs, what is sent inside for each of them is compiled, too, and what draws pictures is loaded.
        """
        report.warm_up(pictures=for_many)
        # what is wrong with this one is said when it is graded
        with contextlib.suppress(AuthorError, HarnessError):
            self.key(job, Submission("", "", {}))
            self.judged(job)
            by_what(self.ready(job).assignment, self.ready(job).rubric)
            if for_many:
                compiled(self.ready(job).assignment.inside)
        self.is_warm = True

    def look(self, job: Job) -> tuple[str, str]:
        """Return the digest of what was handed in, and the key of its evidence; IntakeError when it cannot be read."""
        submission = self.received(job)
        return submission.digest, self.key(job, submission)

    def received(self, job: Job) -> Submission:
        """Read what was handed in; IntakeError when it cannot be read."""
        ready = self.ready(job)
        return pipeline.receive(job.path, ready.assignment, ready.rubric, items=job.items)

    def key(self, job: Job, submission: Submission | None = None) -> str:
        """Return the key of the evidence that this job makes: equal for two jobs of which one has seen what the other will.

        `submission` is what lies at its path, where that has been read already. IntakeError when it cannot be read; an empty
        key where none can be told, so that nothing is ever taken for it.
        """
        ready = self.ready(job)
        assignment, chosen = ready.assignment, selection.only(ready.rubric, job.items)
        read = submission or self.received(job)
        try:
            seen = evidence.key(
                read,
                selection.needed_probes(assignment, chosen),
                assignment.inside,
                assignment=assignment.id,
                launcher=ready.launcher,
                limits=ready.rubric.limits,
                setting=ready.setting,
                seed=job.seed,
            )
        except AuthorError:
            return ""
        # other items may be judged from the same evidence, and other files may come to the same once ours are laid over
        return hashlib.sha256(json.dumps([seen, read.digest, job.items]).encode()).hexdigest()

    def judged(self, job: Job) -> str:
        """Return a digest of what turns the evidence of this job into reports: rubric, checks, and every other file of ours."""
        ready = self.ready(job)
        return standards(ready.assignment, ready.rubric)

    def grade(self, job: Job, attempt: Attempt | None = None) -> Graded:
        """Grade a submission into its folder, and say what came of it; HarnessError when the bench was closed meanwhile."""
        try:
            folder = SubmissionFolder(job.folder) if job.folder else None
            return self._judge(job, folder, attempt) if folder and job.kept else self._run(job, folder, attempt)
        except Exception as error:  # what went wrong is part of the answer
            if self._stopped.is_set():
                # nothing came of it: it was cut short, by us
                raise
            return lost(job, error)

    def report(
        self,
        job: Job,
        *,
        on_finding: Callable[[Finding], None] | None = None,
        attempt: Attempt | None = None,
    ) -> Report:
        """Grade a submission and return the report, without writing it anywhere."""
        ready, told = self.ready(job), self.on_progress
        seed = attempt.seed if attempt else job.any_seed
        return pipeline.grade(
            job.path,
            ready.assignment,
            rubric=ready.rubric,
            launcher=ready.launcher,
            seed=seed,
            items=job.items,
            setting=ready.setting,
            on_progress=None if told is None else lambda probe, event: told(job, probe, event),
            on_finding=on_finding or self.on_finding,
            care=attempt.care(ready.assignment.id) if attempt else None,
            in_turn=self.in_turn,
        )

    def deliver(self, job: Job, folder: SubmissionFolder, made: Report, *, packed: Path | None = None) -> None:
        """Write the report on a job with all that stands on it; `packed` as for `SubmissionFolder.deliver`."""
        ready = self.ready(job)
        rubric, standard = differing(ready.assignment, ready.rubric), by_what(ready.assignment, ready.rubric)
        folder.deliver(made, again=job.again, packed=packed, rubric=rubric, by_what=standard)
        kept_answers.keep(folder, made, ready.assignment.template)

    def used_elsewhere(self) -> float | None:
        """Return the processor seconds that sandboxes use which do not lie below this process; None where nobody knows."""
        known = [launcher.used_elsewhere() for launcher in tuple(self._launchers.values())]
        return None if None in known else sum(filter(None, known))

    def close(self) -> None:
        """End everything that runs here and start nothing more; HarnessError when something cannot be ended."""
        self._stopped.set()
        failed = []
        for launcher in tuple(self._launchers.values()):
            try:
                launcher.close()
            except HarnessError as error:
                failed.append(str(error))
        if failed:
            raise HarnessError("\n".join(failed))

    def stop(self) -> None:
        """Close in the midst of a run: what cannot be ended is tried, and told of, once more in the end."""
        with contextlib.suppress(HarnessError):
            self.close()

    def sweep(self) -> None:
        """End what sandboxes of graders that are gone have left; HarnessError when they cannot be reached."""
        for launcher in tuple(self._launchers.values()):
            launcher.sweep()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _launcher(self, sandbox: SandboxSpec) -> Launcher:
        if self._stopped.is_set():
            raise HarnessError("the run was stopped")
        if sandbox not in self._launchers:
            self._launchers[sandbox] = self.open(sandbox)
        return self._launchers[sandbox]

    def _run(self, job: Job, folder: SubmissionFolder | None, attempt: Attempt | None) -> Graded:
        made = self.report(job, attempt=attempt)
        if folder is None:
            return Graded(job, made.result)
        with self._turn(attempt):
            bare = attempt.cuts.bare(made) if attempt else made
            self.deliver(job, folder, bare, packed=attempt.evidence if attempt else None)
        return Graded(job, made.result, key=self.key(job, made.submission), judged=self.judged(job))

    def _judge(self, job: Job, folder: SubmissionFolder, attempt: Attempt | None) -> Graded:
        ready = self.ready(job)
        probes = selection.needed_probes(ready.assignment, selection.only(ready.rubric, job.items))
        try:
            kept, submission, _ = evidence.load(folder.evidence)
            # checks of today may tell a probe what those of then did not
            if not evidence.is_what_would_be_asked(kept, probes, ready.rubric.parameters):
                return self._run(job, folder, attempt)
            made = judged_by(attempt, submission, kept, ready.assignment, ready.rubric)
        except HarnessError:
            # evidence that was damaged since is no reason to fail: the code is there to be run
            return self._run(job, folder, attempt)
        with self._turn(attempt):
            kept_rubric = differing(ready.assignment, ready.rubric)
            folder.publish(made, rubric=kept_rubric, by_what=by_what(ready.assignment, ready.rubric))
            kept_answers.keep(folder, made, ready.assignment.template)
        return Graded(job, made.result, key=self.key(job), judged=self.judged(job))

    @contextmanager
    def _turn(self, attempt: Attempt | None) -> Iterator[None]:
        with self._delivering, attempt.steps.at(Kind.REPORTING) if attempt else contextlib.nullcontext():
            if self._stopped.is_set():
                raise HarnessError("the run was stopped")
            yield


def lost(job: Job, error: Exception) -> Graded:
    """Say that nothing came of a job for an error, and let nothing lie in its folder that looks as if it had."""
    if job.folder:
        with contextlib.suppress(AuthorError):
            SubmissionFolder(job.folder).clear(again=job.again)
    return Graded.failed(job, error)


def judged_by(
    attempt: Attempt | None,
    submission: Submission,
    seen: Evidence,
    assignment: Assignment,
    rubric: Rubric,
    *,
    known: Mapping[str, Finding] | None = None,
) -> Report:
    """Judge evidence as an attempt does it: without what could not be finished before, and without what is `known`."""
    if attempt is None:
        return pipeline.judge(submission, seen, assignment, rubric, known=known)
    known, around = {**(known or {}), **attempt.cuts.checks}, attempt.checking
    return attempt.cuts.bare(pipeline.judge(submission, seen, assignment, rubric, known=known, around=around))


def grade_all(
    jobs: Iterable[Job],
    folder: RunFolder,
    do: Callable[[Job], Graded],
    executor: Executor,
    *,
    done: Callable[[Graded], None],
    stop: Callable[[], None],
) -> None:
    """Grade a class into the folder of its run, the longest first, noting each submission there and telling `done` of it.

    AuthorError for what one has met and every other one would meet as well; `stop` ends what runs then, and at Ctrl-C.
    """

    def note(job: Job, graded: Graded) -> None:
        error = graded.error
        if error and error.whose is Whose.SETTING:
            raise AuthorError(error.message)
        if graded.result is not None:
            folder.add(job.id, graded.result, key=graded.key, judged=graded.judged, asked=job.asked)
        else:
            folder.fail(job.id, error.message if error else "")
        done(graded)

    run_all(longest_first(jobs, folder), do, executor, done=note, failed=Graded.failed, stop=stop)


def standards(assignment: Assignment, rubric: Rubric) -> str:
    """Return a digest of everything by which evidence is judged and reports are written; any file of ours counts."""
    return hashlib.sha256(
        f"{rubric.digest} {_sources(frozenset(check.module for check in assignment.checks))}".encode()
    ).hexdigest()


def differing(assignment: Assignment, rubric: Rubric) -> bytes:
    """Return the file of a rubric where it is not the assignment's own, empty where it is."""
    try:
        own = assignment.rubric.read_bytes()
    except OSError:
        own = b""
    return b"" if rubric.source == own else rubric.source


@cache
def _sources(modules: frozenset[str]) -> str:
    tops = {name.partition(".")[0] for name in modules} | {"grader"}
    files = (Path(file) for name in tops if (file := getattr(sys.modules.get(name), "__file__", None)))
    sources = sorted(
        each for file in files for each in (_inside(file.parent) if file.name == "__init__.py" else (file,))
    )
    return hashlib.sha256("".join(map(file_digest, sources)).encode()).hexdigest()


def _inside(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        folders[:] = (name for name in folders if name != "__pycache__")
        yield from (Path(above, name) for name in names)


@contextmanager
def warming(bench: Bench, job: Job) -> Iterator[None]:
    """Do beside everything else what the first report would wait for: read our own sources, and load what pictures need.

    The latter only once a finding has pictures. Both are waited for in the end: a thread that is cut off in the midst of a
    library's own code takes the process with it.
    """
    if bench.is_warm:
        yield
        return
    threads = [threading.Thread(target=bench.warm, args=(job,), daemon=True)]
    drawing = threading.Thread(target=report.warm_up, daemon=True)
    begun = threading.Lock()

    def found(finding: Finding) -> None:
        if report.needs_matplotlib(finding) and begun.acquire(blocking=False):
            threads.append(drawing)
            drawing.start()

    bench.on_finding = found
    threads[0].start()
    try:
        yield
    finally:
        bench.on_finding = None
        with undisturbed():
            for thread in threads:
                thread.join()
