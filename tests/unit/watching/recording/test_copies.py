"""Instances are known as soon as they are made; a copy is known as one, and leaves no trace of that in itself."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - notebooks use it
from dataclasses import dataclass
from typing import Any

import pytest

from grader.watching.recording.copies import ORIGIN, Copies
from grader.watching.recording.register import Register


@dataclass
class Known:
    net: Any
    index: int
    cell: int
    copied_from: int = -1


class Net:
    def __init__(self, d: int) -> None:
        self.d = d


class Slotted:
    __slots__ = ("d",)


Told = list[tuple[int, int | None, int]]


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> tuple[Copies[Known], Told]:
    """Give what follows the copies of the two classes, and what it was told of."""
    told: Told = []
    register = Register(lambda: 1, Known, most=9)
    copies = Copies(
        register,
        lambda known: 70 + known.index,
        lambda known, first, n: told.append((known.index, first and first.index, n)),
    )
    for kind in (Net, Slotted):
        for name in ("__new__", "__reduce_ex__"):
            monkeypatch.setattr(kind, name, getattr(kind, name), raising=False)
            monkeypatch.delattr(kind, name)
        copies.follow(kind)
        copies.follow(kind)
    return copies, told


def test_an_instance_is_known_from_its_creation(followed: tuple[Copies[Known], Told]) -> None:
    copies, _ = followed
    net = Net(3)
    assert (net.d, copies.register.at(0)) == (3, copies.known(net))


def test_a_wrong_number_of_arguments_is_refused_as_python_does(followed: tuple[Copies[Known], Told]) -> None:
    with pytest.raises(TypeError, match=r"Slotted\(\) takes no arguments"):
        Slotted(3)  # type: ignore[call-arg]
    assert list(followed[0].register) == []


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_known_as_one(followed: tuple[Copies[Known], Told], way: Any) -> None:
    copies, told = followed
    copied = way(Net(3))
    known = copies.known(copied)
    assert known is not None
    assert (known.copied_from, told, vars(copied)) == (0, [(1, 0, 70)], {"d": 3})


def test_an_object_without_a_dictionary_is_known_too(followed: tuple[Copies[Known], Told]) -> None:
    net = Slotted()
    assert followed[0].known(net) is not None
    assert not hasattr(net, ORIGIN)
