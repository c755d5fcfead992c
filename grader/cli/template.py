"""`mlpgrader template`: what students receive, made from the solved course material."""

from __future__ import annotations

import argparse
import sys

from grader import places, template
from grader.cli import GRADED, WRONG
from grader.errors import AuthorError
from grader.text import printable


def run(arguments: argparse.Namespace) -> int:
    """Build student_template/ from reference/, or say whether it is out of date; return the exit status."""
    root = places.checkout()
    if root is None:
        raise AuthorError("no checkout here: run this in a clone of the repository, the one place with reference/")
    entries = sorted((root / "reference").iterdir())
    folders = [path for path in entries if path.is_dir() and not path.name.startswith((".", "__"))]
    if not folders:
        raise AuthorError(f"{root / 'reference'}: holds no course material; it has one folder for each assignment")
    pairs = [(folder, root / "student_template" / folder.name) for folder in folders]
    if arguments.check:
        stale = [line for reference, target in pairs for line in template.stale(reference, target)]
        for line in stale:
            print(printable(line), file=sys.stderr)
        print("run `mlpgrader template` and commit the result" if stale else "student_template/ is up to date")
        return WRONG if stale else GRADED
    changed = [path for reference, target in pairs for path in template.build(reference, target)]
    for path in changed:
        print(printable(str(path.relative_to(root))))
    print(f"{len(changed)} files changed in student_template/" if changed else "student_template/ was up to date")
    return GRADED
