"""`mlpgrader template`: what students receive, made from the solved course material."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader import template
from grader.cli import GRADED, WRONG, options
from grader.cli.at_hand import at_hand
from grader.errors import AuthorError
from grader.text import printable


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
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


def run(arguments: argparse.Namespace) -> int:
    """Build what students receive from the solved material, or say whether it is out of date; return the exit status."""
    solved = [(*each.material, each.masters) for each in at_hand() if each.material]
    if not solved:
        raise AuthorError(
            "there is no solved material here: run this in a clone of the repository, the one place with reference/, or "
            "where an assignment of your own is installed whose reference folder is there"
        )
    if arguments.check:
        stale = [
            line for reference, target, masters in solved for line in template.stale(reference, target, masters=masters)
        ]
        for line in stale:
            print(printable(line), file=sys.stderr)
        print("run `mlpgrader template` and commit the result" if stale else "student_template/ is up to date")
        return WRONG if stale else GRADED
    changed = [
        path for reference, target, masters in solved for path in template.build(reference, target, masters=masters)
    ]
    for path in changed:
        print(printable(_shown(path)))
    print(f"{len(changed)} files changed in student_template/" if changed else "student_template/ was up to date")
    return GRADED


def _shown(path: Path) -> str:
    """Return a path as seen from the current folder, where it lies below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
