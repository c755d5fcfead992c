"""What a student has written about the networks: found in a notebook's Markdown, or where else students put words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grader.notebooks.writing import own_words, texts_of, word_count

WORDS = 25
_TOPIC = re.compile(r"network|model|layer|accura|overfit|mlp|neuron|netz|schicht", re.I)
_COMPARES = re.compile(
    r"better|worse|overfit|compar|differ|larger|smaller|higher|lower|improv|outperform|whereas|besser|schlechter", re.I
)


def comparisons(cells: Sequence[Mapping[str, Any]], prompts: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (where, text) of everything in a notebook that can be the comparison of the networks, in order.

    A text has at least 25 words of the student's own, speaks of the networks, and compares them or stands after the
    first cell that was run for a second or more. `prompts` are sentences of the template: they are nobody's answer.
    """
    trained = next((k for k, cell in enumerate(cells) if cell["seconds"] >= 1), len(cells))
    found = []
    for position, cell in enumerate(cells):
        for text in texts_of(cell):
            own = own_words(text, prompts)
            if word_count(own) < WORDS or not _TOPIC.search(own):
                continue
            if _COMPARES.search(own) or (position > trained and cell["kind"] != "code"):
                where = f"code cell {cell['number']}" if cell["kind"] == "code" else f"cell {position + 1}"
                found.append((where, text.strip()))
    return found
