"""Sentences of the template of a notebook: they are nobody's answer."""

from __future__ import annotations

import functools
from pathlib import Path

from grader.notebooks.reading import read
from grader.notebooks.writing import own_sentences


@functools.cache
def template_sentences(folder: Path | None, notebook: str) -> tuple[str, ...]:
    """Return the sentences in the Markdown of a notebook in the folder of a template; none where there is no template."""
    if folder is None:
        return ()
    cells = read((folder / notebook).read_bytes()).cells
    return tuple(sentence for cell in cells if cell.kind != "code" for sentence in own_sentences(cell.source))
