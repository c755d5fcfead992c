"""Which submission is graded first: the longest, by its earlier grading, so that it does not hold up the end of a run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from contextlib import suppress

from grader.runs.folder import RunFolder
from grader.runs.job import Job


def longest_first(jobs: Iterable[Job], folder: RunFolder) -> list[Job]:
    """Return the jobs by the seconds that the reports in the folder tell of, those that have none among the usual ones.

    What is only judged again comes last. Where nothing is known, they stay in their order.
    """
    given = list(jobs)
    known = {job.id: seconds for job in given if (seconds := 0.0 if job.kept else _seconds(folder, job)) is not None}
    usual = statistics.median(known.values()) if known else 0.0
    return sorted(given, key=lambda job: -known.get(job.id, usual))


def _seconds(folder: RunFolder, job: Job) -> float | None:
    """Return how long the last grading took, None where no report tells."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return float(json.loads(folder.of(job.id).report.read_bytes())["seconds"])
    return None
