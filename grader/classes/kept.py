"""The hand-ins of a class in the folder of its run: what came in each download, numbered on from the earlier ones.

Each lies in ``hand-ins/STUDENT/ATTEMPT`` with what the platform said of it beside it. The time of an attempt never changes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grader import atomic
from grader.classes.gathering import Gathered
from grader.classes.model import HandIn, Taken, Unread
from grader.filenames import HAND_INS
from grader.model import Person

ABOUT = "hand-in.json"
# beside the folders of the students, none of which is called so: a dot becomes something else in a key
SEED = ".seed"
SCHEMA = "mlpgrader.hand-in/1"


@dataclass(frozen=True)
class Kept:
    """A hand-in as it lies in the folder of the run: its attempt counts over all downloads, `digest` is that of its files."""

    hand_in: HandIn
    path: Path
    digest: str
    is_new: bool
    left_out: tuple[Unread, ...] = ()


def keep(
    hand_ins: Sequence[HandIn],
    folder: Path,
    *,
    gather: Callable[[HandIn, Path], Gathered],
    digest: Callable[[Path], str],
) -> Iterator[Kept]:
    """Put the hand-ins of a download into the `folder` of a run, and yield each as it is kept there.

    One whose files are those of an attempt that is there, and whose time is the same where both are known, is that attempt.
    AuthorError when something cannot be written; then all that was kept before stays.
    """
    top = folder / HAND_INS
    known: dict[str, dict[int, _Noted]] = {}
    for hand_in in hand_ins:
        noted = known.setdefault(hand_in.student, dict(_noted(top / hand_in.student)))
        fresh = top / hand_in.student / ".new"
        _remove(fresh)
        got = gather(hand_in, fresh)
        seen = digest(got.path)
        attempt = next((number for number, each in noted.items() if each.is_of(seen, hand_in)), 0)
        is_new = not attempt
        attempt = attempt or 1 + max(noted, default=0)
        before = noted.get(attempt)
        kept = replace(hand_in, attempt=attempt, handed_in=hand_in.handed_in or (before.handed_in if before else None))
        noted[attempt] = _Noted(seen, kept.handed_in, taken=True)
        atomic.write(fresh / ABOUT, json.dumps(_data(kept, seen), ensure_ascii=False, indent=1) + "\n")
        target = top / hand_in.student / str(attempt)
        try:
            _remove(target)
            fresh.rename(target)
        except OSError as error:
            raise atomic.refusal(target, error) from error
        yield Kept(kept, target / got.path.name, seen, is_new, got.left_out)


def run_seed(folder: Path, given: int | None = None) -> int:
    """Return the seed of the run in a folder: what is `given`, else what an earlier time has left, else a fresh one.

    AuthorError when it cannot be kept.
    """
    path = folder / HAND_INS / SEED
    try:
        kept = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        kept = None
    seed = next((each for each in (given, kept) if each is not None), None)
    seed = secrets.randbits(32) if seed is None else seed
    if seed != kept:
        atomic.write(path, f"{seed}\n")
    return seed


def seed_of(run: int, digest: str) -> int:
    """Return the seed of a submission: it hangs on the run's and on what was handed in, on nothing else."""
    return int.from_bytes(hashlib.sha256(f"{run}:{digest}".encode()).digest()[:4])


def raw_digest(path: Path) -> str:
    """Return a digest of what lies at `path`, a file or a folder, where it cannot be read as a submission."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    found = hashlib.sha256()
    for each in files:
        content = each.read_bytes()
        found.update(f"{each.relative_to(path).as_posix()}\0{len(content)}\0".encode(errors="surrogatepass"))
        found.update(content)
    return f"raw:{found.hexdigest()}"


@dataclass(frozen=True)
class _Noted:
    digest: str
    handed_in: datetime | None
    taken: bool = False

    def is_of(self, digest: str, hand_in: HandIn) -> bool:
        """Whether this is the attempt of a hand-in that has not been matched with another one of the same download."""
        times = self.handed_in, hand_in.handed_in
        return not self.taken and self.digest == digest and (None in times or times[0] == times[1])


def _noted(student: Path) -> Iterator[tuple[int, _Noted]]:
    numbers = sorted(int(each.name) for each in student.glob("*") if each.name.isdecimal()) if student.is_dir() else []
    for number in numbers:
        try:
            data = json.loads((student / str(number) / ABOUT).read_bytes())
            at = data["handed_in"]
            yield number, _Noted(str(data["digest"]), datetime.fromisoformat(at) if at else None)
        except (OSError, ValueError, TypeError, KeyError):
            # torn by a grader that was killed: it is put there again
            continue


def _data(hand_in: HandIn, digest: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "student": hand_in.student,
        "name": hand_in.name,
        "attempt": hand_in.attempt,
        "handed_in": hand_in.handed_in.isoformat() if hand_in.handed_in else None,
        "late": hand_in.late,
        "submission": hand_in.submission,
        "digest": digest,
        "members": [_person(each) for each in hand_in.members],
        "files": [_file(each) for each in hand_in.files],
    }


def _person(person: Person) -> dict[str, str]:
    return {name: value for name, value in vars(person).items() if value}


def _file(taken: Taken) -> dict[str, str]:
    return {"name": taken.name, "stored": taken.stored}


def _remove(path: Path) -> None:
    try:
        if path.exists():
            shutil.rmtree(path)
    except OSError as error:
        raise atomic.refusal(path, error) from error
