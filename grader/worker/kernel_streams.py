"""What a cell prints, passed on as it comes: printing without end takes time, and no memory."""

from __future__ import annotations

# of what it is built upon, little is typed
# mypy: disable-error-code="no-untyped-call, misc, override"
from ipykernel.iostream import OutStream

# so many characters may wait to be passed on
PIECE = 2**16
# so many seconds whoever prints waits until they are; what passes them on may have been ended by the cell
PATIENCE = 2


class Stream(OutStream):
    """A stream that has whoever prints wait, where the kernel's own piles up what is printed faster than it passes it on."""

    flush_timeout = PATIENCE
    _piled = 0

    def write(self, string: str) -> int:
        """Take a text of any length in, a piece after another."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string).__name__}")
        for start in range(0, len(string), PIECE):
            piece = string[start : start + PIECE]
            super().write(piece)
            self._piled += len(piece)
            if self._piled >= PIECE:
                self._piled = 0
                self.flush()
        return len(string)
