"""Networks are known from the moment when they are made, also when they are made by copying or unpickling others."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from grader.watching.recording.classes import NOTED, Method, is_noted
from grader.watching.recording.register import Register

# the name under which the state of a copied or pickled network says where it comes from
ORIGIN = "_watched_as"


class Copyable(Protocol):
    """What is known of a network that may be a copy: of the network with which number, -1 when it is none."""

    net: Any
    index: int
    copied_from: int


C = TypeVar("C", bound=Copyable)


class Copies(Generic[C]):
    """Registers the instances of classes. `snapshot(original)` is asked for a number when a network is copied.

    `copied(copy, original, number)` is told of each copy, with None for an original that was forgotten.
    """

    def __init__(
        self, register: Register[C], snapshot: Callable[[C], int], copied: Callable[[C, C | None, int], None]
    ) -> None:
        self.register, self._snapshot, self._copied = register, snapshot, copied

    def follow(self, kind: type) -> None:
        """Let a class register its instances as they are made."""
        if not is_noted(kind.__new__):
            kind.__new__ = self._registering(kind)  # type: ignore[method-assign]
            kind.__reduce_ex__ = self._telling_origin(kind)  # type: ignore[method-assign]

    def known(self, net: Any) -> C | None:
        """Return what is known of a network; one that was copied is then known as a copy."""
        found = self.register.of(net)
        if found is not None and found.copied_from < 0:
            origin = getattr(net, "__dict__", {}).pop(ORIGIN, None)  # a class with slots has no such thing
            if origin is not None:
                found.copied_from, number = origin
                self._copied(found, self.register.at(found.copied_from), number)
        return found

    def _registering(self, kind: type) -> Any:
        original: Any = kind.__new__
        register = self.register

        def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it is one
            if original is not object.__new__:
                made = original(cls, *args, **kwargs)
            elif (args or kwargs) and inspect.getattr_static(cls, "__init__") is object.__init__:
                raise TypeError(f"{cls.__name__}() takes no arguments")
            else:
                made = object.__new__(cls)
            if isinstance(made, kind) and not register.quiet and register.of(made) is None:
                register.add(made)
            return made

        setattr(__new__, NOTED, True)
        return staticmethod(__new__)

    def _telling_origin(self, kind: type) -> Method:
        original: Any = kind.__reduce_ex__

        def __reduce_ex__(net: Any, protocol: Any) -> Any:  # noqa: N807 - it is one
            reduced = original(net, protocol)
            found = self.known(net)
            plain = isinstance(reduced, tuple) and len(reduced) > 2 and type(reduced[2]) is dict
            if found is None or not plain or hasattr(type(net), "__setstate__"):
                return reduced
            state = {name: value for name, value in reduced[2].items() if name != ORIGIN}
            return (*reduced[:2], {**state, ORIGIN: [found.index, self._snapshot(found)]}, *reduced[3:])

        return __reduce_ex__
