"""The public calls of the assignment's MLP: their parameters, and what happens when a call does not have these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ABSENT: Any = object()
NAMES = ("__init__", "add_layer", "forward", "backward", "step", "zero_grad")


def sort(
    net: Any,
    method: str,
    given: dict[str, Any],
    more: tuple[Any, ...],
    named: dict[str, Any],
    *,
    tell: Callable[[Any, str], None],
) -> Any:
    """Sort the arguments of an unusual call, or tell of it and raise the TypeError that is natural for it."""
    # something beyond the last parameter means that all before it were given by place
    placed = (*given.values(), *more) if more else ()
    keywords = {} if more else {name: value for name, value in given.items() if value is not ABSENT}
    try:
        return getattr(Calls, method)(net, *placed, **keywords, **named)
    except TypeError as error:
        tell(net, str(error))
        raise


class Calls:
    """The public calls with their parameters; each returns what it was given."""

    def __init__(self, d: Any, est_lossderiv: Any) -> None: ...

    def add_layer(self, m: Any, f: Any, fderiv: Any, name: Any = None) -> Any:
        return m, f, fderiv, name

    def forward(self, x: Any, start: Any = None, end: Any = None) -> Any:
        return x, start, end

    def backward(self, x: Any, y: Any) -> Any:
        return x, y

    def step(self, alpha: Any) -> Any:
        return alpha

    def zero_grad(self) -> None: ...


for _name in NAMES:
    getattr(Calls, _name).__qualname__ = f"MLP.{_name}"
