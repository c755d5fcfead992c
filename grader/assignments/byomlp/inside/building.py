"""What a network is made of, noted while it is built: inputs, the derivative of its loss, and its layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class Layer:
    """A layer as it was asked for: width, nonlinearity, its derivative, name."""

    width: int
    f: Any
    slope: Any
    name: str | None


@dataclass
class Network:
    """One network, held so that it outlives its variable."""

    net: Any
    index: int
    cell: int
    copied_from: int = -1
    inputs: int = 0
    loss: Any = None
    layers: list[Layer] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    calls: int = 0
    busy: bool = False

    def lacks(self, what: str) -> None:
        """Note something that the engine does not have."""
        if what not in self.missing and len(self.missing) < MISSING:
            self.missing.append(what[:200])

    def built_like(self, original: Network) -> None:
        """Take over what is known of the network that this one is a copy of."""
        self.inputs, self.loss, self.layers = original.inputs, original.loss, list(original.layers)
        self.missing = list(original.missing)


def is_network(kind: type) -> bool:
    """Tell whether a class has all methods, or is the class that the assignment asks for."""
    return (kind.__name__ == "MLP" and kind.__module__ == "mlp") or METHODS.has_all(kind)


def describe_class(kind: type, known: Callable[[Any], Network | None]) -> None:
    """Let a class note how its instances are built; `known` returns what is known of one."""
    note(kind, "__init__", lambda original: _noting_init(original, known))
    note(kind, "add_layer", lambda original: _noting_layer(original, known))


def _noting_init(original: Method, known: Callable[[Any], Network | None]) -> Method:
    def __init__(net: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        original(net, *args, **kwargs)
        found = known(net)
        if found is not None and not found.inputs:
            d, loss = first_arguments(original, (net, *args), kwargs, 2)
            if hasattr(d, "__index__"):
                found.inputs, found.loss = int(d), loss

    return __init__


def _noting_layer(original: Method, known: Callable[[Any], Network | None]) -> Method:
    def add_layer(net: Any, *args: Any, **kwargs: Any) -> Any:
        found = known(net)
        before = len(found.layers) if found else 0
        result = original(net, *args, **kwargs)
        # a method of a subclass that hands on to this one has nothing to add
        if found is not None and len(found.layers) == before:
            m, f, slope, name = first_arguments(original, (net, *args), kwargs, 4)
            width = int(m) if hasattr(m, "__index__") else 0
            found.layers.append(Layer(width, f, slope, name[:100] if isinstance(name, str) else None))
        return result

    return add_layer
