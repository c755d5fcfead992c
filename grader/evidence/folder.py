"""Evidence on disk: what student code answered, kept so that a class can be judged again without running it.

A folder of evidence has one file, ``evidence.zst``, as `packing` writes it: the line says all but what was handed in and
what was observed, which are a frame each. Format `mlpgrader.evidence/2`; folders of format 1 can still be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from grader import atomic, wire
from grader.errors import AuthorError, HarnessError
from grader.evidence import first_format, packing
from grader.model import Evidence, Observation, Parameter, Problem, ProblemKind, Submission

SCHEMA = "mlpgrader.evidence/2"
FILE = "evidence.zst"
_FILES = "submission"  # the frame of the files that were handed in

T = TypeVar("T")
Kept = tuple[Evidence, Submission, str]


@dataclass(frozen=True)
class Asked:
    """What evidence was gathered for: an assignment, items of its rubric (empty for all), the parameters that it had then, the
    names of the probes, in which kind of sandbox, and the facts of the run.

    Without `parameters`, they are not known.
    """

    assignment: str
    items: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    sandbox: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def normalise(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` as it is when it comes back from disk, so that grading and regrading judge the very same thing."""
    try:
        restored: dict[str, Any] = _decoded(_encoded(dict(data), "an observation"))
    except wire.WireError as error:
        raise HarnessError(f"an observation cannot be kept: {error}") from error
    return restored


def save(evidence: Evidence, submission: Submission, folder: Path, *, assignment: str, durable: bool = True) -> None:
    """Write evidence and submission into `folder`; what an earlier grading left there is replaced."""
    raw = as_bytes(evidence, submission, assignment=assignment)
    withdraw(folder)
    atomic.write(folder / FILE, raw, durable=durable)


def has(folder: Path) -> bool:
    """Tell whether a grading that came to its end has left evidence in `folder`."""
    return (folder / FILE).is_file() or (folder / first_format.MANIFEST).is_file()


def load(folder: Path, *, only: Collection[str] | None = None) -> Kept:
    """Return evidence, submission and the assignment's id; HarnessError when anything is missing or was damaged.

    With `only`, the observations of these probes are taken apart and no others.
    """
    if (folder / first_format.MANIFEST).is_file() and not (folder / FILE).exists():
        return _kept(*first_format.read(folder), folder / first_format.MANIFEST)
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise first_format.unfit(path, f"cannot be read ({error.strerror})") from error
    return from_bytes(raw, path, only=only)


def asked(folder: Path) -> Asked | None:
    """Return what the evidence in `folder` was gathered for, without reading all of it; None where that cannot be told."""
    try:
        about = packing.head((folder / FILE).read_bytes())
        items = tuple(_a(str, item) for item in about.get("items") or ())
        facts = {name: fact for name, fact in about["facts"].items() if isinstance(fact, str)}
        probes, sandbox = tuple(_a(dict, about["probes"])), _a(str, about["sandbox"])
        return Asked(_a(str, about["assignment"]), items, _parameters(about), probes, sandbox, facts)
    except (OSError, *first_format.DAMAGE):
        return None


def withdraw(folder: Path) -> None:
    """Remove evidence of any format from `folder`, and what a grading that was killed has left there.

    AuthorError when that cannot be done.
    """
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if first_format.OURS.fullmatch(path.name) or re.fullmatch(rf"\.?{re.escape(FILE)}(?:\.\w+)?", path.name):
                path.unlink()
    except OSError as error:
        raise AuthorError(f"{folder}: cannot be cleared ({error.strerror}); choose another --out") from error


def as_bytes(evidence: Evidence, submission: Submission, *, assignment: str, key: str = "") -> bytes:
    """Return what `save` writes, with the key under which it is kept if it has one; HarnessError for what cannot be kept."""
    names, contents = list(submission.files), [np.frombuffer(raw, np.uint8) for raw in submission.files.values()]
    frames = {_FILES: _encoded({"names": names, "contents": contents}, _FILES)}
    for probe, observation in evidence.observations.items():
        if not re.fullmatch(r"[a-z]\w*", probe) or probe in frames:
            raise HarnessError(
                f"probe '{probe}' cannot be kept under this name; choose letters, digits and underscores"
            )
        frames[probe] = _encoded(dict(observation.data), probe)
    about = {
        "schema": SCHEMA,
        "assignment": assignment,
        "key": key,
        "submission": {"id": submission.id, "digest": submission.digest, "notes": list(submission.notes)},
        "seed": evidence.seed,
        "sandbox": evidence.sandbox,
        "seconds": evidence.seconds,
        "facts": dict(evidence.facts),
        "items": list(evidence.items),
        "parameters": {name: _listed(value) for name, value in evidence.parameters.items()},
        "output": evidence.output,
        "probes": {probe: _described(observation) for probe, observation in evidence.observations.items()},
    }
    try:
        return packing.pack(about, frames)
    except ValueError as error:
        raise HarnessError(f"evidence of '{submission.id}' cannot be kept: {error}") from error


