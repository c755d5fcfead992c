"""A submission in Python 2, made one in Python 3: files and notebooks keep their lines, and what was done is noted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.errors import HarnessError
from grader.model import Submission
from grader.notebooks import reading
from grader.notebooks.naming import SUFFIX
from grader.parsing import parses
from grader.repairing import signs
from grader.text import listed

CHILD = "grader.repairing.child"
SECONDS = 20.0
# characters of all texts together: more is left as it is
ROOM = 2_000_000
LISTED = 12


@dataclass(frozen=True)
class Text:
    """A file, or a cell of a notebook with its number among those that hold code, without what only Jupyter understands.

    `needs` says that it cannot stay as it is.
    """

    path: str
    cell: int | None
    number: int
    source: str
    jupyter: Sequence[str]
    needs: bool


def repaired(submission: Submission, provided: Collection[str]) -> Submission:
    """Return the submission with Python 3 in the place of Python 2; the `provided` files stay.

    Its digest stays that of what was handed in. HarnessError when the process that does it cannot be started.
    """
    texts = [
        text for path in submission.files if path not in provided for text in _old_texts(path, submission.files[path])
    ]
    # one that takes too long takes nothing from shorter ones
    texts.sort(key=lambda text: len(text.source))
    if not texts or sum(len(text.source) for text in texts) > ROOM:
        return submission
    divide = {path: _divides(path, submission.files[path], texts) for path in {text.path for text in texts}}
    made = _translated([{"source": text.source, "divide": divide[text.path]} for text in texts])
    files, notes = dict(submission.files), []
    for path in sorted(divide):
        new = {t: made[k] for k, t in enumerate(texts) if t.path == path and k in made and made[k] != t.source}
        if any(text.needs for text in new):
            whole = divide[path]
            chosen = {text: source for text, source in new.items() if whole or text.needs}
            files[path] = _with(files[path], chosen)
            notes.append(_note(path, chosen))
    return replace(submission, files=files, notes=(*submission.notes, *notes)) if notes else submission


def _old_texts(path: str, content: bytes) -> list[Text]:
    """Return the texts of a file when it shows any sign of Python 2, else nothing."""
    if path.endswith(".py"):
        texts = [_text(path, None, 0, content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n"))]
    elif path.casefold().endswith(SUFFIX):
        notebook = reading.read(content)
        code = [(k, cell.source) for k, cell in enumerate(notebook.cells) if cell.runs]
        texts = [_text(path, k, number, source) for number, (k, source) in enumerate(code, start=1)]
        if _is_python_2(notebook):
            return texts
    else:
        return []
    return texts if any(text.needs for text in texts) else []


def _text(path: str, cell: int | None, number: int, whole: str) -> Text:
    source, jupyter = (whole, []) if cell is None else signs.without_jupyter(whole)
    return Text(path, cell, number, source, tuple(jupyter), _shows_signs(source))


# a submission is received again for its key, and most cells are the same in many
@lru_cache(maxsize=500)
def _shows_signs(source: str) -> bool:
    return signs.shows_any(source)


def _is_python_2(notebook: reading.Notebook) -> bool:
    # by the Python that saved it; the name of a kernel may be that of the course's first edition
    return notebook.version.startswith("2")


def _divides(path: str, content: bytes, texts: Sequence[Text]) -> bool:
    """Tell whether what divides whole numbers in a file was written for Python 2."""
    sources = [text.source for text in texts if text.path == path]
    if signs.is_of_python_3(sources) or signs.divides_truly(sources):
        return False
    notebook = reading.Notebook() if path.endswith(".py") else reading.read(content)
    if notebook.version:
        return _is_python_2(notebook)
    return _is_python_2(notebook) or any(not parses(each) or signs.speaks_python_2(each) for each in sources)


def _translated(asked: Sequence[Mapping[str, object]]) -> dict[int, str]:
    """Return the texts that were Python 2 as Python 3, by their number; those that took too long are not there."""
    with tempfile.TemporaryDirectory(prefix="mlpgrader-") as folder:
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}
        # nothing is read from a cache, or left in one
        homes = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA", "TMPDIR"), folder)
        command = [sys.executable, "-I", "-B", "-m", CHILD]
        try:
            done = subprocess.run(
                command,
                input=json.dumps(asked).encode(),
                capture_output=True,
                cwd=folder,
                env={**kept, **homes},
                timeout=SECONDS,
                check=False,
            )
            said = done.stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
        except OSError as error:
            raise HarnessError(f"Python 2 cannot be read here: {error.strerror or error}") from error
    lines = said.split(b"\n")
    if lines[0] != b'{"ready": true}':
        raise HarnessError("Python 2 cannot be read here: run `make venv`, fissix is missing")
    # the last line may break off
    answers = [json.loads(line) for line in lines[1:-1]]
    return {answer["number"]: answer["source"] for answer in answers if answer["source"] is not None}


def _with(content: bytes, made: Mapping[Text, str]) -> bytes:
    cells = {text.cell: signs.with_jupyter(source, list(text.jupyter)) for text, source in made.items()}
    if None in cells:
        return cells[None].encode()
    return reading.with_sources(content, {k: source for k, source in cells.items() if k is not None})


def _note(path: str, made: Mapping[Text, str]) -> str:
    order = sorted(made.items(), key=lambda each: each[0].number)
    changed = [
        _place(text, number)
        for text, source in order
        for number, (old, new) in enumerate(zip(text.source.split("\n"), source.split("\n"), strict=False), start=1)
        if old != new
    ]
    return f"'{path}' was read as Python 2, and graded as Python 3: changed in {listed(changed, LISTED)}"


def _place(text: Text, line: int) -> str:
    return f"line {line}" if text.cell is None else f"code cell {text.number} line {line}"
