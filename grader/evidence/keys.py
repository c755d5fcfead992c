"""The key of evidence: a digest of all that shapes what a submission answers, so that one key stands for one evidence."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grader.evidence import folder, sources
from grader.evidence.describing import Description
from grader.model import Limits, Setting, Submission
from grader.sandbox import Inside, Launcher, Probe, observe
from grader.sandbox.payload import payload


def key(
    submission: Submission,
    probes: Sequence[Probe],
    inside: Inside,
    *,
    assignment: str,
    launcher: Launcher,
    limits: Limits,
    setting: Setting | None = None,
    seed: int | None = None,
) -> str:
    """Return the key of what these probes see of a submission: 64 hexadecimal digits.

    It covers the files handed in, with the provided ones laid over, why others were left out and
    what was taken for another one; the probes with all that they
    declare; every source file that can run on this side while they ask, and every one that travels inside; sandbox and image;
    limits, size, numbers, data set, and the parameters that the probes declare; Python and what is installed beside it; and
    the seed, where one is given. Names of students, checks, hints, points and reports are not in it. AuthorError for a probe
    that holds something that nothing can be said of.
    """
    asked, modules = described(probes, launcher)
    files = dict(sorted(submission.files.items()))
    return _digest(
        {
            "format": folder.SCHEMA,
            "assignment": assignment,
            "sent": hashlib.sha256(payload(inside, files, limits, folder="")).hexdigest(),
            "left_out": sorted(submission.left_out.items()),
            "taken": sorted(submission.taken.items()),
            "probes": asked,
            # what answers calls from a process outside is named, and imported by nobody here
            "sources": sources.digest_of(
                modules | ({inside.beside} - {""} if any(probe.kernel for probe in probes) else set())
            ),
            "sandbox": [launcher.name, sorted(launcher.facts.items())],
            "limits": asdict(limits),
            "setting": _of((setting or Setting()).given(sorted({name for each in probes for name in each.parameters}))),
            "python": [sys.version, sys.platform, platform.machine(), *installed()],
            "seed": seed,
        }
    )


def described(probes: Sequence[Probe], launcher: Launcher) -> tuple[list[Any], frozenset[str]]:
    """Return what tells these probes from others, and the modules whose code runs on this side while they ask."""
    asking = Description()
    # what checks tell a probe is compared when evidence is taken: only that counts, not how they come to it
    asked = [asking.of(replace(probe, verdicts=(), coarse={})) for probe in probes]
    asking.of(observe)
    # not what it holds, which is said by its facts, but how it starts and ends a sandbox
    asking.modules.add(launcher.launch.__module__)
    return asked, frozenset(asking.modules)


@functools.cache
def installed() -> tuple[str, ...]:
    """Return names and versions of what is installed where this interpreter looks for it."""
    folders = (Path(entry) for entry in dict.fromkeys(sys.path) if entry and Path(entry).is_dir())
    return tuple(sorted(found.stem for each in folders for found in each.glob("*.dist-info")))


def _of(setting: Setting) -> dict[str, Any]:
    numbers = {"numbers": dict(setting.numbers), "reduced": dict(setting.reduced)}
    data = {name: [data.kind, data.digest] for name, data in setting.data.items()}
    return {"size": setting.size, **numbers, "data": data, "parameters": dict(setting.parameters)}


def _digest(described: object) -> str:
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
