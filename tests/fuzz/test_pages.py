"""The page of the worst notebook that is kept."""

from __future__ import annotations

import time

from grader.model import Transcript
from grader.report import executed
from kit import report_samples as samples


def test_the_worst_notebook_is_a_page_within_seconds() -> None:
    # all that is kept of a notebook at most: what takes longest to read of each kind
    report = samples.showing(Transcript("t", samples.bad_cells() * 60, "a.ipynb"))
    began = time.process_time()
    (made,) = (content for name, content in executed(report).items() if name.endswith(".html"))
    assert time.process_time() - began < 20
    assert len(made) < 20_000_000
