"""Finding the student's opinion of the activations among the words of the main notebook; a person judges it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import locations
from grader.assignments.modules.main.files import MAIN
from grader.assignments.modules.main.probe import seen_in
from grader.checks import check, failed, pending
from grader.model import Finding, Observation, Quote
from grader.notebooks.prompts import template_sentences
from grader.notebooks.record import CellRecord
from grader.notebooks.writing import passages, sentences, word_count

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
    seen = seen_in(observed)
    if not seen.get("file"):
        return failed("there is no main notebook to read it in", hint="Hand in HW3_main.ipynb.")
    found = opinions(seen["cells"])
    if not found:
        hint = (
            "Write some sentences into a Markdown cell: which activation you would take and why, how long each takes to compute, "
            "and whether mean subtraction helps."
        )
        return failed("no opinion on the activations was found", hint=hint, diagnosis="not_written")
    quotes = [Quote(f"{seen['file']}, {where}", text) for where, text in found]
    return pending("your opinion is read by a person", for_staff=quotes)


def opinions(cells: Sequence[CellRecord]) -> list[tuple[str, str]]:
    """Return (where, text) of what can be the opinion: enough words of the student's own that judge activations."""
    prompts = template_sentences(locations.template_folder("modules"), MAIN)

    def judges(words: str, _position: int) -> bool:
        own = " ".join(each for each in sentences(words) if not _TASK.search(each))
        return word_count(own) >= WORDS and bool(_TOPIC.search(own) and _JUDGES.search(own))

    return passages(cells, prompts, judges)
