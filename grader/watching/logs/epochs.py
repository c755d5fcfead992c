"""The order in which images come, cut into passes: a pass ends when an image comes for the second time."""

from __future__ import annotations

import math
from collections import deque
from typing import Any
from zlib import crc32

from numpy import arange, concatenate, full, int32, int64, ndarray, zeros

from grader.watching.logs.images import KnownImages

Array = ndarray[Any, Any]

KEPT_FIRST, KEPT_LAST = 200, 200
LONGEST = 400_000


class Passes:
    """All passes of one network over its data."""

    def __init__(self, images: KnownImages) -> None:
        self.images = images
        self.total = 0
        self._first: list[dict[str, Any]] = []
        self._last: deque[dict[str, Any]] = deque(maxlen=KEPT_LAST)
        self._orders: set[int] = set()
        # the last entry is nobody's: what is written there for -1 means nothing
        self._seen_at = full(images.size + 1, -1, dtype=int64)
        self._position = self._begin = 0
        self._turns: dict[int, int] = {}
        self._open()

    def _open(self) -> None:
        self._pieces: list[Array] = []
        self._length = self._steps = self._cell = 0
        self._least, self._most = math.inf, -math.inf

    def cut(self, ids: Array) -> list[int]:
        """Return the rows of `ids` (K,) at which a new pass begins; to be called once for all rows, in order."""
        self._share(ids)
        self._grow(int(ids.max(initial=-1)))
        rows = arange(self._position, self._position + len(ids))
        before = self._seen_at[ids]
        self._seen_at[ids] = rows
        offset, self._position = self._position, self._position + len(ids)
        if (
            int(ids.min(initial=0)) >= 0
            and int(before.max(initial=-1)) < self._begin
            and (self._seen_at[ids] == rows).all()
        ):
            return []
        return self._cut_one_by_one(ids.tolist(), before.tolist(), offset)

    def _cut_one_by_one(self, ids: list[int], before: list[int], offset: int) -> list[int]:
        starts = []
        inside: dict[int, int] = {}
        for row, (identity, earlier) in enumerate(zip(ids, before, strict=True)):
            if identity < 0:
                continue
            if inside.get(identity, earlier) >= self._begin:
                self._begin = offset + row
                starts.append(row)
            inside[identity] = offset + row
        return starts

    def _share(self, ids: Array) -> None:
        """Let equal images take turns, so that each of them counts as one image."""
        if not self.images.members:
            return
        known = (ids >= 0) & (ids < self.images.size)
        for row in known.nonzero()[0][self.images.shared[ids[known]]].tolist():
            members = self.images.members[int(ids[row])]
            turn = self._turns.get(int(ids[row]), 0)
            self._turns[int(ids[row])] = turn + 1
            ids[row] = members[turn % len(members)]

    def _grow(self, largest: int) -> None:
        if largest + 2 > len(self._seen_at):
            more = full(max(largest + 2 - len(self._seen_at), len(self._seen_at) // 4 + 1024), -1, dtype=int64)
            self._seen_at[-1] = -1
            self._seen_at = concatenate([self._seen_at, more])

    def extend(self, ids: Array, cell: int) -> None:
        """Add rows that `cut` left together to the pass that is open."""
        if not len(ids):
            return
        if not self._length:
            self._cell = cell
        if self._length < LONGEST:
            self._pieces.append(ids.astype(int32))
        self._length += len(ids)

    def stepped(self, steps: int, least: float, most: float) -> None:
        """Add steps with rates between `least` and `most` to the pass that is open."""
        self._steps += steps
        self._least, self._most = min(self._least, least), max(self._most, most)

    def close(self) -> None:
        """End the pass that is open."""
        if not self._length:
            return
        ended = self._described()
        if ended["examples"] > 1:
            self._orders.add(ended["order"])
        self.total += 1
        if len(self._first) < KEPT_FIRST:
            self._first.append(ended)
        else:
            self._last.append(ended)
        self._open()

    def as_data(self) -> tuple[list[dict[str, Any]], int]:
        """Return the passes that are kept, with the one that is open, and how many there were in all."""
        now = [self._described()] if self._length else []
        return [*self._first, *self._last, *now][-(KEPT_FIRST + KEPT_LAST) :], self.total + len(now)

    def _described(self) -> dict[str, Any]:
        ids = concatenate(self._pieces) if self._pieces else zeros(0, dtype=int32)
        order = crc32(ids.tobytes())
        images = self.images
        known = ids[(ids >= 0) & (ids < images.size)]
        train = int((known < images.train_size).sum())
        in_file = images.in_file[known]
        labels = images.labels[known]
        neighbours = max(_following(ids), _following(in_file) if len(known) == len(ids) else 0.0)
        return {
            "examples": self._length,
            "order": order,
            "sorted": neighbours,
            "same_class": float((labels[1:] == labels[:-1]).mean()) if len(labels) > 1 else -1.0,
            "same_as_before": self._length > 1 and order in self._orders,
            "whole": train / images.train_size if images.train_size else 0.0,
            "train": train,
            "test": len(known) - train,
            "rates": [self._least, self._most] if self._steps else [math.nan, math.nan],
            "steps": self._steps,
            "cell": self._cell,
        }


def _following(ids: Array) -> float:
    """Return the fraction of neighbours that are neighbours in the data set, too."""
    return float((ids[1:] - ids[:-1] == 1).mean()) if len(ids) > 1 else 0.0
