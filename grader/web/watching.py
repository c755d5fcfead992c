"""Whether a run has gone on: looked for once for all pages that want to know."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from grader.filenames import JOURNAL
from grader.gradebook.book import Gradebook
from grader.gradebook.places import Counts
from grader.runs import RunFolder, bookkeeping
from grader.runs.folder import stamp

# so often, in seconds, the run is looked at for all who listen
LOOK = 1.0


@dataclass
class Watch:
    """Looks at the run, once for all who ask within `LOOK` seconds of each other, and takes in what another process has graded.

    One that grades with the gradebook has noted it there already; then there is nothing to take in.
    """

    folder: Path
    book: Gradebook
    _journal: tuple[int, ...] = ()
    _seen: Counts | None = None
    _at: float = float("-inf")
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def counts(self) -> Counts:
        """Return how far the run is."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self._seen is None or now - self._at >= LOOK:
                self._seen = await run_in_threadpool(self._look)
                self._at = now
            return self._seen

    def _look(self) -> Counts:
        run = RunFolder(self.folder)
        there = stamp(self.folder / JOURNAL)
        if there != self._journal:
            run.look()
            bookkeeping.take_in(self.book, run.entries, run.of)
            self._journal = there
        return self.book.counts()
