"""Which classes are wrong, by what checks say; apart from the checks, so that a probe can ask it without depending on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from grader.model import Finding, Verdict


def wrong_classes(findings: Mapping[str, Finding], checks: Mapping[str, Collection[str]]) -> list[str]:
    """Return the names of the classes of which one of the `checks` (class -> names) did not pass."""
    wrong = {name for name, finding in findings.items() if finding.verdict is not Verdict.PASSED}
    return [name for name, of_class in checks.items() if not wrong.isdisjoint(of_class)]