def from_bytes(raw: bytes, path: Path, *, key: str = "", only: Collection[str] | None = None) -> Kept:
    """Return what `as_bytes` was given with this key; HarnessError naming `path`, where they come from, for any other bytes."""
    try:
        about, frames = packing.unpack(raw, None if only is None else {*only, _FILES})
        if about.get("schema") != SCHEMA:
            raise first_format.unfit(path, f"has the schema {about.get('schema')!r}, not {SCHEMA!r}")
        if key and about.get("key") != key:
            raise first_format.unfit(path, "was kept under another key")
    except first_format.DAMAGE as error:
        raise first_format.unfit(path, f"is damaged ({type(error).__name__})") from error
    return _kept(about, frames, path, only)


def _kept(
    about: Mapping[str, Any], frames: Mapping[str, bytes], path: Path, only: Collection[str] | None = None
) -> Kept:
    try:
        bodies = {name: _decoded(frame) for name, frame in frames.items()}
        handed_in, files = about["submission"], bodies[_FILES]
        contents = {_a(str, name): raw.tobytes() for name, raw in zip(files["names"], files["contents"], strict=True)}
        notes = tuple(_a(str, note) for note in handed_in["notes"])
        submission = Submission(_a(str, handed_in["id"]), _a(str, handed_in["digest"]), contents, notes)
        observations = {
            probe: _observation(probe, each, bodies[probe])
            for probe, each in about["probes"].items()
            if only is None or probe in only
        }
        facts = {_a(str, name): _a(str, fact) for name, fact in about["facts"].items()}
        items = about.get("items")
        if items is None:
            # until there was a list of them, they were a fact
            items = [name for name in facts.pop("items", "").split(",") if name]
        evidence = Evidence(
            observations,
            _a(int, about["seed"]),
            _a(str, about["sandbox"]),
            float(about["seconds"]),
            facts,
            _a(str, about["output"]),
            tuple(_a(str, item) for item in items),
            _parameters(about),
        )
        return evidence, submission, _a(str, about["assignment"])
    except first_format.DAMAGE as error:
        raise first_format.unfit(path, f"is damaged ({type(error).__name__})") from error


def _described(observation: Observation) -> dict[str, Any]:
    problem = observation.problem
    return {
        "seconds": observation.seconds,
        "fault": observation.fault,
        "problem": problem and {"kind": problem.kind, "message": problem.message, "where": problem.where},
    }


def _observation(probe: str, about: Mapping[str, Any], data: dict[str, Any]) -> Observation:
    ended = about["problem"]
    problem = ended and Problem(ProblemKind(ended["kind"]), _a(str, ended["message"]), _a(str, ended["where"]))
    return Observation(probe, _a(dict, data), problem, _a(str, about["fault"]), float(about["seconds"]))


def _listed(value: Parameter) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _parameters(about: Mapping[str, Any]) -> dict[str, Parameter]:
    return {_a(str, name): _parameter(value) for name, value in about.get("parameters", {}).items()}


def _parameter(value: Any) -> Parameter:
    if isinstance(value, list):
        return tuple(_a(str, each) for each in value)
    return value if isinstance(value, str) else float(value)


def _a(kind: type[T], value: Any) -> T:
    """Return a value that is of this type; TypeError for another one."""
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def _encoded(body: Any, what: str) -> bytes:
    try:
        return wire.encode(body)
    except wire.WireError as error:
        raise HarnessError(f"evidence of '{what}' cannot be kept: {error}") from error


def _decoded(raw: bytes) -> Any:
    return wire.decode(io.BytesIO(raw).read, limit=len(raw))
