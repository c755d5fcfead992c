"""The command line, and the options that several commands share; what one alone has stands in its own file."""

from __future__ import annotations

import argparse
import getpass
import shlex
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from textwrap import dedent

from grader import __version__
from grader.cli import values
from grader.errors import AuthorError

# a command is a file of this name beside this one, with `add_arguments` and `run`
COMMANDS: Mapping[str, str] = {
    "grade": "grade submissions and write a report for each",
    "check": "check your own work, with hints",
    "regrade": "judge kept evidence again with today's rubric",
    "pending": "list what waits for a person",
    "mark": "take marks of people from a file",
    "review": "look at a class and mark it, in a browser",
    "release": "make results visible to students",
    "export": "write results for Canvas, Moodle and others",
    "rubric": "validate a rubric and print it",
    "template": "build student_template/ from reference/",
    "data": "get data sets, or show which are there",
    "calibrate": "see whether the checks catch what is wrong, and nothing else",
    "doctor": "say what this machine can do",
}

GRADING_STATUSES = """
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


def parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line; the command is in `command`.

    Every command is known; the options are those of the one that is `chosen`, without one those of all. So a command's
    file, and what that needs, is imported only for itself.
    """
    top = argparse.ArgumentParser(
        prog="mlpgrader",
        description='Grade "write your own neural network" homework in a sandbox and explain the score.',
        epilog=_epilog("mlpgrader grade alice bob.zip --assignment byomlp", GRADING_STATUSES),
        formatter_class=Roomy,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"mlpgrader {__version__}")
    _add_debug(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for name, line in COMMANDS.items():
        command = add_command(commands, name, line)
        if chosen in (None, name):
            import_module(f"grader.cli.{name}").add_arguments(command)
    return top


def add_command(
    commands: Commands[argparse.ArgumentParser], name: str, line: str, *texts: str
) -> argparse.ArgumentParser:
    """Add a command, which is listed with `line`; `texts` are those of `describe`, where they are at hand."""
    command = commands.add_parser(
        name, help=line, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    _add_debug(command)
    if texts:
        describe(command, *texts)
    return command


def describe(command: argparse.ArgumentParser, description: str, examples: str, statuses: str) -> None:
    """Say what a command does, with examples and the meaning of its exit statuses."""
    command.description = dedent(description).strip()
    command.epilog = _epilog(examples, statuses)


def repeated(command: argparse.ArgumentParser, arguments: argparse.Namespace, *, without: Collection[str] = ()) -> str:
    """Return the words after the command that mean these arguments again, but for those `without` which nothing changes."""
    said: list[str] = []
    for action in command._actions:  # argparse has no other way to them
        value = getattr(arguments, action.dest, action.default)
        if action.dest in without or value == action.default or value is None:
            continue
        option = action.option_strings[-1:]
        if action.nargs == 0:
            said += option
        elif isinstance(value, list):
            said += [word for each in value for word in (*option, str(each))]
        else:
            said += [*option, ",".join(value) if isinstance(value, tuple) else str(value)]
    return shlex.join(said)


def _epilog(examples: str, statuses: str) -> str:
    lines = "\n".join(f"  {line}" for line in dedent(examples).strip().splitlines())
    return f"example:\n{lines}\n\n{dedent(statuses).strip()}"


def _add_debug(command: argparse.ArgumentParser) -> None:
    # no default: what was given before the command must survive the command's own parser
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")


def add_containers(command: argparse.ArgumentParser) -> None:
    """Add what containers are made with."""
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


def add_data(command: argparse.ArgumentParser, *, size: str) -> None:
    """Add at which size notebooks are run, and on which data."""
    command.add_argument(
        "--size",
        choices=("full", "quick"),
        default=size,
        help="run notebooks as the assignment says (full), or on fewer images in a few minutes (quick); "
        f"each has thresholds of its own (default: {size})",
    )
    add_data_folder(command)


def add_data_folder(command: argparse.ArgumentParser) -> None:
    """Add where data sets are."""
    command.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="folder with the files of the assignment's data set, as the four of MNIST (default: $MLPGRADER_DATA, then what "
        "`mlpgrader data fetch` has fetched, then drawn digits)",
    )


def add_rubric(command: argparse.ArgumentParser, *, what: str = "grade by") -> None:
    """Add another rubric than the assignment's own."""
    command.add_argument(
        "--rubric",
        metavar="FILE",
        type=Path,
        help=f"{what} the rubric in this file instead of the assignment's own; `mlpgrader rubric FILE` validates it",
    )


def add_author(command: argparse.ArgumentParser, *, what: str) -> None:
    """Declare who does `what`, as the audit names them."""
    command.add_argument(
        "--as", dest="author", metavar="NAME", help=f"who {what}, for the audit (default: your user name)"
    )


def author(arguments: argparse.Namespace) -> str:
    """Return who does what the command is for; AuthorError where the machine does not know it either."""
    try:
        return arguments.author or getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise AuthorError("who you are is not known on this machine; say it with --as NAME") from error


def add_gradebook(command: argparse.ArgumentParser) -> None:
    """Add where the gradebook of a run is."""
    command.add_argument(
        "--gradebook",
        metavar="URL",
        help="keep the gradebook of this run in a database (postgresql://host/name) instead of a file in its folder; to be given "
        "once, without a password: that comes from PGPASSWORD or .pgpass",
    )


def add_seed(command: argparse.ArgumentParser) -> None:
    """Add the seed of a grading."""
    command.add_argument(
        "--seed",
        metavar="N",
        type=values.seed,
        help="repeat exactly the grading that drew this seed (default: a fresh one for every submission)",
    )
