"""The command line: every command with its options, its description and an example. Nothing here is slow to import."""

from __future__ import annotations

import argparse
from pathlib import Path
from textwrap import dedent

from grader import __version__, assignments
from grader.cli import values

EXIT_STATUSES = """
exit status:
  0  graded, whatever the marks
  1  some points were withheld (a fault of the grader), or a submission could not be read
  2  usage, rubric or environment is wrong: nothing was graded, or grading stopped
  3  --fail-under was not met (1 goes before 3: what is not settled cannot be compared)
  130  stopped with Ctrl-C; what was finished by then is kept
"""
JSON = "and nothing else, on standard output"

Commands = argparse._SubParsersAction  # argparse has no other name for it


class Roomy(argparse.RawDescriptionHelpFormatter):
    """Leaves room for the longest name of a command, of which argparse forgets that it is indented."""

    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        self._action_max_length = max(self._action_max_length, len("    calibrate"))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; the command chosen is in `command`."""
    top = argparse.ArgumentParser(
        prog="mlpgrader",
        description='Grade "write your own neural network" homework in a sandbox and explain the score.',
        epilog=_epilog("mlpgrader grade alice bob.zip --assignment byomlp", EXIT_STATUSES),
        formatter_class=Roomy,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"mlpgrader {__version__}")
    _debug(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for declare in (_grade, _check, _regrade, _rubric, _template, _data, _calibrate, _doctor):
        declare(commands)
    return top


def _grade(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "grade",
        "grade submissions and write a report for each",
        """
        Grade submissions: run each one's code in a sandbox, judge the answers outside of it, and write
        DIR/ID/report.json, report.html (for the student), staff.html, results.json (for Gradescope) and
        evidence/ for each, and DIR/summary.csv and summary.json for the run. One that cannot be read does
        not stop the rest. What an earlier run has graded into DIR is skipped, as long as nothing has changed that makes
        a difference; so the same command goes on where one was stopped.
        """,
        """
        mlpgrader grade submissions/* --assignment byomlp --jobs 2 --out graded
        mlpgrader grade reference/byomlp --assignment byomlp --sandbox process --fail-under 100
        """,
        EXIT_STATUSES,
    )
    add = command.add_argument
    add(
        "submissions",
        metavar="SUBMISSION",
        nargs="+",
        type=Path,
        help="a folder, a .zip or a .tar.gz; its name is its id",
    )
    add("--assignment", metavar="ID", required=True, help=f"what was handed in: {' or '.join(assignments.ids())}")
    add("--out", metavar="DIR", type=Path, default=Path("graded"), help="where the reports go (default: graded)")
    add(
        "--sandbox",
        choices=("docker", "bubblewrap", "process"),
        default="docker",
        help="where student code runs: docker; bubblewrap, for Linux machines without an engine; or process, which "
        "runs it with your own rights (default: docker; another one is never chosen for you)",
    )
    _containers(command)
    _seed(command)
    add(
        "--items",
        metavar="ID,ID",
        type=values.names,
        default=(),
        help="grade these rubric items only; the score is over them",
    )
    _digits(command, size="full")
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
    add("--json", action="store_true", help=f"print summary.json, {JSON}")


def _check(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "check",
        "check your own work, with hints",
        """
        Check your own work: run the public checks on a folder with your own rights, print each result as it
        comes, and then what to look at next. It is a self-check, not your final score.
        """,
        """
        mlpgrader check
        mlpgrader check my_homework --watch
        """,
        """
        exit status:
          0  checked, however many points; or --watch was ended with Ctrl-C
          1  some points were withheld (a fault of the grader), or the folder could not be read
          2  usage or environment is wrong
        """,
    )
    add = command.add_argument
    add("folder", metavar="FOLDER", nargs="?", type=Path, default=Path(), help="what to check (default: this folder)")
    add(
        "--assignment",
        metavar="ID",
        help=f"which assignment it is: {' or '.join(assignments.ids())} (default: the one whose files are there)",
    )
    add(
        "--items",
        metavar="ID,ID",
        type=values.names,
        default=(),
        help="check these rubric items only, as in --items forward,backprop, which takes seconds",
    )
    _digits(command, size="quick")
    add("--watch", action="store_true", help="check again whenever a .py or .ipynb file is saved; Ctrl-C ends it")
    _seed(command)
    add("--out", metavar="DIR", type=Path, help="write report.json and report.html there as well")
    add("--json", action="store_true", help=f"print report.json, {JSON}")


def _regrade(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "regrade",
        "judge kept evidence again with today's rubric",
        """
        Judge the evidence of an earlier run again with today's rubric and checks, without running any student
        code; show who changes and by how much, and rewrite the reports and the summary.
        """,
        """
        mlpgrader regrade graded --dry-run
        mlpgrader regrade graded/alice
        """,
        """
        exit status:
          0  judged again, whatever changed
          1  some points were withheld (a fault of the grader), or evidence is missing or damaged
          2  usage, rubric or environment is wrong
          130  stopped with Ctrl-C; give the same command for the rest
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN_DIR", type=Path, help="the --out folder of a run, or one submission's folder in it")
    add("--dry-run", action="store_true", help="show what would change and write nothing")
    add("--json", action="store_true", help=f"print the changes as JSON, {JSON}")


def _rubric(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "rubric",
        "validate a rubric and print it",
        """
        Validate a rubric, naming everything that is wrong with it, and print its items, checks, points,
        thresholds and limits.
        """,
        "mlpgrader rubric rubrics/byomlp.toml",
        "exit status: 0 when it is valid, 2 when it is not",
    )
    command.add_argument("file", metavar="FILE", help="a rubric file, or an assignment's id for its own rubric")
    command.add_argument("--json", action="store_true", help=f"print the rubric as JSON, {JSON}")


def _template(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "template",
        "build student_template/ from reference/",
        """
        Build student_template/, which students receive, from reference/ by taking the solutions out. Needs a
        checkout of the repository, since only that holds the solved course material.
        """,
        """
        mlpgrader template
        mlpgrader template --check
        """,
        "exit status: 0 when built or up to date, 2 when it cannot be built or, with --check, is out of date",
    )
    command.add_argument("--check", action="store_true", help="write nothing; fail when what is there is out of date")


def _data(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "data",
        "get data sets, or show which are there",
        """
        Assignments declare the data sets that they work with. Their files are used where they are at hand: in the
        folder of --data, else in that of an environment variable, else in the cache that `mlpgrader data fetch`
        fills. The digits are MNIST, the variable is MLPGRADER_DATA, and without files they are drawn.
        """,
        """
        mlpgrader data fetch
        mlpgrader data show
        """,
        "exit status: 0 when done, 2 when files cannot be fetched or what is there would be refused",
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    fetch = _command(
        actions,
        "fetch",
        "fetch data sets into the cache",
        """
        Fetch the files of a data set (those of MNIST: 11 MB to load, 55 MB on disk) from the first public mirror that
        has them, verify them, and put them into the cache. What was stopped, also with Ctrl-C, goes on the next time.
        """,
        """
        mlpgrader data fetch
        mlpgrader data fetch --from https://mirror.example.org/mnist/
        """,
        "exit status: 0 when all files are there, 2 when they could not be fetched, 130 when stopped with Ctrl-C",
    )
    fetch.add_argument("name", metavar="NAME", nargs="?", help="this data set only (default: all that can be fetched)")
    fetch.add_argument(
        "--from", dest="mirror", metavar="URL", help="the folder of the files, instead of the known mirrors"
    )
    show = _command(
        actions,
        "show",
        "show which data sets are there",
        "Look where a grading looks for its data, verify what is there, and say what a grading would use.",
        """
        mlpgrader data show
        mlpgrader data show --data ../mnist --json
        """,
        "exit status: 0 when a grading has data to use, 2 when it would refuse what is there",
    )
    show.add_argument("name", metavar="NAME", nargs="?", help="this data set only (default: all)")
    show.add_argument("--data", metavar="DIR", type=Path, help="a folder with the files, as a grading is given it")
    show.add_argument("--json", action="store_true", help=f"print what was found as JSON, {JSON}")


def _calibrate(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "calibrate",
        "see whether the checks catch what is wrong, and nothing else",
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
        "--data",
        metavar="DIR",
        type=Path,
        help="folder with the four MNIST files that notebooks train on (default: as for `mlpgrader grade`)",
    )
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
    add(
        "--fresh",
        action="store_true",
        help="run everything: without it, what was asked of the same code before is judged from the evidence that was kept, "
        "and only the rest is run",
    )
    add("--jobs", metavar="N", type=values.jobs, default=1, help="grade N side by side (default: 1)")
    add(
        "--sandbox",
        choices=("docker", "bubblewrap", "process"),
        default="process",
        help="where the code runs: these bugs are our own, so it is with your own rights (default: process)",
    )
    add("--out", metavar="PATH", type=Path, help="write the page to this .md file, or to calibration.md in this folder")
    add("--json", action="store_true", help=f"print everything as JSON, {JSON}")


def _doctor(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "doctor",
        "say what this machine can do",
        """
        Look at versions, the container engine and the image, and say what to do about what is missing. Then start each
        sandbox that this machine can have and try inside what must be refused: network, system calls, files of this
        machine, processes, memory and disk without end. Each attempt is held, not held, or not testable here.
        """,
        """
        mlpgrader doctor
        mlpgrader doctor --engine podman --runtime runc
        """,
        "exit status: 0 when submissions can be graded in containers, 2 when something has to be done first",
    )
    _containers(command)
    command.add_argument("--json", action="store_true", help=f"print what was found as JSON, {JSON}")


def _command(
    commands: Commands[argparse.ArgumentParser], name: str, line: str, description: str, examples: str, statuses: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=line,
        description=dedent(description).strip(),
        epilog=_epilog(examples, statuses),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _debug(command)
    return command


def _epilog(examples: str, statuses: str) -> str:
    lines = "\n".join(f"  {line}" for line in dedent(examples).strip().splitlines())
    return f"example:\n{lines}\n\n{dedent(statuses).strip()}"


def _debug(command: argparse.ArgumentParser) -> None:
    # no default: what was given before the command must survive the command's own parser
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")


def _containers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--image", metavar="NAME", default="", help="the image to use instead of the one that `make image` builds"
    )
    command.add_argument(
        "--engine",
        choices=("docker", "podman"),
        default="docker",
        help="the command-line client that containers are made with (default: docker)",
    )
    command.add_argument(
        "--runtime", metavar="NAME", default="", help="the runtime that the engine is to use, such as runsc (gVisor)"
    )


def _digits(command: argparse.ArgumentParser, *, size: str) -> None:
    command.add_argument(
        "--size",
        choices=("full", "quick"),
        default=size,
        help="run notebooks as the assignment says (full), or on fewer images in a few minutes (quick); "
        f"each has thresholds of its own (default: {size})",
    )
    command.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="folder with the files of the assignment's data set, as the four of MNIST (default: $MLPGRADER_DATA, then what "
        "`mlpgrader data fetch` has fetched, then drawn digits)",
    )


def _seed(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seed",
        metavar="N",
        type=values.seed,
        help="repeat exactly the grading that drew this seed (default: a fresh one for every submission)",
    )
