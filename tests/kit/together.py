"""Several planted bugs in one notebook: what is wrong in different places is found in one grading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from grader.calibration.planted.cells import notebook
from grader.calibration.trial import Trial
from kit.planted import files, must_fail


def together(trials: Sequence[Trial], base: Path) -> Trial:
    """Return one trial with the bugs of several, which change a few lines each of the notebook that is made of `base`.

    It fails what they fail. ValueError where two change the same lines, and where they differ in more than one notebook.
    """
    first = files(trials[0])
    differing = {name for trial in trials for name, content in files(trial).items() if content != first.get(name)}
    if len(differing) != 1 or len({(frozenset(files(trial)), trial.asked) for trial in trials}) != 1:
        raise ValueError(f"{[trial.name for trial in trials]} differ in {sorted(differing)}, not in one notebook alone")
    (name,) = differing
    must = frozenset().union(*map(must_fail, trials))
    whole = merged(_text(notebook(base.read_text(encoding="utf-8"))), [_text(files(trial)[name]) for trial in trials])
    return replace(
        trials[0],
        name=" and ".join(trial.name for trial in trials),
        source={**first, name: notebook(whole)},
        fails=must,
        may_fail=frozenset().union(*(trial.may_fail.union(trial.fails or ()) for trial in trials)) - must,
        numbers={key: max(trial.numbers.get(key, 0) for trial in trials) for key in trials[0].numbers},
    )


def merged(base: str, others: Sequence[str]) -> str:
    """Return `base` with all lines changed that one of the others changes; ValueError where two change the same ones."""
    lines, hunks = base.split("\n"), []
    for other in others:
        new = other.split("\n")
        found = SequenceMatcher(None, lines, new, autojunk=False).get_opcodes()
        hunks += [(start, end, new[i:j]) for kind, start, end, i, j in found if kind != "equal"]
    hunks.sort(key=lambda hunk: hunk[:2])
    for (_, end, _), (start, _, text) in pairwise(hunks):
        if start < end:
            raise ValueError(f"line {start + 1} is changed twice, the second time to {text}")
    for start, end, text in reversed(hunks):
        lines[start:end] = text
    return "\n".join(lines)


def _text(content: bytes) -> str:
    """Return a notebook as the text that it can be made of."""
    parts = []
    for cell in json.loads(content)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append("# %% [markdown]\n" + "\n".join(f"# {line}" for line in source.split("\n")))
        else:
            parts.append("# %%\n" + source)
    return "\n\n".join(parts) + "\n"
