"""A run that goes on while it is reviewed: what another process has graded is taken in, and told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

from grader.runs import RunFolder
from grader.web import live, watching
from kit import report_samples as samples
from kit.visiting import Visit


async def first(told: AsyncIterator[str], count: int) -> list[str]:
    return [await anext(told) for _ in range(count)]


def test_a_page_is_told_how_far_the_run_is(visit: Visit) -> None:
    retry, data = asyncio.run(first(live._told(visit.review, lambda: False), 2))
    assert retry.startswith("retry: ")
    said = json.loads(data.removeprefix("data: "))
    assert (said["attempts"], said["graded"], said["failed"]) == (4, 4, 0)
    assert said["changes"] > 0


def test_what_another_process_has_graded_is_taken_in(visit: Visit, monkeypatch) -> None:  # noqa: ANN001
    monkeypatch.setattr(watching, "LOOK", 0.0)

    async def both() -> tuple[int, int]:
        before = (await visit.review.watch.counts()).graded
        grade_without_the_gradebook(visit)
        return before, (await visit.review.watch.counts()).graded

    assert asyncio.run(both()) == (4, 5)


def grade_without_the_gradebook(visit: Visit) -> None:
    right = samples.right()
    made = replace(right, submission=replace(right.submission, id="zoe"))
    folder = RunFolder(visit.review.folder)
    folder.look()
    folder._journal.open("somebody")
    folder.of("zoe").deliver(made)
    folder.add("zoe", made.result)


def test_within_a_moment_the_run_is_looked_at_once(visit: Visit) -> None:
    async def twice() -> bool:
        return await visit.review.watch.counts() is await visit.review.watch.counts()

    assert asyncio.run(twice())


def test_a_review_that_ends_lets_go_of_who_listens(visit: Visit) -> None:
    ending = iter([False, True])

    async def every() -> list[str]:
        return [each async for each in live._told(visit.review, lambda: next(ending, True))]

    assert len(asyncio.run(every())) == 2
