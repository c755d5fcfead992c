"""What a network is made of, noted while it is built: inputs, the derivative of its loss, and its layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.watching.recording.classes import Method, Methods, first_arguments, note

METHODS = Methods(
    needed=("add_layer", "forward", "backward", "step", "zero_grad"),
    forward=("forward",),
    backward=("backward",),
    step=("step",),
    clear=("zero_grad",),
)
BUILT = ("__init__", *METHODS.needed)
MISSING = 20


class Telling(Protocol):
    """What is told of how a network is built."""

    def built(self, network: int, d: int, loss: Any) -> Any:
        """Tell of the inputs of a network, and of the derivative of its loss."""

    def layer(self, network: int, width: int, inputs: int, f: Any, slope: Any, name: Any) -> Any:
        """Tell of a layer."""


@dataclass
class Network:
    """One network, held so that it outlives its variable; `widths` are those of its inputs and of its layers."""

    net: Any
    index: int
    cell: int
    copied_from: int = -1
    widths: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    calls: int = 0
    busy: bool = False

    def lacks(self, what: str) -> bool:
        """Note something that the engine does not have; False when it was noted before."""
        new = what not in self.missing and len(self.missing) < MISSING
        if new:
            self.missing.append(what[:200])
        return new

    @property
    def work(self) -> int:
        """How many parameters an example meets."""
        return sum((n + 1) * m for n, m in zip(self.widths, self.widths[1:], strict=False))

    def built_like(self, original: Network) -> None:
        """Take over what is known of the network that this one is a copy of."""
        self.widths, self.missing = list(original.widths), list(original.missing)


def is_network(kind: type) -> bool:
    """Tell whether a class has all methods, or is the class that the assignment asks for."""
    return (kind.__name__ == "MLP" and kind.__module__ == "mlp") or METHODS.has_all(kind)


class Building:
    """Lets classes note how their instances are built, and tells of it; `known` returns what is known of one."""

    def __init__(self, known: Callable[[Any], Network | None], tell: Telling) -> None:
        self._known, self._tell = known, tell

    def watch(self, kind: type) -> None:
        """Let a class note its calls from now on."""
        note(kind, "__init__", self._noting_init)
        note(kind, "add_layer", self._noting_layer)

    def _noting_init(self, original: Method) -> Method:
        def __init__(net: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
            original(net, *args, **kwargs)
            found = self._known(net)
            if found is not None and not found.widths:
                d, loss = first_arguments(original, (net, *args), kwargs, 2)
                if hasattr(d, "__index__"):
                    found.widths = [int(d)]
                    self._tell.built(found.index, int(d), loss)

        return __init__

    def _noting_layer(self, original: Method) -> Method:
        def add_layer(net: Any, *args: Any, **kwargs: Any) -> Any:
            found = self._known(net)
            before = len(found.widths) if found else 0
            result = original(net, *args, **kwargs)
            # a method of a subclass that hands on to this one has nothing to add
            if found is not None and len(found.widths) == before > 0:
                m, f, slope, name = first_arguments(original, (net, *args), kwargs, 4)
                width = int(m) if hasattr(m, "__index__") else 0
                self._tell.layer(found.index, width, found.widths[-1], f, slope, name)
                found.widths.append(width)
            return result

        return add_layer
