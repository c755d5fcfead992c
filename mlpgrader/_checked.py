"""What a student's self-check gives back."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass

from rich.console import Console

from grader import report as reports
from grader.model import Report, Result

WIDTH = 80
STYLE = "width: 100%; height: 40em; border: 1px solid #ccc"


@dataclass(frozen=True, repr=False)
class Checked:
    """What `check` found: it prints as the terminal shows it, and in a notebook it is the page for the student.

    >>> import mlpgrader
    >>> found = mlpgrader.check("examples/byomlp/bob-no-derivative", items=["backprop"], seed=4711)
    >>> print(found)  # doctest: +ELLIPSIS
    Build Your Own Multilayer Perceptron...
    Backpropagation                                                           9 / 15...
    >>> found.result.marks.earned
    9.0
    """

    report: Report

    @property
    def result(self) -> Result:
        """Marks and findings."""
        return self.report.result

    def __repr__(self) -> str:
        text = io.StringIO()
        Console(file=text, width=WIDTH, color_system=None).print(reports.terminal(self.result))
        return text.getvalue().strip()

    def _repr_html_(self) -> str:
        # in a frame of its own: its styles stay inside, and nothing in it runs
        page = html.escape(reports.html(self.report, audience="student"))
        return f'<iframe sandbox srcdoc="{page}" style="{STYLE}"></iframe>'
