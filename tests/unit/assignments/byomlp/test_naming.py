"""How names of layers are handed over, found by trying."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.assignments.byomlp.network.naming import KEYWORD, NOWHERE, PLACE, USUAL, Naming, naming_of
from grader.assignments.byomlp.network.networks import Layer, Network
from grader.assignments.byomlp.network.parameters import construction
from grader.model import Problem, ProblemKind
from grader.sandbox import Answer

Method = Callable[..., None]


class Conversation:
    """Answers for a class MLP with this `add_layer`, as a session does."""

    def __init__(self, add_layer: Method) -> None:
        self.add_layer = add_layer

    def run(self, *operations: dict[str, Any]) -> list[Answer]:
        return [self._answer(operation) for operation in operations]

    def _answer(self, operation: dict[str, Any]) -> Answer:
        if operation["op"] != "call":
            return Answer()
        try:
            self.add_layer(*operation["args"], **operation["kwargs"])
        except Exception as error:  # noqa: BLE001 - as the worker does
            return Answer(problem=Problem(ProblemKind.RAISED, f"{type(error).__name__}: {error}"))
        return Answer()


def by_keyword(m: int, f: Any, fderiv: Any, name: str | None = None) -> None: ...


def by_another_name(m: int, f: Any, fderiv: Any = None, layer_name: str | None = None) -> None: ...


def always(m: int, f: Any, fderiv: Any, name: str | None) -> None: ...


def nameless(m: int, f: Any, fderiv: Any) -> None: ...


def scaled(m: int, f: Any, fderiv: Any, scale: float = 0.1) -> None:
    if scale > 1:
        raise ValueError(scale)


def unwritten(m: int, f: Any, fderiv: Any, name: str | None = None) -> None:
    raise NotImplementedError("write MLP.add_layer")


@pytest.mark.parametrize(
    ("add_layer", "naming"),
    [
        (by_keyword, USUAL),
        (by_another_name, Naming(PLACE)),
        (always, Naming(KEYWORD, optional=False)),
        (nameless, Naming(NOWHERE)),
        (scaled, Naming(NOWHERE)),
        (unwritten, USUAL),
    ],
)
def test_the_richest_call_that_works_is_taken(add_layer: Method, naming: Naming) -> None:
    assert naming_of(Conversation(add_layer)) == naming  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("naming", "args", "kwargs"),
    [
        (USUAL, (), {"name": "one"}),
        (Naming(PLACE), ("one",), {}),
        (Naming(NOWHERE), (), {}),
    ],
)
def test_a_network_is_built_so(naming: Naming, args: tuple[str, ...], kwargs: dict[str, str]) -> None:
    net = Network(2, (Layer(3, "identity", "one"),), "squared").built_by(naming)
    added = construction("net", net, seed=1)[-1]
    assert (tuple(added["args"][3:]), added["kwargs"]) == (args, kwargs)


def test_a_layer_without_a_name_is_given_none_only_where_it_must_be() -> None:
    assert Naming().arguments(None) == ((), {})
    assert Naming(optional=False).arguments(None) == ((), {"name": None})


def test_how_names_are_taken_is_kept_with_the_network() -> None:
    net = Network(2, (Layer(3, "identity", "one"),), "squared").built_by(Naming(NOWHERE))
    assert Network.from_data(net.as_data()) == net
    assert not net.named
