"""Groups of answers that can be marked together: the same answers and near ones, by rules that know no numbers to tune.

Answers are *equal* when they have the same words in the same order, whatever their case, spaces and punctuation, and the same
pictures and code. They are *near* when they have the same words in any order, each spelt as most spell it but for a slip of the
pen (`spelling`), and the same mathematics in the same order. That holds for any two answers of a group: no chain of small
differences leads far away. Near answers may say the opposite, so a group has all their wordings.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.answers.model import Answer
from grader.answers.spelling import spelt
from grader.answers.words import MATHEMATICS

Entry = tuple[str, Answer]
Form = tuple[str, str]


class Kind(StrEnum):
    """In which way the answers of a group are alike; a single one is like no other."""

    EMPTY = "empty"
    EQUAL = "equal"
    NEAR = "near"
    PICTURE = "picture"
    SINGLE = "single"


@dataclass(frozen=True)
class Group:
    """Answers that are alike, by the ids that they came with, in order.

    `variants` are the members by their wording, the commonest first; there are several only where they are near. `shown` is the
    id of the answer that stands for all. Groups with the same words have the same `key`, in every run.
    """

    key: str
    kind: Kind
    members: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]

    @property
    def shown(self) -> str:
        """The id of the answer that stands for all."""
        return self.variants[0][0]


def groups(answers: Iterable[Entry]) -> tuple[Group, ...]:
    """Return the groups of these answers, each in exactly one: empty ones, equal, near, equal pictures, single ones; in each kind
    the largest first. In which order the answers are given makes no difference.
    """
    entries = sorted(answers, key=lambda entry: entry[0])
    forms: dict[Form, list[str]] = defaultdict(list)
    alone: list[Group] = []
    pictured = {(each.normal, each.exact) for _, each in entries if each.pictures}
    for name, each in entries:
        if each.is_unseen:
            alone.append(Group(_key(Kind.SINGLE, name), Kind.SINGLE, (name,), ((name,),)))
        else:
            forms[each.normal, each.exact].append(name)
    found = [_group(several, forms, pictured) for several in _near(forms)]
    order = list(Kind)
    return tuple(
        sorted([*found, *alone], key=lambda group: (order.index(group.kind), -len(group.members), group.members))
    )


def _group(several: Sequence[Form], forms: Mapping[Form, Sequence[str]], pictured: set[Form]) -> Group:
    kind = _kind(several, len(forms[several[0]]), pictured)
    by_size = sorted(several, key=lambda form: (-len(forms[form]), form))
    variants = tuple(tuple(forms[form]) for form in by_size)
    members = tuple(sorted(name for names in variants for name in names))
    return Group(_key(kind, *map(":".join, by_size)), kind, members, variants)


def _kind(several: Sequence[Form], count: int, pictured: set[Form]) -> Kind:
    normal, exact = several[0]
    if not (normal or exact):
        return Kind.EMPTY
    if len(several) > 1:
        return Kind.NEAR
    if count == 1:
        return Kind.SINGLE
    return Kind.EQUAL if normal or several[0] not in pictured else Kind.PICTURE


def _near(forms: Mapping[Form, Sequence[str]]) -> Iterator[list[Form]]:
    """Yield the forms that are near one another, each in one list."""
    counts = Counter(word for normal, _ in forms for word in set(normal.split()) if not word.startswith(MATHEMATICS))
    meant = spelt(counts)
    together: dict[tuple[str, ...], list[Form]] = defaultdict(list)
    for form in sorted(forms):
        tokens = form[0].split()
        words = sorted(meant[each] for each in tokens if not each.startswith(MATHEMATICS))
        mathematics = [each for each in tokens if each.startswith(MATHEMATICS)]
        together[form[1], *words, "", *mathematics].append(form)
    yield from together.values()


def _key(kind: Kind, *said: str) -> str:
    return f"{kind}-{hashlib.sha256(repr(said).encode(errors='replace')).hexdigest()[:16]}"
