"""`mlpgrader calibrate`: do the checks catch what is wrong, and nothing else?"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from rich.table import Table
from rich.text import Text

from grader import assignments, atomic, locations
from grader.calibration import facts, page, pictures
from grader.calibration.course import WHERE
from grader.calibration.diagnoses import diagnosed
from grader.calibration.planning import Plan, chosen, plan
from grader.calibration.running import seed_of, try_out
from grader.calibration.summary import Calibration
from grader.calibration.trial import Trial, Tried
from grader.cli import GRADED, STOPPED, UNDER, UNSETTLED, options, values
from grader.cli.at_hand import at_hand
from grader.cli.progress import Display, display
from grader.cli.screen import Screen
from grader.errors import AuthorError
from grader.evidence import of_the_user
from grader.runs import Failure, Whose, run_all, stoppable
from grader.sandbox import open_launcher
from grader.text import as_json_text, printable

PAGE = "calibration.md"
# options that make no difference to what is found
ELSEWHERE = ("out", "json", "data", "debug", "sandbox", "fresh")

# a trial and the number of its grading, with its place among all
Grading = tuple[int, tuple[Trial, int]]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Grade the reference, the template, right solutions in many styles and every planted bug, and say which
        check catches which bug, what no check catches, how far right gradings are from every threshold, and how
        often a hint names the planted mistake. Items that need notebooks are left out, unless --notebooks is
        given: these take much longer than all the rest. A run over everything
        writes docs/calibration.md with plots; a run over a part prints only, unless --out is given. Needs a
        checkout of the repository, since only that holds right solutions. Takes some minutes the first time, and
        seconds when only checks, hints or the rubric have changed since.
        """,
        """
        mlpgrader calibrate --jobs 2
        mlpgrader calibrate --assignment byomlp --only step_adds,factor_two
        mlpgrader calibrate --assignment byomlp --mutants my_bugs --out my_bugs.md
        """,
        """
        exit status:
          0  every bug is caught, and fails the checks it names; right solutions lose nothing
          1  something could not be graded
          2  usage or environment is wrong
          3  something is not as it should be: it is listed
          130  stopped with Ctrl-C; nothing was written
        """,
    )
    add = command.add_argument
    add(
        "--assignment",
        metavar="ID",
        action="append",
        help=f"calibrate this assignment only: {' or '.join(assignments.ids())}; may be given several times",
    )
    add(
        "--mutants",
        metavar="FOLDER",
        type=Path,
        help="grade the broken submissions in this folder instead of the course's: a .py or .ipynb file, a folder or "
        "an archive each; what they must fail stands in its mutants.toml (docs/instructors.md)",
    )
    add(
        "--only",
        metavar="NAME,NAME",
        type=values.names,
        default=(),
        help="grade what has one of these names only; reference, template, right, planted and generated are names of all "
        "that are such",
    )
    add(
        "--generated",
        action="store_true",
        help="also grade bugs that are made by rule from the reference: hundreds, which takes longer",
    )
    add(
        "--notebooks",
        action="store_true",
        help="run notebooks, too, at the quick size: right ones, and those with planted mistakes",
    )
    add(
        "--fresh",
        action="store_true",
        help="run everything: without it, what was asked of the same code before is judged from the evidence that was kept, "
        "and only the rest is run",
    )
    add(
        "--data",
        metavar="DIR",
        type=Path,
        help="folder with the four MNIST files that notebooks train on (default: as for `mlpgrader grade`)",
    )
    options.add_rubric(command)
    add(
        "--seeds",
        metavar="N",
        type=values.seeds,
        default=1,
        help="grade each right solution from N seeds: the more, the more is known of false failures (default: 1)",
    )
    add(
        "--seed",
        metavar="N",
        type=values.seed,
        default=1,
        help="which seeds these are; each N is another run (default: 1)",
    )
    add("--jobs", metavar="N", type=values.jobs, default=1, help="grade N side by side (default: 1)")
    add(
        "--sandbox",
        choices=("docker", "bubblewrap", "process"),
        default="process",
        help="where the code runs: these bugs are our own, so it is with your own rights (default: process)",
    )
    add("--out", metavar="PATH", type=Path, help="write the page to this .md file, or to calibration.md in this folder")
    add("--json", action="store_true", help=f"print everything as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Grade everything that the arguments ask for, print and write what came of it, and return the exit status."""
    root = locations.checkout()
    wanted = [
        plan(
            root,
            name,
            own=arguments.mutants,
            generated=arguments.generated,
            notebooks=arguments.notebooks,
            data=arguments.data,
            seeds=arguments.seeds,
            rubric=arguments.rubric,
        )
        for name in names(arguments)
    ]
    plans = chosen(wanted, arguments.only)
    out = target(root, arguments)
    started, before = time.monotonic(), processor_seconds()
    try:
        with stoppable(), display(sum(len(each.gradings) for each in plans)) as shown:
            found = [graded(each, arguments, shown) for each in plans]
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return STOPPED
    about = facts.About(
        command=command(arguments),
        date=date.today().isoformat(),
        seconds=time.monotonic() - started,
        processor_seconds=processor_seconds() - before,
        seed=arguments.seed,
        sandbox=arguments.sandbox,
    )
    if arguments.json:
        print(as_json_text(facts.as_data(found, about)), end="")
    else:
        show(found)
    if out is not None:
        write(found, about, out)
        print(f"Written: {printable(str(out))}", file=sys.stderr)
    return status(found)


def processor_seconds() -> float:
    """Return the processor time that this process and those that it has seen to their end have used."""
    return sum(os.times()[:4])


def names(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return the ids of the assignments that are asked for: every one, unless something else is said."""
    asked = tuple(dict.fromkeys(arguments.assignment or ()))
    if arguments.mutants is not None and len(asked) != 1:
        raise AuthorError(f"--mutants {arguments.mutants}: say which one assignment they are of, with --assignment ID")
    if arguments.rubric is not None and len(asked) != 1:
        raise AuthorError(f"--rubric {arguments.rubric}: say which one assignment it is of, with --assignment ID")
    if arguments.mutants is not None and arguments.generated:
        raise AuthorError("--mutants and --generated do not go together; leave one of them out")
    found = asked or tuple(each.id for each in at_hand() if each.material)
    if not found:
        raise AuthorError(f"there is no solved homework here: {WHERE}")
    return found


def target(root: Path | None, arguments: argparse.Namespace) -> Path | None:
    """Return the page to write: docs/calibration.md for a run over everything, otherwise only what was asked for."""
    out: Path | None = arguments.out
    if out is not None:
        return out if out.suffix == ".md" else out / PAGE
    partly = arguments.assignment or arguments.only or arguments.mutants is not None or arguments.rubric is not None
    return None if partly or root is None else root / "docs" / PAGE


def command(arguments: argparse.Namespace) -> str:
    """Return the command line that repeats this run; where it is written and what this machine has are left out."""
    own = argparse.ArgumentParser()
    add_arguments(own)
    given = argparse.Namespace(**{**vars(arguments), "mutants": arguments.mutants and Path(arguments.mutants.name)})
    return f"mlpgrader calibrate {options.repeated(own, given, without=ELSEWHERE)}".strip()


def graded(what: Plan, arguments: argparse.Namespace, shown: Display) -> Calibration:
    """Grade everything that is planned of one assignment, side by side."""
    started = time.monotonic()
    titles = {probe.name: probe.title for probe in what.assignment.probes}
    gradings = tuple(enumerate(what.gradings))
    tried: dict[int, Tried] = {}
    store = of_the_user(fresh=arguments.fresh)
    with (
        tempfile.TemporaryDirectory(prefix="mlpgrader-calibrate-") as folder,
        open_launcher(arguments.sandbox) as launcher,
        ThreadPoolExecutor(arguments.jobs) as executor,
    ):

        def do(grading: Grading) -> Tried:
            place, (trial, number) = grading
            _, made = try_out(
                trial,
                Path(folder, f"{place}-{number}"),
                what.assignment,
                what.rubric,
                items=trial.asked or what.items,
                setting=what.setting,
                seed=seed_of(arguments.seed, trial.name, number),
                launcher=launcher,
                store=store,
                on_progress=lambda probe, event: shown.doing(trial.name, titles[probe]) if event == "start" else None,
            )
            return made

        def failed(grading: Grading, error: BaseException) -> Tried:
            _, (trial, number) = grading
            why = Failure.of(error)
            if why.whose is Whose.SETTING:
                raise error
            return Tried(trial, seed_of(arguments.seed, trial.name, number), failure=why.message)

        def done(grading: Grading, made: Tried) -> None:
            place, (trial, _) = grading
            tried[place] = made
            shown.done(trial.name, line(made))

        run_all(gradings, do, executor, done=done, failed=failed, stop=launcher.close)
    asked = {item.id: tuple(item.checks) for item in what.rubric.items}
    graded_items = {name for trial in what.trials for name in trial.asked or what.items}
    return Calibration(
        assignment=what.assignment.id,
        title=what.rubric.title,
        rubric_digest=what.rubric.digest,
        checks={name: checks for name, checks in asked.items() if name in graded_items},
        left_out=tuple(name for name in asked if name not in graded_items),
        tried=tuple(tried[place] for place, _ in gradings),
        seconds=time.monotonic() - started,
    )


def line(tried: Tried) -> str:
    """Return what came of one grading in a few words."""
    if tried.failure:
        return f"not graded: {tried.failure}"
    lost = ", ".join(name for name in tried.verdicts if name in tried.lost_checks) or "nothing"
    named = ", ".join(sorted(set(tried.diagnoses.values())))
    return f"{tried.trial.group}, lost {lost}" + (f" ({named})" if named else "")


def show(found: Sequence[Calibration]) -> None:
    """Print what came of it, in numbers."""
    console = Screen()
    for each in found:
        console.print(Text(f"{each.title} ({each.assignment})", "bold"))
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        for fact, value in facts.at_a_glance(each):
            table.add_row(Text(fact), Text(printable(value)))
        console.print(table)
        for text in facts.complaints(each):
            console.print(Text(f"! {printable(text)}"))
        console.print()


def write(found: Sequence[Calibration], about: facts.About, out: Path) -> None:
    """Write the page and the plots beside it; the page comes last, so where it is, all of it is."""
    for each in found:
        for name, png in pictures.plots(each).items():
            atomic.write(out.parent / out.stem / name, png)
    atomic.write(out, page.markdown(found, about, folder=out.stem))


def status(found: Sequence[Calibration]) -> int:
    """Return the exit status: what could not be graded goes before what is not as it should be."""
    if any(each.unsettled for each in found):
        return UNSETTLED
    wrong = any(not each.settled or diagnosed(each.wrong).wrong for each in found)
    return UNDER if wrong else GRADED
