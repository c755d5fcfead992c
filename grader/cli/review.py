"""`mlpgrader review`: the class and what waits for a person, in a browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.cli import GRADED, options
from grader.errors import AuthorError
from grader.text import printable

PORT = 8765


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Look at a class, mark what waits for a person, and release, in a browser on this machine. No student code runs. What
        you do is saved at once, in the gradebook of the run; the other commands see it, and may be used meanwhile.
        """,
        """
        mlpgrader review graded
        mlpgrader review graded --as "Jane Doe" --graders graders.txt --url https://marking.example.edu
        """,
        """
        exit status:
          0  ended with Ctrl-C
          2  usage, run, gradebook or port is wrong
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN", type=Path, help="the --out folder of a run")
    options.add_author(command, what="marks")
    add("--port", metavar="N", type=int, default=PORT, help=f"where it listens; 0 for any free port (default: {PORT})")
    add(
        "--host",
        metavar="H",
        default="127.0.0.1",
        help="the address to listen at (default: 127.0.0.1, this machine alone)",
    )
    add(
        "--graders",
        metavar="FILE",
        type=Path,
        help="who marks as well, a name on each line; each gets a link of their own",
    )
    add(
        "--url",
        metavar="URL",
        default="",
        help="the address of a web server in front of it, as https://marking.example.edu",
    )
    add("--no-browser", action="store_true", help="print the address and open nothing")
    options.add_rubric(command, what="find answers by")
    options.add_gradebook(command)


def run(arguments: argparse.Namespace) -> int:
    """Serve the review of the run that the arguments name until Ctrl-C, and return the exit status."""
    try:
        from grader.web import serving
    except ImportError as error:
        raise AuthorError(f"the review needs {error.name}: pip install 'mlpgrader[class]'") from error
    wanted = serving.Wanted(
        arguments.run_dir,
        options.author(arguments),
        host=arguments.host,
        port=arguments.port,
        url=arguments.url,
        graders=arguments.graders,
        gradebook=arguments.gradebook,
        rubric=arguments.rubric,
    )
    serving.serve(
        wanted,
        tell=lambda line: print(printable(line, newlines=True), file=sys.stderr, flush=True),
        opens=not arguments.no_browser,
    )
    return GRADED
