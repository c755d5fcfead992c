"""How much room there is around the thresholds of the rubric: pure counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from grader.calibration.summary import Calibration
from grader.model import Verdict

CONFIDENCE = 0.95
BISECTIONS = 60


@dataclass(frozen=True)
class ThresholdRoom:
    """What was measured around one threshold.

    `right` are the turning points of right gradings, `wrong` those of bugs that its check failed. `failures` of
    `gradings` right ones failed the check; the true rate is below `bound` with a confidence of 95 %.
    """

    check: str
    name: str
    value: float
    stricter: int
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    gradings: int
    failures: int
    bound: float

    @property
    def nearest_right(self) -> float | None:
        """The right grading that came nearest to failing."""
        return self._worst(self.right)

    @property
    def nearest_wrong(self) -> float | None:
        """The bug that came nearest to passing."""
        return self._best(self.wrong)

    def _worst(self, values: Sequence[float]) -> float | None:
        return (min if self.stricter > 0 else max)(values) if values else None

    def _best(self, values: Sequence[float]) -> float | None:
        return (max if self.stricter > 0 else min)(values) if values else None


def thresholds(calibration: Calibration) -> tuple[ThresholdRoom, ...]:
    """Return what was measured around every threshold of the checks that were asked."""
    found = []
    keys = dict.fromkeys((m.check, m.name) for each in calibration.tried for m in each.margins)
    for check, name in keys:
        # what a trial is not judged by says nothing of its threshold
        fair = (each for each in calibration.right if check not in each.trial.may_fail)
        right = [m for each in fair for m in each.margins if (m.check, m.name) == (check, name)]
        wrong = [m for each in calibration.wrong for m in each.margins if (m.check, m.name) == (check, name)]
        failures = sum(
            each.verdicts.get(check) is Verdict.FAILED and check not in each.trial.may_fail
            for each in calibration.right
        )
        gradings = sum(m.passed for m in right) + failures
        if not right and not wrong:
            continue
        some = (right or wrong)[0]
        found.append(
            ThresholdRoom(
                check=check,
                name=name,
                value=some.value,
                stricter=some.stricter,
                right=tuple(m.turning for m in right),
                wrong=tuple(m.turning for m in wrong if not m.passed and m.stricter == some.stricter),
                gradings=gradings,
                failures=failures,
                bound=upper_bound(failures, gradings) if gradings else 1.0,
            )
        )
    return tuple(found)


def upper_bound(failures: int, gradings: int, confidence: float = CONFIDENCE) -> float:
    """Return the rate that the true one is below with that confidence (Clopper and Pearson, one-sided)."""
    if failures >= gradings:
        return 1.0
    low, high = failures / gradings, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if _at_most(failures, gradings, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(failures: int, gradings: int, rate: float) -> float:
    """Return the chance of at most so many failures."""
    terms = (
        lgamma(gradings + 1) - lgamma(k + 1) - lgamma(gradings - k + 1) + k * log(rate) + (gradings - k) * log1p(-rate)
        if 0 < rate < 1
        else 0.0
        for k in range(failures + 1)
    )
    return sum(exp(term) for term in terms)
