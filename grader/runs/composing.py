"""From what a check leaves for a person to an answer: shown, bounded, and reduced to what it is compared by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.answers import Answer
from grader.answers.words import normal
from grader.model import Finding, Quote, Transcript
from grader.notebooks.prompts import Untouched
from grader.report import pixels
from grader.report.notebook import png_size

# characters of a text that are kept, and that are compared word by word
LONGEST, COMPARED = 8_000, 20_000
BEGIN = 500
CUT = " ... (cut; the rest is in the report)"
# where a page of the review finds the pictures of an answer
PICTURES = "/picture/"
_PICTURE = re.compile(r"!\[|<img\s|attachment:|data:image/", re.IGNORECASE)


@dataclass(frozen=True)
class Composed:
    """An answer, and the files of its pictures by their names."""

    answer: Answer
    pictures: Mapping[str, bytes]


def composed(finding: Finding, called: Mapping[Transcript, str], template: Untouched) -> Composed:
    """Return what a student answered where this was found; `called` are the names of notebooks beside the report.

    What they wrote is what is marked, with a notebook beside it to look into. Where they wrote nothing, the plots are, or
    otherwise the code; and where nothing is shown at all, nobody can tell.
    """
    # here, because what starts a grading needs no templates
    from grader.report.excerpts import excerpt

    quotes = [each for each in finding.for_staff if isinstance(each, Quote)]
    notebooks = [each for each in finding.for_staff if isinstance(each, Transcript)]
    html, cells = excerpt(quotes, folder=PICTURES), excerpt(notebooks, folder=PICTURES)
    said = "\n\n".join(each.text for each in quotes)
    own = template.beyond(said)
    answer = Answer(
        text=_cut("\n\n".join(f"{each.title}:\n{each.text}" for each in quotes)),
        own=own[:BEGIN],
        html=html.html,
        cells=cells.html,
        pictures=tuple(cells.pictures),
        notebooks=tuple(dict.fromkeys(f"{called[each]}.ipynb" for each in notebooks if each in called)),
        normal=normal(own[:COMPARED]),
        is_unseen=not finding.for_staff or bool(_PICTURE.search(said)),
    )
    exact = [own[COMPARED:]] if len(own) > COMPARED else [] if quotes else _to_the_letter(notebooks, template)
    return Composed(replace(answer, exact=_digest(exact) if exact else ""), cells.pictures)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _to_the_letter(notebooks: Sequence[Transcript], template: Untouched) -> list[str]:
    """Return what of cells has to be the same: of a few the plots, of a whole notebook or without plots the code, too."""
    shown = [
        pixels.digest(output.png)
        for notebook in notebooks
        for cell in notebook.cells
        for output in cell.outputs
        if output.kind == "png" and png_size(output.png)
    ]
    if shown and not any(each.file for each in notebooks):
        return shown
    sources = [cell.source.strip() for notebook in notebooks for cell in notebook.cells if cell.kind == "code"]
    return [*shown, *(each for each in sources if not template.holds(each))]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(repr(parts).encode(errors="replace")).hexdigest()
