"""Why a person may want to look at a submission: what it does that no homework needs. No point follows from any of it.

Code is looked at as text, and what was observed is asked what the grader itself has noticed: whoever observes something of this
kind puts a sentence into the list ``noticed`` of an observation's data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from grader.model import Evidence, Observation, ProblemKind, Submission, tables_in

NOTICED = "noticed"
MOST, CHARACTERS = 20, 200
# longer files are looked at up to here
LOOKED_AT = 2_000_000
# what the code does, and how that is told from its text
SIGNS = (
    (
        "looks at the frames of what has called it",
        r"\b_getframe\b|\b_current_frames\b|\bcurrentframe\b|\btb_frame\b|\bgi_frame\b|\.f_(?:locals|globals)\b|\binspect\.stack\b",
    ),
    ("looks through the objects of the process", r"\bgc\.get_(?:objects|referrers|referents)\b|\b__subclasses__\b"),
    ("opens /proc", r"[\"'/]proc/"),
    ("works on memory or calls the system by itself", r"\bctypes\b|\bprocess_vm_|\bptrace\b"),
    (
        "changes how Python imports, traces or watches",
        r"\bsys\.(?:meta_path|path_hooks|settrace|setprofile|addaudithook)\b|\bsys\.modules\s*\[[^\]]*\]\s*=(?!=)",
    ),
    ("reaches for modules of the grader", r"\bgrader\.(?:worker|replay|watching|functions|wire|assignments)\b"),
    ("changes numpy, time or built-in functions", r"(?m)^\s*(?:np|numpy|builtins|time)\.\w[\w.]*\s*=(?!=)"),
)
_SIGNS = tuple((what, re.compile(pattern)) for what, pattern in SIGNS)
# the worker's own words, on the stream that student code can write to as well
MEDDLED = "somebody has changed the limits of the worker"


def notices(submission: Submission, evidence: Evidence, *, provided: Iterable[str] = ()) -> tuple[str, ...]:
    """Return why a person may want to look at a submission, each reason once; files that the course has `provided` are no reason.

    What code says of itself is no proof: it may hide all of it, and may have a good reason.
    """
    known = frozenset(provided)
    own = {path: content for path, content in submission.files.items() if path not in known}
    found = [*_in_code(own), *_in_evidence(evidence)]
    return tuple(dict.fromkeys(each[:CHARACTERS] for each in found))[:MOST]


def _in_code(files: Mapping[str, bytes]) -> Iterator[str]:
    for path in sorted(files):
        if not path.endswith((".py", ".ipynb")):
            continue
        text = files[path][:LOOKED_AT].decode(errors="replace")
        parts = _cells(text) if path.endswith(".ipynb") else [("", text)]
        for what, sign in _SIGNS:
            for where, code in parts:
                if seen := sign.search(code):
                    line = code.count("\n", 0, seen.start() + len(seen.group()) - len(seen.group().lstrip())) + 1
                    yield f"{path}{where} line {line} {what}: {seen.group().strip()}"
                    break


def _cells(text: str) -> list[tuple[str, str]]:
    """Return the code cells of a notebook, each with the words that name it; the whole text where it cannot be read."""
    try:
        cells = json.loads(text)["cells"]
        sources = [each["source"] for each in cells if each["cell_type"] == "code"]
        joined = [source if isinstance(source, str) else "".join(source) for source in sources]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [("", text)]
    return [(f", code cell {number},", source) for number, source in enumerate(joined, start=1)]


def _in_evidence(evidence: Evidence) -> Iterator[str]:
    for observation in evidence.observations.values():
        yield from _noticed(observation)
        if _is_violation(observation):
            yield f"what '{observation.probe}' asked was answered with bytes that nobody asked for"
    if MEDDLED in evidence.output:
        yield "limits, priority or processors of the grader's own process were changed"


def _noticed(observation: Observation) -> Iterator[str]:
    said = observation.data.get(NOTICED)
    yield from (each for each in said if isinstance(each, str)) if isinstance(said, list | tuple) else ()


def _is_violation(observation: Observation) -> bool:
    if observation.problem and observation.problem.kind is ProblemKind.VIOLATION:
        return True
    return any(
        isinstance(kind := each.get("kind"), str) and kind == ProblemKind.VIOLATION and "message" in each
        for each in tables_in(observation.data)
    )
