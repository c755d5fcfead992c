"""Classes are changed in the moment when they are made: then each of their instances is known from its creation."""

from __future__ import annotations

import builtins
import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Method = Callable[..., Any]
# marks what stands in the place of a method of the student's
NOTED = "_noted_by_the_watch"


@dataclass(frozen=True)
class Methods:
    """The methods by which a class is known for a network: those that it must have, and what each that is watched does."""

    needed: tuple[str, ...]
    forward: tuple[str, ...]
    backward: tuple[str, ...]
    step: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()

    def has_all(self, kind: type) -> bool:
        """Tell whether a class has the methods that are needed."""
        return all(callable(getattr(kind, name, None)) for name in self.needed)


def intercept(is_watched: Callable[[type], bool], change: Callable[[type], type]) -> None:
    """Let `change` replace, from now on, every class of this process that is to be watched."""
    original = builtins.__build_class__

    def build_class(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        return change(made) if isinstance(made, type) and is_watched(made) else made

    builtins.__build_class__ = build_class


def note(kind: type, name: str, noting: Callable[[Method], Method]) -> None:
    """Put `noting(method)` in the place of a method, unless that notes already, or is no function."""
    original = inspect.getattr_static(kind, name, None)
    if inspect.isfunction(original) and not is_noted(original):
        method = functools.wraps(original)(noting(original))
        setattr(method, NOTED, True)
        setattr(kind, name, method)


def is_noted(method: Any) -> bool:
    """Tell whether a method is one that stands in the place of a student's."""
    return bool(getattr(method, NOTED, False))


def drop_rewritten(kind: type, base: type, names: Iterable[str]) -> None:
    """Take out of a subclass of `base` those of its methods that replace methods of a class above instead of adding to them.

    A method adds to another when it calls it: through super() or by the name of a class.
    """
    callers = {"super"} | {each.__name__ for each in kind.__mro__[1:] if issubclass(each, base)}
    for name in names:
        method = vars(kind).get(name)
        if inspect.isfunction(method) and not callers & set(method.__code__.co_names):
            delattr(kind, name)


def replaced_methods(net: Any, names: Iterable[str], is_ours: Callable[[Any], bool]) -> list[str]:
    """Return which methods the notebook has put others in place of, on the object or on its class."""
    held, listed = getattr(net, "__dict__", {}), tuple(names)
    on_object = [name for name in listed if name in held]
    on_class = [name for name in listed if not is_ours(inspect.getattr_static(type(net), name, None))]
    return [f"{type(net).__name__}.{name} was replaced" for name in dict.fromkeys([*on_object, *on_class])]


def first_arguments(function: Method, args: tuple[Any, ...], kwargs: dict[str, Any], count: int) -> list[Any]:
    """Return the first `count` arguments after self, in the order of the parameters; None for those that are missing."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        values = list(bound.arguments.values())[1:]
    except (TypeError, ValueError):
        values = [*args[1:], *kwargs.values()]
    return [*values, *[None] * count][:count]
