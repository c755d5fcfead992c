"""The logs of all networks that are trained example by example, kept by the numbers of the networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy import array, errstate, int64, ndarray

from grader.watching.logs.images import KnownImages
from grader.watching.logs.training_log import Event, TrainingLog

Array = ndarray[Any, Any]
# a curve has at most so many points, one after so many training sets at the earliest; it is measured on so many images
CURVE, CURVE_LEAST, SAMPLE = 120, 0.5, 500
SNAPSHOTS = 12

# loss and accuracy of a network, by its number, on images X with labels, or None when there are none
Measure = Callable[[int, Array, Array], tuple[float, float] | None]


@dataclass
class Account:
    """What is kept of one network: its log, where its curve has got to, and what kept us from following it."""

    log: TrainingLog
    fault: str = ""
    curve_at: int = 0
    no_curve: bool = False


class Ledger:
    """Is told what networks were called for: numbers, arrays and plain values only. `measure` fills their curves."""

    def __init__(self, images: KnownImages, measure: Measure) -> None:
        self.images, self._measure = images, measure
        self._accounts: dict[int, Account] = {}
        self._snapshots: dict[int, TrainingLog] = {}
        self._taken = 0
        count = min(SAMPLE, images.train_size)
        # images that curves are measured on
        self.sample = array([index * images.train_size // count for index in range(count)], dtype=int64)

    def begin(self, network: int) -> None:
        """Open an account for a network that was just made."""
        self._accounts[network] = Account(TrainingLog(self.images))

    def forget(self, network: int) -> None:
        """Close the account of a network that is not watched any more."""
        del self._accounts[network]

    def block(
        self, network: int, X: Array, Y: Array | None, events: list[Event], cell: int, *, ids: Array | None = None
    ) -> None:
        """Take in the examples X (K, d) with targets Y (K, m), and the steps and clearings between them.

        `ids` says of rows which images they are exactly, -1 of those that are to be looked at.
        """
        account = self._accounts.get(network)
        if account is None or account.fault:
            return
        try:
            if account.log.block(X, Y, events, cell, ids=ids):
                self.measure(network)
        except Exception as error:  # noqa: BLE001 - a fault of ours may not show in the notebook
            account.fault = f"{type(error).__name__}: {error}"[:300]

    def forwards(self, network: int, rows: int) -> None:
        """Count rows that went forward only."""
        if network in self._accounts:
            self._accounts[network].log.forwards += rows

    def snapshot(self, network: int) -> int:
        """Keep what a network has seen for copies that are made of it now; returns the number of the snapshot."""
        self._taken += 1
        self._snapshots[self._taken] = self._accounts[network].log.copied()
        if len(self._snapshots) > SNAPSHOTS:
            del self._snapshots[min(self._snapshots)]
        return self._taken

    def copied(self, network: int, original: int, snapshot: int) -> None:
        """Let the log of a copy begin with what its original had seen when it was copied."""
        account, first = self._accounts[network], self._accounts.get(original)
        log = self._snapshots.get(snapshot) or (first or account).log
        account.log = log.copied()
        account.no_curve = first.no_curve if first else account.no_curve
        account.curve_at = account.log.examples

    def measure(self, network: int, *, at_last: bool = False) -> None:
        """Add a point to the curve of a network, when enough has happened since the last."""
        account = self._accounts[network]
        log, scale = account.log, account.log.rescaling
        enough = 1 if at_last else CURVE_LEAST * self.images.train_size
        if account.no_curve or scale is None or log.examples - account.curve_at < enough:
            return
        ids = self.sample
        with errstate(all="ignore"):
            X = scale[0] * self.images.paper(ids) + scale[1]
            measured = self._measure(network, X, self.images.labels[ids])
        if measured is None:
            account.no_curve = True
            return
        account.curve_at = log.examples
        log.curve.append((float(log.examples), *measured))
        if len(log.curve) > CURVE:
            # every other point, the first and the last among them
            log.curve[:] = log.curve[::2] if len(log.curve) % 2 else [*log.curve[::2], log.curve[-1]]

    def examples(self, network: int) -> int:
        """Return how many examples a network was trained on."""
        return self._accounts[network].log.examples

    def as_data(self, network: int) -> tuple[dict[str, Any], str]:
        """Return the log of a network as plain data, and what kept us from following it, if anything did."""
        account = self._accounts[network]
        return account.log.as_data(), account.fault
