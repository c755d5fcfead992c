"""A notebook that is run cell by cell in a session, asked in source text."""

from __future__ import annotations

from typing import Any

from grader.model import Limits
from grader.sandbox import Session
from grader.sandbox import operations as op

LIMITS = Limits(call_seconds=60, session_seconds=300, memory_mb=1024, files_mb=32, answer_mb=16, output_kb=16)


class Notebook:
    """A session with a kernel in it, asked in source text."""

    def __init__(self, asked: Session) -> None:
        self.session, self.cells = asked, 0
        (opened,) = asked.run(op.open_kernel())
        assert opened.problem is None

    def cell(self, source: str, seconds: float = 60.0) -> dict[str, Any]:
        """Run a cell and return the value of its answer."""
        self.cells += 1
        (answer,) = self.session.run(op.cell(source, self.cells, seconds=seconds))
        assert answer.problem is None
        value: dict[str, Any] = answer.value
        return value

    def text(self, source: str) -> str:
        """Run a cell that ends well and return what it shows."""
        value = self.cell(source)
        assert value["error"] is None
        return "".join(output["text"] for output in value["outputs"])
