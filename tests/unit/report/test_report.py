from __future__ import annotations

import subprocess
import sys

import pytest

from grader import report
from kit import report_samples as samples


def test_composing_puts_score_submission_and_evidence_together() -> None:
    right = samples.right()
    assert right == report.compose(
        right.submission,
        right.score,
        right.evidence,
        assignment="byomlp",
        assignment_title="Build Your Own Multilayer Perceptron",
        rubric_digest="sha256:" + "a1" * 32,
    )


@pytest.mark.parametrize("name", report.__all__)
def test_everything_that_is_offered_stays_a_function_after_use(name: str) -> None:
    report.warm_up()
    report.html(samples.blocked())
    assert callable(getattr(report, name))


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = "import sys, grader.report; print({'matplotlib', 'rich', 'jinja2'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
