"""A program that prints the key of evidence, and what it is after a file of the grader has been changed.

    python touching_files.py ASSIGNMENT FILE ...

It is run with a copy of the tree first on its path. Each file is changed and put back, one after another; between two keys
everything is forgotten that was read from files, so that each key is that of a process that has just begun.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import grader
from grader import assignments, evidence
from grader.evidence import sources
from grader.model import Limits, Setting, Submission
from grader.sandbox.payload import worker_source
from grader.sandbox.process import process_launcher

GRADER = Path(grader.__file__).parent


def key(assignment: str) -> str:
    """Return the key of what the probes see of some submission."""
    for read in (worker_source, sources.file_digest):
        read.cache_clear()
    # the package itself reads what travels inside
    assignments.find(assignment)
    found = importlib.reload(sys.modules[f"grader.assignments.{assignment}"]).ASSIGNMENT
    return evidence.key(
        Submission("alice", "sha256:12", {"mlp.py": b"x = 1"}),
        found.probes,
        found.inside,
        assignment=assignment,
        launcher=process_launcher(),
        limits=Limits(),
        seed=5,
        setting=Setting(parameters=found.parameters),
    )


def changed(file: Path, assignment: str) -> str:
    """Return the key when there is a line more in a file."""
    content = file.read_bytes()
    file.write_bytes(content + b"# touched\n")
    try:
        return key(assignment)
    finally:
        file.write_bytes(content)


def main(assignment: str, *files: str) -> None:
    """Print the keys by file, the one of the tree as it is under an empty name."""
    # a file that has changed since the start has a digest like no other: here that would hide what is looked for
    sources.STARTED *= 2
    keys = {name: changed(GRADER / name, assignment) for name in files}
    print(json.dumps({"": key(assignment), **keys}))


if __name__ == "__main__":
    main(*sys.argv[1:])
