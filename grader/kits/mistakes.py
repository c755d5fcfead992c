"""Known mistakes, and the search for the one that explains what was seen: what is wrong is named by its cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.model import Array

Case = TypeVar("Case")
About = TypeVar("About", contravariant=True)


class NotApplicable(Exception):
    """A mistake cannot be made in this case: shapes do not allow it."""


@dataclass(frozen=True)
class Diagnosis:
    """What explains something wrong: the id of a mistake, and the hint that names it without showing the solution."""

    id: str
    hint: str


@dataclass(frozen=True)
class Mistake(Generic[About]):
    """A mistake that students make: `gives` is what it makes of a case, or raises NotApplicable. `message` says what it does."""

    id: str
    hint: str
    gives: Callable[[About], Array]
    message: str = ""

    @property
    def diagnosis(self) -> Diagnosis:
        return Diagnosis(self.id, self.hint)


# (case, what a mistake makes of it, or None where it cannot be made) -> yes or no
Question = Callable[[Case, Array | None], bool]


def explanations(
    cases: Sequence[Case],
    mistakes: Iterable[Mistake[Case]],
    *,
    matched: Question[Case],
    visible: Question[Case] | None = None,
    enough: int = 1,
) -> Iterator[Mistake[Case]]:
    """Yield the mistakes that explain what was seen, in their own order.

    A mistake explains it when all cases are `matched`, and it is `visible` in `enough` of them: what changes nothing explains
    nothing. Without `visible`, every match counts.
    """
    for mistake in mistakes:
        seen = 0
        for case in cases:
            wrong = _given(mistake, case)
            if not matched(case, wrong):
                break
            seen += visible is None or visible(case, wrong)
        else:
            if seen >= enough:
                yield mistake


def explain(
    cases: Sequence[Case],
    mistakes: Iterable[Mistake[Case]],
    *,
    matched: Question[Case],
    visible: Question[Case] | None = None,
    enough: int = 1,
) -> Mistake[Case] | None:
    """Return the first of the `explanations`, or None."""
    return next(explanations(cases, mistakes, matched=matched, visible=visible, enough=enough), None)


def _given(mistake: Mistake[Case], case: Case) -> Array | None:
    try:
        return mistake.gives(case)
    except (NotApplicable, ValueError):  # of arrays whose shapes do not meet nothing can be made
        return None
