"""The order in which answers are walked through: by groups of equal ones, the same as long as nothing else is handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.answers import Answer, Group, groups
from grader.gradebook.nouns import Answered

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Shelf:
    """The answers to one check: their groups, and what each answers. `keys` are student and attempt by the answer's name."""

    keys: Mapping[str, tuple[str, int]]
    groups: tuple[Group, ...]
    answers: Answers

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The names of all answers, in order."""
        return tuple(name for group in self.groups for name in group.members)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each answer in the order, from 1."""
        return {name: place for place, name in enumerate(self.order, 1)}

    @cached_property
    def group_of(self) -> Mapping[str, int]:
        """The number of the group of each answer, from 1."""
        return {name: number for number, group in enumerate(self.groups, 1) for name in group.members}


class Shelves:
    """Keeps the shelves of a review in memory, each until other answers are there. Several threads may ask."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[object, Shelf]] = {}
        self._checks: tuple[tuple[str, str], ...] = ()

    def remember(self, checks: Sequence[tuple[str, str]]) -> None:
        """Give numbers, from 1, to items and checks that have none: while a run goes on, others come, and pages are open."""
        with self._turn:
            self._checks = tuple(dict.fromkeys([*self._checks, *checks]))

    def check(self, number: int) -> tuple[str, str] | None:
        """Return the item and the check of a number."""
        return self._checks[number - 1] if 0 < number <= len(self._checks) else None

    def number(self, item: str, check: str) -> int:
        """Return the number of an item and a check, 0 where it has none."""
        return self._checks.index((item, check)) + 1 if (item, check) in self._checks else 0

    def known(self, item: str, check: str) -> Shelf | None:
        """Return the shelf that is kept, as it is."""
        kept = self._kept.get((item, check))
        return kept and kept[1]

    def of(
        self, item: str, check: str, answered: Mapping[str, Answered], read: Callable[[Mapping[str, Answered]], Answers]
    ) -> Shelf:
        """Return the shelf of these answers by name, which are read where others are kept or none."""
        content = frozenset((name, each.digest, each.folder) for name, each in answered.items())
        # one thread reads, and the others wait for what it has read
        with self._turn:
            kept = self._kept.get((item, check))
            if kept and kept[0] == content:
                return kept[1]
            answers = read(answered)
            keys = {name: (each.student, each.attempt) for name, each in answered.items()}
            shelf = Shelf(keys, groups((name, answers.get(name, Answer())) for name in answered), answers)
            self._kept[item, check] = content, shelf
            return shelf
