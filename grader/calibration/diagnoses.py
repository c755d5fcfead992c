"""Do the hints name the mistake that was planted?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.calibration.trial import Tried


@dataclass(frozen=True)
class Diagnosed:
    """Bugs by what their hints named.

    Of those whose mistake is in the catalogue: `right` are named, and `none` are not. Of the others: `unnamed` are not
    named, and `named` are told by a name that is true of them. `wrong` are those of either kind that were called something
    that nobody has found to be true of them.
    """

    right: tuple[Tried, ...]
    none: tuple[Tried, ...]
    unnamed: tuple[Tried, ...]
    named: tuple[Tried, ...]
    wrong: tuple[Tried, ...]

    @property
    def catalogued(self) -> int:
        """How many bugs there are whose mistake is in the catalogue."""
        return len(self.right) + len(self.none) + sum(bool(each.trial.diagnosis) for each in self.wrong)

    @property
    def share(self) -> float:
        """The share that is named rightly, of those whose mistake is in the catalogue; 1 when there are none."""
        return len(self.right) / self.catalogued if self.catalogued else 1.0


def untrue(tried: Tried) -> frozenset[str]:
    """Return what the hints called a bug that it is not."""
    return frozenset(tried.diagnoses.values()) - tried.trial.may_name - {tried.trial.diagnosis}


def diagnosed(tried: Iterable[Tried]) -> Diagnosed:
    """Sort the bugs, of which it was said beforehand which diagnosis they must get, by the one that they got."""
    said = [each for each in tried if each.trial.fails is not None or each.trial.diagnosis]
    fair = [each for each in said if not untrue(each)]
    catalogued = [each for each in fair if each.trial.diagnosis]
    others = [each for each in fair if not each.trial.diagnosis]
    return Diagnosed(
        right=tuple(each for each in catalogued if each.trial.diagnosis in each.diagnoses.values()),
        none=tuple(each for each in catalogued if each.trial.diagnosis not in each.diagnoses.values()),
        unnamed=tuple(each for each in others if not each.diagnoses),
        named=tuple(each for each in others if each.diagnoses),
        wrong=tuple(each for each in said if untrue(each)),
    )
