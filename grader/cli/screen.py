"""Standard output as a person reads it."""

from __future__ import annotations

from rich.console import Console


class Screen(Console):
    """A rich console that leaves it to the last line of the program what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        """Pass the error on, where rich would end the program with a status that means something else here."""
        raise BrokenPipeError
