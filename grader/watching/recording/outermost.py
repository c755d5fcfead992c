"""Noting calls from outside: what modules call among themselves is theirs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from grader.watching.recording.classes import Method, Methods, note


class Outermost:
    """Tells `called(net, method, arguments, result)` of every watched call that no other watched call brought about.

    While `busy` nothing is told. The first thing that goes wrong in here is kept in `fault`, and is no concern of student code.
    """

    def __init__(self, called: Callable[[Any, str, list[Any], Any], None]) -> None:
        self._called = called
        self.busy, self.fault = False, ""

    def watch(self, kind: type, methods: Methods) -> type:
        """Note the calls forward and back of a class; returns it."""
        for name in (*methods.forward, *methods.backward):
            note(kind, name, lambda original, name=name: self._noting(original, name))  # type: ignore[misc]
        return kind

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """Let nothing be told of calls that the grader makes meanwhile."""
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    def _noting(self, original: Method, name: str) -> Method:
        def method(net: Any, /, *args: Any, **kwargs: Any) -> Any:
            if self.busy:
                return original(net, *args, **kwargs)
            self.busy = True
            try:
                result = original(net, *args, **kwargs)
                self._tell(net, name, [*args, *kwargs.values()], result)
            finally:
                self.busy = False
            return result

        return method

    def _tell(self, net: Any, name: str, given: list[Any], result: Any) -> None:
        try:
            self._called(net, name, given, result)
        # a limit of time that runs out in here rings again in a moment
        except BaseException as error:  # noqa: BLE001 - what we make of it must not stop the student's code
            self.fault = self.fault or _told(error)


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:200]
    except BaseException:  # noqa: BLE001 - it may be the student's
        return "an exception that cannot be told"
