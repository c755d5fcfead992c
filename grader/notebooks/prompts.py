"""Sentences of the template of a notebook: they are nobody's answer."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from grader.notebooks.reading import read
from grader.notebooks.writing import own_sentences, sentences


@functools.cache
def template_sentences(folder: Path | None, notebook: str) -> tuple[str, ...]:
    """Return the sentences in the Markdown of a notebook in the folder of a template; none where there is no template."""
    if folder is None:
        return ()
    cells = read((folder / notebook).read_bytes()).cells
    return tuple(sentence for cell in cells if cell.kind != "code" for sentence in own_sentences(cell.source))


@dataclass(frozen=True)
class Untouched:
    """What a template holds to the letter, but for spaces: sentences, headings and placeholders among them, and cells of code."""

    sentences: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()

    def beyond(self, text: str) -> str:
        """Return the sentences of a text that are not the template's."""
        return "\n".join(each for each in sentences(text) if each not in self.sentences)

    def holds(self, source: str) -> bool:
        """Tell whether a cell of code is one of the template's, or says nothing."""
        return not source.strip() or _spaced(source) in self.code


@functools.cache
def untouched(folder: Path | None) -> Untouched:
    """Return what all notebooks in the folder of a template hold; nothing where there is no template."""
    if folder is None or not folder.is_dir():
        return Untouched()
    cells = [cell for file in sorted(folder.glob("*.ipynb")) for cell in read(file.read_bytes()).cells]
    said = (each for cell in cells if cell.kind != "code" for each in sentences(cell.source))
    return Untouched(frozenset(said), frozenset(_spaced(cell.source) for cell in cells if cell.kind == "code"))


def _spaced(source: str) -> str:
    return " ".join(source.split())
