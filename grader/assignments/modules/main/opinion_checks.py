"""Finding the student's opinion of the activations among the words of the main notebook; a person judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from grader.assignments.modules.main.prompts import PROMPTS
from grader.checks import check, failed, pending
from grader.model import Finding, Observation, Quote
from grader.notebooks.writing import own_words, sentences, texts_of, word_count

WORDS = 20
_TOPIC = re.compile(r"activation|non-?linear|relu|\belu\b|soft ?plus|mean[- ]?sub|subtract|aktivierung", re.I)
_JUDGES = re.compile(
    r"fast|slow|quick|time|better|worse|best|worst|help|converge|prefer|good|bad|same|similar|differ|improv|lower|higher|"
    r"schnell|langsam|besser|schlechter|hilft",
    re.I,
)
# what tells the reader to do something is a task, and no opinion
_TASK = re.compile(
    r"^\W*(?:please|now|then|also)?\W*(?:write|compare|print|use|plot|note|hint|try|find|train|make|implement|build|draw|say|"
    r"describe|explain|read|remember|you (?:should|can|may|must|will|need)|your (?:task|opinion))\b|\?\W*$",
    re.I,
)


@check(reads=["main"])
def opinion_written(observed: Observation) -> Finding:
    """It is said in words what you think of the activations, of their computation time, and of mean subtraction"""
    seen = observed.data
    if not seen.get("file"):
        return failed("there is no main notebook to read it in", hint="Hand in HW3_main.ipynb.")
    found = opinions(seen["cells"])
    if not found:
        hint = (
            "Write some sentences into a Markdown cell: which activation you would take and why, how long each takes to compute, "
            "and whether mean subtraction helps."
        )
        return failed("no opinion on the activations was found", hint=hint)
    quotes = [Quote(f"{seen['file']}, {where}", text) for where, text in found]
    return pending("your opinion is read by a person", for_staff=quotes)


def opinions(cells: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return (where, text) of what can be the opinion: enough words of the student's own that judge activations."""
    found = []
    for position, cell in enumerate(cells, start=1):
        for text in texts_of(cell):
            own = " ".join(each for each in sentences(own_words(text, PROMPTS)) if not _TASK.search(each))
            if word_count(own) >= WORDS and _TOPIC.search(own) and _JUDGES.search(own):
                where = f"code cell {cell['number']}" if cell["kind"] == "code" else f"cell {position}"
                found.append((where, text.strip()))
    return found
