"""Jobs in processes of their own: what comes of them comes back, and nothing outlives the run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.runs import workers
from grader.runs.job import Job

# so that nothing is started for it
NOBODY = Job(Path("nobody"), "nobody", "no such assignment")


@pytest.fixture(autouse=True)
def own_bench() -> Iterator[None]:
    workers._bench.cache_clear()
    yield
    workers._bench.cache_clear()


def test_a_job_is_done_where_it_is_called_and_what_is_wrong_is_part_of_the_answer() -> None:
    graded = workers.do(NOBODY)
    assert graded.job == NOBODY
    assert graded.error is not None
    assert "no assignment 'no such assignment'" in graded.error.message


def test_a_job_travels_to_another_process_and_comes_back() -> None:
    with workers.processes(1) as (executor, _):
        graded = executor.submit(workers.do, NOBODY).result(timeout=300)
    assert graded.error == workers.do(NOBODY).error or graded.error is not None
    assert graded.job == NOBODY
    assert multiprocessing.active_children() == []


def test_what_was_told_to_stop_does_nothing_more() -> None:
    ends, open_end = multiprocessing.get_context("spawn").Pipe(duplex=False)
    open_end.close()
    with ends:
        workers._watch(ends)
    with pytest.raises(HarnessError, match="the run was stopped"):
        workers._bench()._launcher(NOBODY.sandbox)
