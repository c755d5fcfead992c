"""What a name was probably meant to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def did_you_mean(word: str, options: Iterable[str], *, cutoff: float = 0.5) -> str:
    """Return ``; did you mean 'x'?`` for the option closest to `word`, or nothing where none is close.

    `cutoff`, between 0 and 1, says how close one has to be.
    """
    close = difflib.get_close_matches(word, list(options), n=1, cutoff=cutoff)
    return f"; did you mean '{close[0]}'?" if close else ""


def similar_names(name: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return up to five of the paths in `files` whose last part looks like `name` misspelt, closest first.

    For ``mlp.py`` that is ``MLP.py``, ``mlp (1).py``, ``mlp.py.txt``, ``mlp.ipynb`` or ``mpl.py``; never `name`.
    """
    wanted = name.casefold()
    stem = wanted.partition(".")[0]
    scored = []
    for path in files:
        last = path.rpartition("/")[2].casefold()
        closeness = difflib.SequenceMatcher(None, wanted, last).ratio()
        if path != name and (closeness >= 0.75 or stem in re.split(r"[\W_]+", last)):
            scored.append((-closeness, path))
    return tuple(path for _, path in sorted(scored)[:5])
