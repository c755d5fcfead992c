"""A folder of evidence under its keys, shared by all who judge the same again: calibration and the test suite."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import atomic, locations
from grader.errors import AuthorError, HarnessError
from grader.evidence import folder
from grader.model import Evidence, Observation, Parameter, ProblemKind, Submission
from grader.sandbox import Probe
from grader.sandbox.lane import VERDICTS

# where the store lies; empty for none
PLACE = "MLPGRADER_STORE"
SUFFIX = ".zst"
LIMIT = 2 * 2**30
# what a writer adds before it looks again how large the store is, as a share of the limit
UNSEEN = 1 / 64
# after a look the store is this share of its limit at most
ROOM = 0.9
# a file that is being written for longer is left from a writer that was killed
ABANDONED_SECONDS = 3600.0
# what the same code may come to at one time and not at another
BY_THE_HOUR = {str(kind) for kind in (ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.DIED)}


@dataclass
class Store:
    """Evidence by key in `path`, of `limit` bytes in all: what was not used for longest goes first.

    Several processes and threads may read and write at once. A place that cannot be written costs time, nothing else.
    With `fresh`, nothing is taken, and what is made anew takes the place of what is there. `taken` counts what was found.
    """

    path: Path
    limit: int = LIMIT
    fresh: bool = False
    taken: int = 0
    _room: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False)

    def take(
        self,
        key: str,
        submission: Submission,
        probes: Sequence[Probe],
        parameters: Mapping[str, Parameter] | None = None,
    ) -> Evidence | None:
        """Return what these probes saw of these very files when it was kept under `key`.

        None when there is nothing, when it is damaged, or when checks tell a probe today what they did not tell it then.
        `parameters` are those of the rubric.
        """
        path = self._file(key)
        if self.fresh:
            return None
        try:
            evidence, kept, _ = folder.from_bytes(path.read_bytes(), path, key=key)
        except (HarnessError, OSError):
            return None
        if kept.files != submission.files or not is_what_would_be_asked(evidence, probes, parameters):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        with self._lock:
            self.taken += 1
        return evidence

    def keep(self, key: str, evidence: Evidence, submission: Submission, *, assignment: str) -> None:
        """Keep evidence under `key`, unless a fault of ours is in it, or what may be otherwise at another hour."""
        if any(each.fault or is_by_the_hour(each) for each in evidence.observations.values()):
            return
        with contextlib.suppress(AuthorError, HarnessError, OSError):
            raw = folder.as_bytes(evidence, submission, assignment=assignment, key=key)
            with self._lock:
                self._room -= len(raw)
                if self._room < 0:
                    self._make_room(len(raw))
            # not waited for until it is on the disk: what a power cut leaves of it is noticed, and made again
            atomic.write(self._file(key), raw, durable=False)

    def _file(self, key: str) -> Path:
        return self.path / key[:2] / f"{key}{SUFFIX}"

    def _make_room(self, wanted: int) -> None:
        files = sorted(_files(self.path))
        total = wanted + sum(size for _, size, _ in files)
        if total > self.limit:
            for _, size, path in files:
                if total <= ROOM * self.limit:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size
        self._room = self.limit * UNSEEN


def _files(path: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield when each entry was used last, its size and its path; remove what writers that were killed have left."""
    for each in path.glob("*/*"):
        with contextlib.suppress(OSError):
            about = each.stat()
            if each.suffix == SUFFIX:
                yield about.st_mtime, about.st_size, each
            elif time.time() - about.st_mtime > ABANDONED_SECONDS:
                each.unlink()


def of_the_user(*, fresh: bool = False) -> Store | None:
    """Return the store in the folder that `MLPGRADER_STORE` names, else in the user's cache; None where that is empty."""
    chosen = os.environ.get(PLACE)
    if chosen is None:
        return Store(locations.cache_folder() / "evidence", fresh=fresh)
    return Store(Path(chosen), fresh=fresh) if chosen else None


def is_by_the_hour(observation: Observation) -> bool:
    """Tell whether something in it may be otherwise on a machine that has more, or less, to do."""
    ended = observation.problem
    waiting: list[Any] = [observation.data, {"kind": str(ended.kind)} if ended else {}]
    while waiting:
        match waiting.pop():
            case {"interrupted": True}:
                return True
            case {"cut": str(why)} if why:
                return True
            case {"kind": str(kind)} if kind in BY_THE_HOUR:
                return True
            case {"name": str(kind)} if kind in BY_THE_HOUR:
                return True
            case Mapping() as data:
                waiting.extend(data.values())
            case list() | tuple() as items:
                waiting.extend(items)
    return False


def is_what_would_be_asked(
    evidence: Evidence, probes: Sequence[Probe], parameters: Mapping[str, Parameter] | None = None
) -> bool:
    """Tell whether the same probes were asked, and checks told each of them the same as they would today."""
    if list(evidence.observations) != [probe.name for probe in probes]:
        return False
    for index, probe in enumerate(probes):
        earlier = [evidence.observations[each.name] for each in probes[:index] if each.lane == probe.lane]
        told = {name: str(finding.verdict) for name, finding in probe.findings(earlier, parameters).items()}
        if told != evidence.observations[probe.name].data.get(VERDICTS, {}):
            return False
    return True
