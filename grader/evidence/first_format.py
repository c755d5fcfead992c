"""Evidence of format 1, as it was written until 2026: a manifest, and a file for each frame, whose digest it knows."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.wire import WireError

SCHEMA = "mlpgrader.evidence/1"
MANIFEST = "manifest.json"
OURS = re.compile(r"\.?(?:manifest\.json|\w+\.frame)(?:\.\w+)?")
# what comes of reading bytes that are not what was written
DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error, WireError)


def read(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the manifest says and the frames by name; HarnessError when anything is missing or was altered."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(_read(path))
        if not isinstance(manifest, dict):
            raise unfit(path, "is not a manifest")
        if manifest.get("schema") != SCHEMA:
            raise unfit(path, f"has the schema {manifest.get('schema')!r}, not {SCHEMA!r}")
        if manifest.pop("digest", None) != _digest(manifest):
            raise unfit(path, "was altered")
        return manifest, {name: _frame(folder, name, digest) for name, digest in manifest["frames"].items()}
    except DAMAGE as error:
        raise unfit(path, f"is damaged ({type(error).__name__})") from error


def unfit(path: Path, why: str) -> HarnessError:
    """Return the error that says what is the matter with a file of evidence."""
    return HarnessError(f"{path}: {why}; this evidence cannot be judged, grade the submission again")


def _frame(folder: Path, name: str, digest: str) -> bytes:
    path = folder / f"{name}.frame"
    raw = _read(path)
    if hashlib.sha256(raw).hexdigest() != digest:
        raise unfit(path, "is not what was written")
    return raw


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unfit(path, f"cannot be read ({error.strerror})") from error


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
