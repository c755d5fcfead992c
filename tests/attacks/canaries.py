"""Grades in a process of its own that holds a canary everywhere: run by tests, with sandbox, folder and canary."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from attacks import table
from grader.sandbox import open_launcher


def main(kind: str, folder: str, canary: str, own: str) -> None:
    """Grade the attack that searches; `canary` is in memory, arguments and environment, `own` in the submission."""
    held = {"labels": [canary, canary.encode()], "expected": bytearray(canary.encode())}
    (walks,) = (attack for attack in table.ATTACKS if attack.name == "walks")
    # what is beside the submission and outside of it
    Path(folder, "secret.txt").write_text(canary, encoding="ascii")
    with open_launcher(kind) as launcher:
        table.graded(replace(walks, files={"notes.txt": own}), launcher, Path(folder))
    del held


if __name__ == "__main__":
    main(*sys.argv[1:])
