"""How far a grading is from the thresholds of the rubric: each is moved until the verdict turns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from grader.calibration.trial import Margin
from grader.checks import Check, run_checks
from grader.model import Evidence, Finding, Parameter, Verdict

# near first: a step too large would pass over what lies between 0.93 and 1
FACTORS = (1.01, 1.1, 2.0, 2.0**10, 2.0**40)
# that near, by factor, a turning point is known
NEAR = 1.002


def margins(
    checks: Sequence[Check],
    findings: Mapping[str, Finding],
    evidence: Evidence,
    thresholds: Mapping[str, Mapping[str, float]],
    *,
    parameters: Mapping[str, Parameter] | None = None,
    verdicts: Collection[Verdict] = (Verdict.PASSED, Verdict.FAILED),
) -> tuple[Margin, ...]:
    """Return the margin of every threshold of the checks that ended in one of the `verdicts`; none where no value turns it."""
    found: list[Margin] = []
    for check in checks:
        if check.name in findings and findings[check.name].verdict in verdicts:
            passed = findings[check.name].verdict is Verdict.PASSED
            for name in check.thresholds:

                def judged(values: Mapping[str, float], check: Check = check) -> Verdict:
                    (finding,) = run_checks([check], evidence, {check.name: values}, parameters=parameters)
                    return finding.verdict

                found.extend(_margin(check.name, name, judged, thresholds[check.name], passed=passed))
    return tuple(found)


def _margin(
    check: str,
    name: str,
    judged: Callable[[Mapping[str, float]], Verdict],
    values: Mapping[str, float],
    *,
    passed: bool,
) -> Iterator[Margin]:
    def passes(value: float) -> bool:
        return judged({**values, name: value}) is Verdict.PASSED

    value = values[name]
    turning = turning_point(passes, value, here=passed)
    if turning is not None:
        # where it passes beyond the threshold, moving further that way was stricter
        yield Margin(check, name, value, turning, 1 if (turning > value) is passed else -1, passed)


def turning_point(passes: Callable[[float], bool], value: float, *, here: bool) -> float | None:
    """Return the value nearest to `value`, by factor, at which `passes` is no longer what it is `here`; None without one."""
    if value <= 0:
        return None
    for factor in FACTORS:
        for other in (value * factor, value / factor):
            if passes(other) is not here:
                return _bisected(passes, value, other, here=here)
    return None


def _bisected(passes: Callable[[float], bool], near: float, far: float, *, here: bool) -> float:
    while max(near / far, far / near) > NEAR:
        middle = (near * far) ** 0.5
        if passes(middle) is here:
            near = middle
        else:
            far = middle
    return near
