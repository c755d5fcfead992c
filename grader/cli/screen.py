"""Standard output as a person reads it."""

from __future__ import annotations

from rich.console import Console


class Screen(Console):
    """A rich console that passes on the error of a closed pipe, so that one place decides on the exit status."""

    def on_broken_pipe(self) -> None:
        """Raise the error: rich would end the program, with a status that has another meaning here."""
        raise BrokenPipeError
