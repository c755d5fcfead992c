"""A program that observes a submission for real and prints which files of the grader had to do with it.

    python asking_files.py ASSIGNMENT

It prints the files whose code was called, or which were read, while student code was asked, on our side; those that travel
inside; and those that the key of the evidence covers. It is run with the tree that is meant first on its path.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import grader
from grader import assignments
from grader.evidence import keys, sources
from grader.model import Limits, Setting, Submission
from grader.pipeline import load_rubric
from grader.sandbox import Probe, observe
from grader.sandbox.payload import worker_source
from grader.sandbox.process import process_launcher
from kit import byomlp_submissions, modules_samples, planted
from kit.digits_samples import as_data, few

GRADER = Path(grader.__file__).parent


def handed_in(assignment: str) -> Mapping[str, bytes]:
    """Return files that every probe asks something of; in the modules a class is wrong, so that the right ones are laid."""
    if assignment == "byomlp":
        # trained as is asked but for its batches, or it would be tried again until it has learned something
        cells = byomlp_submissions.START, byomlp_submissions.AUTOENCODER.replace("16", "8"), byomlp_submissions.PLOT
        return byomlp_submissions.good(Autoencoder_ipynb=byomlp_submissions.notebook(*cells))
    main = next(trial for trial in planted.notebooks("modules") if "HW3_main.ipynb" in planted.files(trial))
    wrong = [cell.replace("self.output = input.dot", "self.output = 2 * input.dot") for cell in modules_samples.RIGHT]
    return {**planted.files(main), modules_samples.FILE: modules_samples.notebook(*wrong)}


def setting_of(assignment: str) -> Setting:
    """Return a setting in which notebooks take seconds."""
    rubric = load_rubric(assignments.find(assignment))
    if assignment == "byomlp":
        numbers, data = byomlp_submissions.NUMBERS, as_data(byomlp_submissions.digits())
        return Setting("quick", numbers, numbers, data, rubric.parameters)
    numbers = rubric.sizes["reduced"]
    return Setting("reduced", numbers, numbers, as_data(few(1000, 200)), rubric.parameters)


@contextmanager
def noted(called: set[str], read: set[str]) -> Iterator[None]:
    """Note the files of the grader whose functions are called by any thread, and those that are opened."""
    # what checks tell a probe is compared when evidence is taken; how they come to it is not part of the key
    apart, within, listening = Probe.findings.__code__, threading.local(), [True]

    def note(frame: FrameType, event: str, _: Any) -> None:
        if frame.f_code is apart:
            within.depth = getattr(within, "depth", 0) + {"call": 1, "return": -1}.get(event, 0)
        elif event == "call" and not getattr(within, "depth", 0):
            called.add(frame.f_code.co_filename)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | Path) and listening:
            read.add(str(arguments[0]))

    sys.addaudithook(hear)
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        listening.clear()


def ours(paths: set[str]) -> list[str]:
    """Return those of the paths that lie in the grader, from there."""
    found = (Path(path) for path in paths)
    return sorted(
        path.relative_to(GRADER).as_posix()
        for path in found
        if path.is_relative_to(GRADER) and "__pycache__" not in path.parts
    )


def trace(name: str) -> dict[str, list[str]]:
    """Observe, and return the files by what they had to do with it."""
    assignment, launcher, setting = assignments.find(name), process_launcher(), setting_of(name)
    submission = Submission("alice", "sha256:" + "0f" * 32, {**handed_in(name), **assignment.provided})
    called: set[str] = set()
    read: set[str] = set()
    with noted(called, read):
        seen = observe(
            submission,
            assignment.probes,
            assignment.inside,
            launcher=launcher,
            seed=5,
            limits=Limits(call_seconds=30),
            setting=setting,
        )
    files = sources.files_behind(keys.described(assignment.probes, launcher)[1])
    constants = (value for module in files for value in vars(sys.modules[module]).values() if isinstance(value, Path))
    sent = {*worker_source(), *assignment.inside.ours} - {"grader/__init__.py"}
    return {
        "faults": [each.fault for each in seen.observations.values() if each.fault],
        "called": ours(called),
        "read": ours(read),
        "sent": sorted(each.removeprefix("grader/") for each in sent),
        "covered": ours({str(path) for path in [*files.values(), *(each for each in constants if each.is_file())]}),
    }


if __name__ == "__main__":
    print(json.dumps(trace(sys.argv[1])))
