"""Do the hints name the mistake that was planted?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.calibration.trial import Tried


@dataclass(frozen=True)
class Diagnosed:
    """Bugs by what their hints named.

    Of those whose mistake is in the catalogue: `right` are named, `none` are not, `wrong` were called something else.
    Of those whose mistake is in no catalogue: `unnamed`, and `named` all the same, for a person to look at. `further` were
    named rightly, and something else beside.
    """

    right: tuple[Tried, ...]
    none: tuple[Tried, ...]
    wrong: tuple[Tried, ...]
    unnamed: tuple[Tried, ...]
    named: tuple[Tried, ...]
    further: tuple[Tried, ...]

    @property
    def share(self) -> float:
        """The share that is named rightly, of those whose mistake is in the catalogue; 1 when there are none."""
        catalogued = len(self.right) + len(self.none) + len(self.wrong)
        return len(self.right) / catalogued if catalogued else 1.0


def diagnosed(tried: Iterable[Tried]) -> Diagnosed:
    """Sort the bugs, of which it was said beforehand which diagnosis they must get, by the one that they got."""
    said = [each for each in tried if each.trial.fails is not None or each.trial.diagnosis]
    catalogued = [each for each in said if each.trial.diagnosis]
    others = [each for each in said if not each.trial.diagnosis]
    right = [each for each in catalogued if each.trial.diagnosis in each.diagnoses.values()]
    missed = [each for each in catalogued if each.trial.diagnosis not in each.diagnoses.values()]
    return Diagnosed(
        right=tuple(right),
        none=tuple(each for each in missed if not each.diagnoses),
        wrong=tuple(each for each in missed if each.diagnoses),
        unnamed=tuple(each for each in others if not each.diagnoses),
        named=tuple(each for each in others if each.diagnoses),
        further=tuple(each for each in right if set(each.diagnoses.values()) > {each.trial.diagnosis}),
    )
