"""The functions of the public face: each is one command, as Python calls it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from grader import assignments as registered
from grader import intake, pipeline
from grader.assignments import Assignment
from grader.errors import AuthorError
from grader.model import Report, Result, SandboxSpec
from grader.runs import Bench, Job, RunFolder, Today, chosen, judge, planned, republish, told
from mlpgrader._checked import Checked


def assignments() -> tuple[Assignment, ...]:
    """Return every assignment that can be graded: those that come with the grader, and those of installed packages.

    A `RuntimeWarning` says what is wrong with an installed one that cannot be loaded.

    >>> import mlpgrader
    >>> [assignment.id for assignment in mlpgrader.assignments()]
    ['byomlp', 'modules']
    """
    found, problems = registered.every()
    for problem in problems:
        warnings.warn(str(problem), RuntimeWarning, stacklevel=2)
    return found


def grade(
    path: Path | str,
    *,
    assignment: str,
    sandbox: SandboxSpec | str = "docker",
    seed: int | None = None,
    items: Sequence[str] = (),
    size: str = "full",
    data: Path | str | None = None,
    rubric: Path | str | None = None,
    out: Path | str | None = None,
) -> Report:
    """Run the submission at `path`, a folder or an archive, in a sandbox, judge what it did, and return the report on it.

    Without a `seed` a fresh one is drawn; with `items`, only those rubric items count. `size` is at which notebooks are run,
    ``full`` or ``quick``, `data` a folder with the files of the assignment's data set, `rubric` a file to grade by instead of the
    assignment's own. In the folder `out` reports and
    evidence are kept, as the command does. IntakeError when the submission cannot be read, AuthorError when something
    else that was given is wrong.

    >>> import mlpgrader
    >>> report = mlpgrader.grade(
    ...     "examples/byomlp/bob-no-derivative", assignment="byomlp", sandbox="process", items=["backprop"], seed=4711
    ... )
    >>> report.score.marks.earned, report.score.marks.possible
    (9.0, 15.0)
    >>> [finding.check for finding in report.result.findings if finding.verdict == mlpgrader.Verdict.FAILED]
    ['gradients_match']
    """
    found = registered.find(assignment)
    source = Path(path)
    name = _id(source, found, rubric)
    job = Job(
        source,
        name,
        assignment,
        seed=seed,
        items=tuple(items),
        size=size,
        data=_path(data),
        sandbox=_spec(sandbox),
        rubric=_path(rubric),
    )
    if out is None:
        with Bench() as bench:
            return bench.report(job)
    run = RunFolder(Path(out))
    run.ensure_apart([(source, name)])
    with run.taken(), Bench() as bench:
        bench.ready(job)
        run.ensure_alike([job], anew=True)
        (job,) = planned([job], run, bench, anew=True).to_do
        run.begin([job])
        made = bench.report(job)
        bench.deliver(job, run.of(name), made)
        run.add(name, made.result, key=bench.key(job, made.submission), judged=bench.judged(job), asked=job.asked)
        run.summarise()
        return made


def check(
    folder: Path | str = ".",
    *,
    assignment: str | None = None,
    items: Sequence[str] = (),
    seed: int | None = None,
    size: str = "quick",
    data: Path | str | None = None,
    rubric: Path | str | None = None,
) -> Checked:
    """Check your own work in `folder` with your own rights, on the items that may be checked before handing in.

    The assignment is the one whose files are there, unless it is named; `rubric` is a file to check by instead of its own.
    In a notebook the result shows itself.

    >>> import mlpgrader
    >>> mlpgrader.check("examples/byomlp/alice-other-style", items=["forward"], seed=4711).result.marks.lost
    0.0
    """
    source = Path(folder)
    found = registered.find(assignment) if assignment else registered.recognised(source, assignments())[0]
    job = Job(
        source,
        _id(source, found, rubric),
        found.id,
        seed=seed,
        items=tuple(items),
        size=size,
        data=_path(data),
        sandbox=SandboxSpec("process"),
        public=True,
        rubric=_path(rubric),
    )
    with Bench() as bench:
        return Checked(bench.report(job))


def regrade(folder: Path | str, *, rubric: Path | str | None = None, write: bool = False) -> tuple[Report, ...]:
    """Judge kept evidence again with today's rubric and checks, and return the reports; no student code runs.

    `folder` is that of a run, or of one submission in it. `rubric` is a file to judge by instead of the assignment's
    own, which its id stands for; without it, what was judged by a rubric of its own is judged by that one again. With `write`,
    the reports there are replaced. A warning says which items were asked with other parameters than the rubric has now.

    >>> import mlpgrader, tempfile
    >>> out = tempfile.mkdtemp()
    >>> bob = "examples/byomlp/bob-no-derivative"
    >>> before = mlpgrader.grade(bob, assignment="byomlp", sandbox="process", items=["forward"], seed=4711, out=out)
    >>> [after] = mlpgrader.regrade(out)
    >>> after.score == before.score
    True
    """
    run, folders = chosen(Path(folder))
    today = Today(_path(rubric), registered.find)
    for said in told(folders, today):
        warnings.warn(said, stacklevel=2)
    if not write:
        return tuple(judge(each, today) for each in folders)
    if run is None:
        raise AuthorError(f"{folder}: belongs to no run; give the --out folder of `mlpgrader grade`")
    with run.taken():
        made = []
        for each in folders:
            made.append(judge(each, today))
            republish(each, made[-1], today)
            run.judged(each.path.resolve().name, made[-1].result)
        run.summarise()
        return tuple(made)


def load(folder: Path | str) -> tuple[Result, ...]:
    """Return what a run has left in `folder`, or in that of one submission: marks and findings, in the order of the ids.

    AuthorError when there is no report.

    >>> import mlpgrader, tempfile
    >>> out, alice = tempfile.mkdtemp(), "examples/byomlp/alice-other-style"
    >>> made = mlpgrader.grade(alice, assignment="byomlp", sandbox="process", items=["forward"], seed=4711, out=out)
    >>> [(result.id, result.marks.earned) for result in mlpgrader.load(out)]
    [('alice-other-style', 10.0)]
    """
    run = RunFolder(Path(folder))
    if found := run.results():
        return found
    raise AuthorError(f"{folder}: holds no report; give the folder of a run, or one submission's folder in it")


def _id(source: Path, found: Assignment, rubric: Path | str | None) -> str:
    whole = pipeline.load_rubric(found, _path(rubric))
    return intake.submission_id(source, required=pipeline.file_names(found, whole))


def _path(given: Path | str | None) -> Path | None:
    return None if given is None else Path(given)


def _spec(sandbox: SandboxSpec | str) -> SandboxSpec:
    return SandboxSpec(sandbox) if isinstance(sandbox, str) else sandbox
