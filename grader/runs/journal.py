"""The journal of a run: a line for each submission when it is done, so that nothing has to be written anew for every one.

The last line on a submission is what holds of it. A line that was torn, by a grader that was killed or by a full disk, is
passed over: what lies in the folder of the submission counts more than what is noted of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import atomic
from grader.exports import Row
from grader.model import Marks

# once so many lines are outdated for each that is not, they are left out when a run begins
OUTDATED = 4


@dataclass(frozen=True)
class Entry:
    """What is noted of one submission: its row in the summary, and what its report stands on.

    `key` stands for the evidence in its folder, `judged` for what it was judged by, `stamp` for the file of its report and
    `evidence` for that of its evidence, `digest` for what was handed in. `assignment` is which one it was graded as, and `asked`
    the items that it was graded for, with commas between them ("all" for all). Each is empty where it is not known.
    """

    row: Row
    key: str = ""
    judged: str = ""
    stamp: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    digest: str = ""
    assignment: str = ""
    asked: str = ""


class Journal:
    """The file of a journal, to be written by one process at a time; `entries` are what holds of each submission."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        self._length = 0

    def read(self) -> dict[str, Entry]:
        """Return the entry of each submission, an empty mapping where there is no journal."""
        lines = self._lines()
        noted = [entry for data in lines if (entry := _entry(data))]
        self._length = len(lines)
        self.entries = {entry.row.id: entry for entry in noted}
        return self.entries

    def holder(self) -> str:
        """Return who began to write last: a process on a machine, since when; empty when that is not known."""
        holders = [data["by"] for data in self._lines() if isinstance(data.get("by"), str)]
        return holders[-1] if holders else ""

    def open(self, holder: str) -> None:
        """Note who begins to write, and leave out what is outdated once it is most of what was read."""
        if self._length > OUTDATED * (len(self.entries) + OUTDATED):
            atomic.write(self.path, "".join(_line(_data(entry)) for entry in self.entries.values()))
        self._append([{"by": holder}])

    def add(self, entries: Iterable[Entry]) -> None:
        """Append a line for each entry; AuthorError when that cannot be done, and then none is left half-written."""
        added = list(entries)
        if added:
            self._append([_data(entry) for entry in added])
            self.entries |= {entry.row.id: entry for entry in added}

    def _append(self, lines: list[Any]) -> None:
        raw = "".join(map(_line, lines)).encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                if size:
                    file.seek(-1, os.SEEK_END)
                    # what was torn ends here, and does not take the next line with it
                    raw = raw if file.read(1) == b"\n" else b"\n" + raw
                try:
                    while raw:
                        raw = raw[file.write(raw) :]
                except OSError:
                    file.truncate(size)
                    raise
        except OSError as error:
            raise atomic.refusal(self.path, error) from error

    def _lines(self) -> list[dict[str, Any]]:
        try:
            raw = self.path.read_bytes()
        except OSError:
            return []
        return [data for line in raw.splitlines() if isinstance(data := _parsed(line), dict)]


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"


def _data(entry: Entry) -> dict[str, Any]:
    row, marks = entry.row, entry.row.marks
    points = marks and {
        "earned": marks.earned,
        "possible": marks.possible,
        "pending": marks.pending,
        "withheld": marks.withheld,
    }
    found = {
        "marks": points,
        "items": dict(row.items),
        "error": row.error,
        "attempt": row.attempt if row.attempt > 1 else 0,
        "notices": list(row.notices),
    }
    stands_on = {"key": entry.key, "judged": entry.judged, "stamp": list(entry.stamp), "evidence": list(entry.evidence)}
    about = {"digest": entry.digest, "assignment": entry.assignment, "asked": entry.asked}
    return {"id": row.id, **{name: value for name, value in {**found, **stands_on, **about}.items() if value}}


def _entry(data: Mapping[str, Any]) -> Entry | None:
    try:
        marks = Marks(**data["marks"]) if "marks" in data else None
        told = data.get("items", {}), data.get("error", ""), int(data.get("attempt", 1))
        row = Row(data["id"], marks, *told, tuple(data.get("notices", ())))
        stamps = tuple(data.get("stamp", ())), tuple(data.get("evidence", ()))
        about = data.get("digest", ""), data.get("assignment", ""), data.get("asked", "")
        return Entry(row, data.get("key", ""), data.get("judged", ""), *stamps, *about)
    except (KeyError, TypeError, ValueError):
        return None
