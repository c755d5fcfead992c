"""What is kept of how one network was trained: counts, passes over the data, batches, rates. Bounded, plain data."""

from __future__ import annotations

import copy
from typing import Any

from numpy import abs as absolute
from numpy import array, count_nonzero, errstate, float64, ndarray, uint64, zeros

from grader.watching.logs.batches import Batches
from grader.watching.logs.epochs import Passes
from grader.watching.logs.images import KnownImages

Array = ndarray[Any, Any]
Event = tuple[Any, ...]

INPUTS = 32
# of wide targets only so many of a block are compared with the inputs
COMPARED = 8
NARROW = 64


class TrainingLog:
    """The log of one network; `block` is told of everything in order."""

    def __init__(self, images: KnownImages) -> None:
        self.images = images
        self.examples = self.forwards = 0
        self.train_rows = self.test_rows = self.unknown_rows = 0
        self.passes = Passes(images)
        self.batches = Batches()
        self.curve: list[tuple[float, float, float]] = []
        self._inputs: dict[int, Array] = {}
        self._compared = self._copies = self._labelled = self._right = 0
        self._offset: float | None = None

    def copied(self) -> TrainingLog:
        """Return a log that goes on from here by itself."""
        return copy.deepcopy(self, {id(self.images): self.images})

    def block(self, X: Array, Y: Array | None, events: list[Event], cell: int, *, ids: Array | None = None) -> bool:
        """Take in the examples X (K, d) with targets Y (K, m), and the steps and clearings between them.

        Returns whether a pass over the data ended. `events` are ("step", examples before it, rate) and ("zero",
        examples before it). `ids` says of rows which images they are, -1 of those that are to be looked at.
        """
        with errstate(all="ignore"):
            ids = self._identified(X, ids)
            starts = self.passes.cut(ids)
            self._look_at(X, Y, ids)
        position, row, at = self.examples, 0, 0
        for start in [*starts, len(X)]:
            last = start == len(X)
            to = len(events)
            if not last:
                to = next((index for index in range(at, to) if events[index][1] > start), to)
            self.passes.extend(ids[row:start], cell)
            steps, least, most = self.batches.add(events[at:to], position)
            if steps:
                self.passes.stepped(steps, least, most)
            if not last:
                self.passes.close()
            row, at = start, to
        self.examples += len(X)
        return bool(starts)

    def _identified(self, X: Array, ids: Array | None) -> Array:
        if ids is None:
            return self.images.identify(X)
        ids = self.images.first_alike(ids)
        if len(left := (ids < 0).nonzero()[0]):
            ids[left] = self.images.identify(X[left])
        return ids

    def _look_at(self, X: Array, Y: Array | None, ids: Array) -> None:
        """Count whose rows these are, and look at their targets."""
        size, train_size = self.images.size, self.images.train_size
        # as numbers without a sign, -1 is beyond everything
        known = ids.view(uint64) < size
        total = int(count_nonzero(known))
        train = int(count_nonzero(ids.view(uint64) < train_size)) if total else 0
        self.train_rows += train
        self.test_rows += total - train
        self.unknown_rows += len(ids) - total
        if self._offset is None and total:
            row = int(known.nonzero()[0][0])
            self._offset = self.images.offset(X[row], int(ids[row]))
        if len(self._inputs) < INPUTS:
            for row, identity in enumerate(ids[: 4 * INPUTS].tolist()):
                if len(self._inputs) < INPUTS:
                    self._inputs.setdefault(identity, X[row].astype(float64))
        if Y is None or Y.ndim != 2 or not len(Y):
            return
        if Y.shape[1] == X.shape[1]:
            step = max(1, len(Y) // COMPARED)
            differences = absolute(X[::step] - Y[::step]).max(axis=1, initial=0.0)
            self._compared += len(differences)
            self._copies += int((differences <= 1e-6).sum())
        else:
            self._compared += len(Y)
        if total and 1 < Y.shape[1] <= NARROW:
            chosen, of = (Y, ids) if total == len(Y) else (Y[known], ids[known])
            best = chosen.argmax(axis=1)
            self._labelled += total
            # the largest is the smallest where all are alike
            self._right += int(count_nonzero((best == self.images.labels[of]) & (best != chosen.argmin(axis=1))))

    @property
    def rescaling(self) -> tuple[float, float] | None:
        """a and c where the inputs are a * paper + c, None when none of them was an image of the data sets."""
        return None if self._offset is None else (self.images.scale, self._offset)

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data: the keys are those of `grader.assignments.byomlp.training`."""
        passes, total = self.passes.as_data()
        widths = {len(row) for row in self._inputs.values()}
        rows = [row for row in self._inputs.values() if len(row) == max(widths)]
        inputs = array(rows, dtype=float64) if rows else zeros((0, 0))
        return {
            "examples": self.examples,
            "steps": self.batches.steps,
            "zeros": self.batches.zeros,
            "forwards": self.forwards,
            "train_rows": self.train_rows,
            "test_rows": self.test_rows,
            "unknown_rows": self.unknown_rows,
            "inputs": inputs,
            "rescaling": list(self.rescaling or ()),
            "targets_are_inputs": self._copies / self._compared if self._compared else 0.0,
            "labels_right": self._right / self._labelled if self._labelled else -1.0,
            "passes": passes,
            "passes_total": total,
            "batches": self.batches.groups(self.examples),
            "rates": self.batches.rates(),
            "curve": array(self.curve, dtype=float64).reshape(-1, 3),
        }
