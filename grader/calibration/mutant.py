"""One planted bug: how it is made from a right submission, and exactly which checks it must fail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A right file `base` in which every `old` text is replaced by a `new` one, or a whole file `text`.

    `fails` are the checks that must end failed or blocked; all others must pass, but for those of `may_fail`, where it
    is a matter of luck. `diagnosis` is what some finding must name, if anything.
    """

    name: str
    story: str
    fails: frozenset[str]
    base: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    text: str = ""
    diagnosis: str = ""
    may_fail: frozenset[str] = frozenset()

    def source(self, right: Path) -> str:
        """Return the text of the wrong file, made from the styles in the folder `right`.

        Raises ValueError when an `old` text is not there exactly once.
        """
        text = self.text or (right / f"{self.base}.py").read_text(encoding="utf-8")
        for old, new in self.replace:
            if (times := text.count(old)) != 1:
                raise ValueError(f"mutant '{self.name}': {old!r} occurs {times} times in {self.base}.py, not once")
            text = text.replace(old, new)
        return text


def bug(
    name: str,
    base: str,
    story: str,
    *replace: tuple[str, str],
    fails: str,
    may_fail: str = "",
    diagnosis: str = "",
) -> Mutant:
    """Write down a mutant made by replacing; `fails` and `may_fail` are names of checks between blanks."""
    return Mutant(
        name=name,
        story=story,
        fails=frozenset(fails.split()),
        base=base,
        replace=replace,
        diagnosis=diagnosis,
        may_fail=frozenset(may_fail.split()),
    )
