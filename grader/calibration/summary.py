"""What the gradings say about the checks: pure counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.calibration.trial import RIGHT, WRONG, Group, Tried
from grader.model import Verdict


@dataclass(frozen=True)
class Calibration:
    """All gradings of one assignment. `checks` are its checks by item, `left_out` the items that were not graded."""

    assignment: str
    title: str
    rubric_digest: str
    checks: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    tried: tuple[Tried, ...]
    seconds: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The checks that were asked, in the rubric's order."""
        return tuple(name for names in self.checks.values() for name in names)

    def of(self, *groups: Group) -> tuple[Tried, ...]:
        """Return the gradings of these groups that came to an end."""
        return tuple(each for each in self.tried if each.trial.group in groups and not each.failure)

    @cached_property
    def right(self) -> tuple[Tried, ...]:
        """Gradings of right solutions."""
        return self.of(*RIGHT)

    @cached_property
    def wrong(self) -> tuple[Tried, ...]:
        """Gradings of bugs that are bugs."""
        return tuple(each for each in self.of(*WRONG) if not each.trial.equivalent)

    @property
    def unsettled(self) -> tuple[Tried, ...]:
        """Those that could not be graded, or only in part."""
        return tuple(each for each in self.tried if each.failure or each.undecided or each.withheld)

    @property
    def escaped(self) -> tuple[Tried, ...]:
        """Bugs that no check caught."""
        return tuple(each for each in self.wrong if not each.caught)

    @property
    def free(self) -> tuple[Tried, ...]:
        """Bugs that were caught and cost no point."""
        return tuple(each for each in self.wrong if each.caught and not sum(each.lost.values()))

    @property
    def wronged(self) -> tuple[Tried, ...]:
        """Gradings in which a right solution lost something."""
        return tuple(each for each in self.right if each.lost_checks - each.trial.may_fail)

    @property
    def rewarded(self) -> tuple[Tried, ...]:
        """Gradings in which the template earned something."""
        return tuple(each for each in self.of(Group.TEMPLATE) if each.earned)

    @property
    def surprising(self) -> tuple[tuple[Tried, frozenset[str], frozenset[str]], ...]:
        """Bugs that failed other checks than they name: those failed beside, and those passed in spite of it."""
        found = []
        for each in self.wrong:
            if each.trial.fails is not None:
                sure = each.trial.fails & each.verdicts.keys() - each.trial.may_fail
                lost = each.lost_checks - each.trial.may_fail
                if sure != lost:
                    found.append((each, lost - sure, sure - lost))
        return tuple(found)

    @property
    def settled(self) -> bool:
        """Whether everything is as it should be, but for what could not be graded."""
        return not (self.escaped or self.wronged or self.rewarded or self.surprising)


@dataclass(frozen=True)
class CheckCounts:
    """What one check did: bugs that it failed, that it was blocked for, that it alone caught; right gradings it failed."""

    check: str
    failed: int
    blocked: int
    alone: int
    wronged: int


def counts(calibration: Calibration) -> tuple[CheckCounts, ...]:
    """Return the counts of every check, in the rubric's order."""
    failed, blocked = _times(calibration.wrong, Verdict.FAILED), _times(calibration.wrong, Verdict.BLOCKED)
    alone = Counter(next(iter(each.lost_checks)) for each in calibration.wrong if len(each.lost_checks) == 1)
    wronged = Counter(name for each in calibration.right for name in each.lost_checks - each.trial.may_fail)
    return tuple(
        CheckCounts(name, failed[name], blocked[name], alone[name], wronged[name]) for name in calibration.names
    )


def patterns(calibration: Calibration) -> tuple[tuple[frozenset[str], tuple[Tried, ...]], ...]:
    """Return the bugs by the checks that they lost, in the order of the first of these checks."""
    place = {name: index for index, name in enumerate(calibration.names)}
    found: dict[frozenset[str], list[Tried]] = {}
    for each in calibration.wrong:
        found.setdefault(each.lost_checks, []).append(each)
    ordered = sorted(found.items(), key=lambda pair: sorted(place.get(name, len(place)) for name in pair[0]))
    return tuple((lost, tuple(those)) for lost, those in ordered)


def _times(tried: Iterable[Tried], verdict: Verdict) -> Counter[str]:
    return Counter(name for each in tried for name, found in each.verdicts.items() if found is verdict)
