"""What a student has written about the networks: found in a notebook's Markdown, or where else students put words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from grader.notebooks.record import CellRecord
from grader.notebooks.writing import passages, word_count

WORDS = 25
_TOPIC = re.compile(r"network|model|layer|accura|overfit|mlp|neuron|netz|schicht", re.I)
_COMPARES = re.compile(
    r"better|worse|overfit|compar|differ|larger|smaller|higher|lower|improv|outperform|whereas|besser|schlechter", re.I
)


def comparisons(cells: Sequence[CellRecord], prompts: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (where, text) of everything in a notebook that can be the comparison of the networks, in order.

    A text has at least 25 words of the student's own, speaks of the networks, and compares them or stands after the
    first cell that was run for a second or more. `prompts` are sentences of the template: they are nobody's answer.
    """
    trained = next((k for k, cell in enumerate(cells) if cell["seconds"] >= 1), len(cells))

    def compares(words: str, position: int) -> bool:
        if word_count(words) < WORDS or not _TOPIC.search(words):
            return False
        return bool(_COMPARES.search(words)) or (position > trained and cells[position]["kind"] != "code")

    return passages(cells, prompts, compares)
