"""Which rows a network was trained on and which it was only asked about, and what came of either."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy import float32, ndarray

from grader.watching.logs.projections import Keys
from grader.watching.logs.series import Series

Array = ndarray[Any, Any]
TRAINED_MOST, PASSES_MOST, SAMPLES = 60_000, 4000, 8
NAN = float("nan")
# of a pass that was to be held out, the share of rows that may never have been trained on
HELD_OUT = 0.95


class Pass(NamedTuple):
    """Rows that went forward: their keys, how many there were, with dropout on or off or without any, the first of them."""

    keys: Array
    rows: int
    dropping: bool | None
    first: Array


class Usage:
    """What one network was called for. A pass forward is one of training if a pass back follows, else it was only asked.

    `trained` are the kept rows that it was trained on, by their keys.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys, self._loss = keys, NAN
        self._waiting: Pass | None = None
        self.trained: set[int] = set()
        self._asked: dict[tuple[int, int], Array] = {}
        self.trained_rows = self.asked_rows = self.backwards = 0
        self.losses, self.asked_losses = Series(), Series()
        # rows that went forward with dropout on and off, and how many of each went back as well
        self.modes = {"trained_on": 0, "trained_off": 0, "asked_on": 0, "asked_off": 0}
        self.samples: list[Array] = []

    def forward(self, X: Array, *, dropping: bool | None = None) -> None:
        """Take in rows X (N, d) that go forward; `dropping` says whether a dropout is on, None that there is none."""
        self.settle()
        self._loss = NAN
        self._waiting = Pass(self._keys.of(X), len(X), dropping, X[:2].astype(float32))

    def measured(self, loss: float) -> None:
        """Take in the loss of the rows that went forward last."""
        self._loss = loss

    @property
    def is_measured(self) -> bool:
        """Whether a loss of the rows that went forward last is known."""
        return self._loss == self._loss

    def settle(self) -> None:
        """Let a pass forward count after which none went back."""
        if self._waiting is None:
            return
        keys, rows, dropping, first = self._waiting
        self._waiting = None
        self.asked_rows += rows
        name = (rows, int(keys.sum()))
        if name in self._asked or len(self._asked) < PASSES_MOST:
            self._asked[name] = keys
        self._count("asked", dropping, rows)
        if self._loss == self._loss:
            self.asked_losses.add(self._loss)
        self.samples = [*self.samples[-(SAMPLES - 2) :], *first]

    def backward(self) -> None:
        """Take in that the rows which went forward last go back as well."""
        self.backwards += 1
        if self._waiting is None:
            return
        keys, rows, dropping, first = self._waiting
        self._waiting = None
        self.trained_rows += rows
        if len(self.trained) < TRAINED_MOST:
            self.trained.update(keys.tolist())
        self._count("trained", dropping, rows)
        self.losses.add(self._loss)
        if len(self.samples) < 2:
            self.samples = [*self.samples, *first]

    def _count(self, what: str, dropping: bool | None, rows: int) -> None:
        if dropping is not None:
            self.modes[f"{what}_{'on' if dropping else 'off'}"] += rows

    def held_out(self) -> set[int]:
        """Return the kept rows that were asked about in passes of which hardly a row was ever trained on."""
        found: set[int] = set()
        for keys in self._asked.values():
            listed = keys.tolist()
            fresh = [key for key in listed if key not in self.trained]
            if listed and len(fresh) >= HELD_OUT * len(listed):
                found.update(fresh)
        return found
