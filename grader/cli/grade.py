"""`mlpgrader grade`: submissions in, a folder of reports out."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from grader import assignments, intake, pipeline, report
from grader.cli import STOPPED, options, values, whole_class
from grader.cli.advice import advice
from grader.cli.outcomes import Outcomes, became, failures, line, results, status
from grader.cli.progress import display
from grader.cli.screen import Screen
from grader.errors import AuthorError, IntakeError, LooksLikeClass
from grader.exports import summary
from grader.filenames import ATTEMPTS
from grader.model import SandboxSpec
from grader.runs import (
    Bench,
    Children,
    Graded,
    Job,
    Overseer,
    Places,
    Plan,
    RunFolder,
    grade_all,
    planned,
    stoppable,
    undisturbed,
)
from grader.text import printable

ON = "give the same command again to go on"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Grade submissions: run each one's code in a sandbox, judge the answers outside of it, and write
        DIR/ID/report.json, report.html (for the student), staff.html, results.json (for Gradescope) and
        evidence/ for each, and DIR/summary.csv and summary.json for the run. One that cannot be read does
        not stop the rest. What an earlier run has graded into DIR is skipped, as long as nothing has changed that makes
        a difference; so the same command goes on where one was stopped. With --class, a whole class is graded as a
        learning platform packs it: its rules on time stand in DIR/class.toml, and the next download of the same
        class grades only what is new or changed.
        """,
        """
        mlpgrader grade submissions/* --assignment byomlp --jobs 2 --out graded
        mlpgrader grade --class submissions.zip --roster gradebook.csv --assignment byomlp --jobs 2
        mlpgrader grade reference/byomlp --assignment byomlp --sandbox process --fail-under 100
        """,
        options.GRADING_STATUSES,
    )
    add = command.add_argument
    add(
        "submissions",
        metavar="SUBMISSION",
        nargs="*",
        type=Path,
        help="a folder, a .zip, a .tar (also packed: .gz, .bz2, .xz), a .py or an .ipynb; its name is its id",
    )
    whole_class.add_arguments(command)
    add("--assignment", metavar="ID", required=True, help=f"what was handed in: {' or '.join(assignments.ids())}")
    add("--out", metavar="DIR", type=Path, default=Path("graded"), help="where the reports go (default: graded)")
    add(
        "--sandbox",
        choices=("docker", "bubblewrap", "process"),
        default="docker",
        help="where student code runs: docker; bubblewrap, for Linux machines without an engine; or process, which "
        "runs it with your own rights (default: docker; another one is never chosen for you)",
    )
    options.add_containers(command)
    options.add_rubric(command)
    options.add_seed(command)
    add(
        "--items",
        metavar="ID,ID",
        type=values.names,
        default=(),
        help="grade these rubric items only; the score is over them",
    )
    options.add_data(command, size="full")
    add("--jobs", metavar="N", type=values.jobs, default=1, help="grade N submissions side by side (default: 1)")
    add(
        "--again", action="store_true", help="grade anew what an earlier run has graded already, instead of skipping it"
    )
    add(
        "--fail-under",
        metavar="PERCENT",
        type=values.percent,
        help="exit with status 3 when a submission earned less; points that wait for a person, or were "
        "withheld, count neither as earned nor as possible",
    )
    add("--json", action="store_true", help=f"print summary.json, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Grade the submissions, or the class, that the arguments name and return the exit status."""
    whole_class.ensure_one_kind(arguments)
    if arguments.download:
        return run_class(arguments)
    jobs = asked(arguments)
    folder = RunFolder(arguments.out, gradebook=arguments.gradebook)
    folder.ensure_apart((job.path, job.id) for job in jobs)
    outcomes: dict[str, Graded] = {}
    with stoppable(), Bench(in_turn=min(arguments.jobs, len(jobs)) > 1) as bench:
        bench.ready(jobs[0])
        if len(jobs) > 1:
            bench.warm(jobs[0], for_many=True)
        with Children(bench, Bench, Bench.sweep) as children:
            overseer = Overseer(children, places=Places(arguments.jobs))
            if len(jobs) == 1:
                ensure_one(jobs[0], overseer)
            with folder.taken():
                if not graded(jobs, folder, overseer, outcomes, arguments):
                    return STOPPED
    show(jobs, folder, outcomes, arguments)
    return settled(outcomes, arguments)


def run_class(arguments: argparse.Namespace) -> int:
    """Grade a class as a platform packs it, say what needs a person, and return the exit status."""
    template = job_of(arguments, Path(), "")
    folder = RunFolder(arguments.out, gradebook=arguments.gradebook or "")
    whole_class.ensure_apart(arguments)
    outcomes: dict[str, Graded] = {}
    with stoppable(), Bench(in_turn=arguments.jobs > 1) as bench:
        ready = bench.ready(template)
        whole_class.ensure_room(arguments)
        with folder.taken():
            found = whole_class.gathered(arguments, folder, ready.assignment, ready.rubric)
            jobs = [replace(job_of(arguments, each.path, each.folder), seed=each.seed) for each in found.attempts]
            bench.warm(jobs[0], for_many=True)
            with Children(bench, Bench, Bench.sweep) as children:
                overseer = Overseer(children, places=Places(arguments.jobs))
                if not graded(jobs, folder, overseer, outcomes, arguments, names=found.names):
                    return STOPPED
            show(jobs, folder, outcomes, arguments, names=found.names)
            whole_class.tell_the_end(found, folder, outcomes, arguments)
            whole_class.write_page(found, folder, arguments)
    return settled(outcomes, arguments)


def settled(outcomes: Outcomes, arguments: argparse.Namespace) -> int:
    """Say what can be done about what is not graded, and return the exit status."""
    if said := advice(outcomes):
        print(f"mlpgrader: {said}", file=sys.stderr)
    return status(outcomes, fail_under=arguments.fail_under)


def graded(
    jobs: Sequence[Job],
    folder: RunFolder,
    overseer: Overseer,
    outcomes: dict[str, Graded],
    arguments: argparse.Namespace,
    *,
    names: Mapping[str, str] | None = None,
) -> bool:
    """Grade what has to be graded into the folder of the run, which is ours, adding to `outcomes`.

    Return whether it came to its end.
    """
    folder.ensure_alike(jobs, anew=arguments.again)
    plan = planned(jobs, folder, overseer.bench, anew=arguments.again, look=overseer.look)
    tell(plan, jobs, arguments.out)
    outcomes.update({graded.job.id: graded for graded in plan.done})
    folder.begin(plan.to_do)
    try:
        grade(plan.to_do, folder, overseer, outcomes, arguments, names=names)
    except KeyboardInterrupt:
        with undisturbed():
            folder.look()
            folder.summarise()
            print(f"stopped; {_kept(outcomes, jobs, arguments.out)}; {ON}", file=sys.stderr)
        return False
    except AuthorError as error:
        # what has no room may have none for the summary either
        with contextlib.suppress(AuthorError):
            folder.summarise()
        raise AuthorError(f"{error}\nstopped; {_kept(outcomes, jobs, arguments.out)}; {ON}") from error
    folder.summarise()
    return True


def tell(plan: Plan, jobs: Sequence[Job], out: Path) -> None:
    """Say on standard error what need not be done, or not all of it, and what is kept of earlier attempts."""
    said = []
    if plan.done:
        said.append(
            f"{len(plan.done)} of {len(jobs)} {'is' if len(plan.done) == 1 else 'are'} graded already and skipped; "
            "--again grades anew"
        )
    if plan.kept:
        said.append(
            f"{plan.kept} of {len(jobs)} {'is' if plan.kept == 1 else 'are'} judged again from kept evidence, without running "
            "any code: what was asked is the same, the rubric, a check or a report is not"
        )
    if again := [job.id for job in plan.to_do if job.again]:
        some = ", ".join(map(printable, again[:3])) + (" and others" if len(again) > 3 else "")
        were = "was" if len(again) == 1 else "were"
        said.append(
            f"{len(again)} of {len(jobs)} {were} handed in again ({some}): earlier gradings are kept in "
            f"{printable(str(out / 'ID' / ATTEMPTS))}"
        )
    for each in said:
        print(f"mlpgrader: {each}", file=sys.stderr)


def asked(arguments: argparse.Namespace) -> list[Job]:
    """Return a job for each submission that the arguments name; AuthorError when two have one id."""
    assignment = assignments.find(arguments.assignment)
    required = pipeline.file_names(assignment, pipeline.load_rubric(assignment, arguments.rubric))
    paths: Sequence[Path] = arguments.submissions
    ensure_grouped(paths)
    intake.ensure_distinct(paths, required=required)
    return [job_of(arguments, path, intake.submission_id(path, required=required)) for path in paths]


def job_of(arguments: argparse.Namespace, path: Path, name: str) -> Job:
    """Return the job for what lies at `path`, graded as the arguments say, into the folder `name` of the run."""
    return Job(
        path,
        name,
        arguments.assignment,
        RunFolder(arguments.out).of(name).path,
        seed=arguments.seed,
        items=arguments.items,
        size=arguments.size,
        data=arguments.data,
        sandbox=chosen_sandbox(arguments),
        rubric=arguments.rubric,
    )


def ensure_one(job: Job, overseer: Overseer) -> None:
    """Refuse the only submission when it is a whole class: grading it as one would say nothing of anybody."""
    with contextlib.suppress(IntakeError):
        try:
            overseer.ensure_readable(job)
        except LooksLikeClass as error:
            raise AuthorError(str(error)) from error


def ensure_grouped(paths: Sequence[Path]) -> None:
    """Refuse the single files of a platform's download where several of them are one student's."""
    files: dict[str, list[Path]] = {}
    for path in paths:
        if not path.is_dir() and (student := intake.student_of(path.name)) != path.name:
            files.setdefault(student, []).append(path)
    several = {student: found for student, found in files.items() if len(found) > 1}
    if several:
        student, found = next(iter(several.items()))
        raise AuthorError(
            f"these are files of a Canvas download, several of them one student's ({printable(student)}: {len(found)} files, as "
            f"{printable(found[0].name)}); put the files of each student into a folder of its own, and give these folders"
        )


def chosen_sandbox(arguments: argparse.Namespace) -> SandboxSpec:
    """Return the sandbox that was asked for; AuthorError for options that only containers can follow where there are none."""
    given = {"--image": arguments.image, "--runtime": arguments.runtime}
    given["--engine"] = arguments.engine if arguments.engine != "docker" else None
    for option, value in given.items():
        if value and arguments.sandbox != "docker":
            raise AuthorError(
                f"{option} {value}: there are no containers in --sandbox {arguments.sandbox}; leave one of them out"
            )
    return SandboxSpec(arguments.sandbox, arguments.engine, arguments.image, arguments.runtime)


def grade(
    jobs: Sequence[Job],
    folder: RunFolder,
    overseer: Overseer,
    outcomes: dict[str, Graded],
    arguments: argparse.Namespace,
    *,
    names: Mapping[str, str] | None = None,
) -> None:
    """Grade every submission, adding to `outcomes` as they come, and say on standard error how far it is."""
    if not jobs:
        return
    titles = {probe.name: probe.title for probe in overseer.bench.ready(jobs[0]).assignment.probes}
    debug = getattr(arguments, "debug", False)
    with display(len(jobs)) as shown, ThreadPoolExecutor(overseer.threads) as executor:

        def done(graded: Graded) -> None:
            outcomes[graded.job.id] = graded
            if graded.error and debug:
                print(graded.error.traceback, end="", file=sys.stderr)
            shown.done(called(graded.job.id, names), line(graded), became=became(graded))

        def doing(job: Job, probe: str, event: str) -> None:
            if event == "start":
                shown.doing(called(job.id, names), titles[probe])

        overseer.on_progress = doing
        grade_all(jobs, folder, overseer.grade, executor, done=done, stop=overseer.children.stop)


def called(name: str, names: Mapping[str, str] | None) -> str:
    """Return the name of a folder, and beside it whose it is, where that is known and says more."""
    whose = (names or {}).get(name, name)
    return name if whose == name else f"{name} {whose}"


def show(
    jobs: Sequence[Job],
    folder: RunFolder,
    outcomes: Outcomes,
    arguments: argparse.Namespace,
    *,
    names: Mapping[str, str] | None = None,
) -> None:
    """Print what came out: one submission in full, several as a table, with ``--json`` the summary alone."""
    if arguments.json:
        print(summary.as_json(folder.rows), end="")
        return
    console = Screen()
    found = results(outcomes)
    if len(jobs) == 1 and found:
        where = folder.of(jobs[0].id)
        console.print(report.terminal(found[0]))
        pages = f"{where.student_page} (for the student), {where.staff_page} (for staff)"
    else:
        said = {called(name, names): why for name, why in failures(outcomes).items()}
        console.print(report.summary_table([replace(each, id=called(each.id, names)) for each in found], said))
        pages = (
            f"{folder.of('ID').student_page} (for the student), staff.html (for staff); summary: {folder.spreadsheet}"
        )
    print(f"Reports: {printable(pages)}")


def _kept(outcomes: Outcomes, jobs: Sequence[Job], out: Path) -> str:
    return f"{len(results(outcomes))} of {len(jobs)} graded are in {printable(str(out))}"
