"""Right classes in the place of wrong ones, while a main notebook runs: each keeps the further methods that a student gave it.

A class is replaced in the moment when it is made, wherever its text stands, so that all else in the student's files is theirs:
functions, classes that are right or that derive from a wrong one, cells that fail.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Collection, Mapping
from typing import Any

from grader.watching.recording.classes import first_arguments, intercept
from grader.worker.alarm import Overtime

NAME = "<grader/right classes>"
# what the course gives: a student's file need not repeat it
GIVEN = ("Module", "Criterion", "ReLU", "MSECriterion")


def stand_in(source: str, wrong: Collection[str], called: Mapping[str, str]) -> None:
    """Let right classes, written in `source`, stand for those named in `wrong`, and for those that nobody defines.

    `called` says by which other name a student's file has some of them.
    """
    space: dict[str, Any] = {"__name__": "modules"}
    exec(compile(source, NAME, "exec", dont_inherit=True), space)  # noqa: S102 - our own text
    ours = {name: kind for name, kind in space.items() if isinstance(kind, type)}
    theirs = {called.get(name, name): name for name in wrong}
    intercept(lambda kind: kind.__name__ in theirs, lambda kind: in_place_of(kind, ours[theirs[kind.__name__]]))
    # names that a notebook does not define are looked for there
    for name in (*wrong, *GIVEN):
        setattr(builtins, name, ours[name])
    for name, wanted in theirs.items():
        setattr(builtins, name, ours[wanted])


def in_place_of(theirs: type, ours: type) -> type:
    """Return a class that does what `ours` does, and has everything else that `theirs` has; it is made as `theirs` is."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        begin: Any = theirs.__init__  # type: ignore[misc]
        try:
            # what it sets besides may be asked for
            begin(self, *args, **kwargs)
        except Overtime:
            raise
        except BaseException:  # noqa: BLE001 - it is wrong
            vars(self).clear()
        for name in [name for name in vars(self) if hasattr(ours, name)]:
            del vars(self)[name]
        ours.__init__(self, *_arguments(ours, begin, self, args, kwargs))  # type: ignore[misc]

    about = {"__init__": __init__, "__module__": theirs.__module__, "__qualname__": theirs.__qualname__}
    try:
        return type(theirs.__name__, (ours, theirs), about)
    except TypeError:
        # another metaclass, or slots
        return type(theirs.__name__, (ours,), about)


def _arguments(ours: type, begin: Any, made: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Return what our constructor is given: as many arguments as it takes, in the order of the student's own."""
    parameters = list(inspect.signature(ours).parameters.values())
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        nested = [*args, *kwargs.values()]
        return [each for value in nested for each in (value if isinstance(value, list | tuple) else [value])]
    given = first_arguments(begin, (made, *args), kwargs, len(parameters))
    while given and given[-1] is None:
        given.pop()
    return given
