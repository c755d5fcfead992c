"""Names of folders and files in an archive: harmless on every system, and no two alike."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 80
# what Windows and zips do not take, and names that it keeps for devices
_SIGNS = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def harmless(name: str) -> str:
    """Return a name of which a folder can be made anywhere; letters of every script stay."""
    seen = unicodedata.normalize("NFC", name)
    shown = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in seen)
    kept = " ".join(_SIGNS.sub("_", shown).split())[:LIMIT].strip(" .~")
    return f"_{kept}" if not kept or _RESERVED.match(kept) else kept


class Names:
    """Gives every name once; who comes later with the same one gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """Return the harmless form of a name, numbered where somebody has it already."""
        wanted, number = harmless(name), 1
        while (given := wanted if number == 1 else f"{wanted} ({number})").casefold() in self._taken:
            number += 1
        self._taken.add(given.casefold())
        return given
