"""Evidence on disk: what student code answered, kept so that a class can be judged again without running it.

A folder of evidence has one wire frame for each probe (``PROBE.frame``), one for the files that were handed in, and
``manifest.json`` with everything else and a digest of each frame. Format `mlpgrader.evidence/1`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader import atomic, wire
from grader.errors import AuthorError, HarnessError
from grader.model import Evidence, Observation, Problem, ProblemKind, Submission

SCHEMA = "mlpgrader.evidence/1"
MANIFEST = "manifest.json"
_FILES = "submission"  # the frame of the files that were handed in
_OURS = re.compile(r"\.?(?:manifest\.json|\w+\.frame)(?:\.\w+)?")


def normalise(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` as it is when it comes back from disk, so that grading and regrading judge the very same thing."""
    restored: dict[str, Any] = _decoded(_encoded(dict(data), "an observation"), "an observation")
    return restored


def save(evidence: Evidence, submission: Submission, folder: Path, *, assignment: str) -> None:
    """Write evidence and submission into `folder`; what an earlier grading left there is replaced."""
    names, contents = list(submission.files), [np.frombuffer(raw, np.uint8) for raw in submission.files.values()]
    frames = {_FILES: _encoded({"names": names, "contents": contents}, _FILES)}
    for probe, observation in evidence.observations.items():
        if not re.fullmatch(r"[a-z]\w*", probe) or probe in frames:
            raise HarnessError(
                f"probe '{probe}' cannot be kept under this name; choose letters, digits and underscores"
            )
        frames[probe] = _encoded(dict(observation.data), probe)
    manifest = {
        "schema": SCHEMA,
        "assignment": assignment,
        "submission": {"id": submission.id, "digest": submission.digest, "notes": list(submission.notes)},
        "seed": evidence.seed,
        "sandbox": evidence.sandbox,
        "seconds": evidence.seconds,
        "facts": dict(evidence.facts),
        "output": evidence.output,
        "probes": {probe: _described(observation) for probe, observation in evidence.observations.items()},
        "frames": {name: hashlib.sha256(frame).hexdigest() for name, frame in frames.items()},
    }
    # while there is no manifest there is no evidence: an interrupted grading never passes for a finished one
    _clear(folder, keep={path.name for path in folder.glob("*.frame")})
    for name, frame in frames.items():
        atomic.write(folder / f"{name}.frame", frame)
    atomic.write(folder / MANIFEST, json.dumps({**manifest, "digest": _digest(manifest)}, indent=1) + "\n")
    _clear(folder, keep={MANIFEST, *(f"{name}.frame" for name in frames)})


def has(folder: Path) -> bool:
    """Tell whether a grading that came to its end has left evidence in `folder`."""
    return (folder / MANIFEST).is_file()


def load(folder: Path) -> tuple[Evidence, Submission, str]:
    """Return evidence, submission and the assignment's id; HarnessError when anything is missing or was altered."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(_read(path))
        if not isinstance(manifest, dict):
            raise _unfit(path, "is not a manifest")
        if manifest.get("schema") != SCHEMA:
            raise _unfit(path, f"has the schema {manifest.get('schema')!r}, not {SCHEMA!r}")
        if manifest.pop("digest", None) != _digest(manifest):
            raise _unfit(path, "was altered")
        bodies = {name: _body(folder, name, digest) for name, digest in manifest["frames"].items()}
        handed_in, files = manifest["submission"], bodies[_FILES]
        contents = {name: raw.tobytes() for name, raw in zip(files["names"], files["contents"], strict=True)}
        submission = Submission(handed_in["id"], handed_in["digest"], contents, tuple(handed_in["notes"]))
        observations = {probe: _observation(probe, about, bodies[probe]) for probe, about in manifest["probes"].items()}
        evidence = Evidence(
            observations,
            manifest["seed"],
            manifest["sandbox"],
            manifest["seconds"],
            manifest["facts"],
            manifest["output"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unfit(path, f"is damaged ({type(error).__name__})") from error
    return evidence, submission, manifest["assignment"]


def _described(observation: Observation) -> dict[str, Any]:
    problem = observation.problem
    return {
        "seconds": observation.seconds,
        "fault": observation.fault,
        "problem": problem and {"kind": problem.kind, "message": problem.message, "where": problem.where},
    }


def _observation(probe: str, about: Mapping[str, Any], data: dict[str, Any]) -> Observation:
    ended = about["problem"]
    problem = ended and Problem(ProblemKind(ended["kind"]), ended["message"], ended["where"])
    return Observation(probe, data, problem, about["fault"], about["seconds"])


def _body(folder: Path, name: str, digest: str) -> Any:
    path = folder / f"{name}.frame"
    raw = _read(path)
    if hashlib.sha256(raw).hexdigest() != digest:
        raise _unfit(path, "is not what was written")
    return _decoded(raw, str(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unfit(path, f"cannot be read ({error.strerror})") from error


def _unfit(path: Path, why: str) -> HarnessError:
    return HarnessError(f"{path}: {why}; this evidence cannot be judged, grade the submission again")


def _encoded(body: Any, what: str) -> bytes:
    try:
        return wire.encode(body)
    except wire.WireError as error:
        raise HarnessError(f"evidence of '{what}' cannot be kept: {error}") from error


def _decoded(raw: bytes, what: str) -> Any:
    stream = io.BytesIO(raw)
    try:
        return wire.decode(stream.read, limit=len(raw))
    except (wire.WireError, struct.error, ValueError) as error:
        raise HarnessError(f"{what}: is not a whole frame ({error}); grade the submission again") from error


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _clear(folder: Path, *, keep: Collection[str]) -> None:
    """Remove the manifest, frames of probes that are no more, and temporary files of a grading that was killed."""
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if _OURS.fullmatch(path.name) and path.name not in keep:
                path.unlink()
    except OSError as error:
        raise AuthorError(f"{folder}: cannot be cleared ({error.strerror}); choose another --out") from error
