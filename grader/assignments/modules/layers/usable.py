"""Whether what came back from a forward pass can be judged at all: returned, stored, of the right shape, the input left alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.layers.judging import stumbled
from grader.checks import failed
from grader.model import Finding
from grader.plain import problem_from
from grader.text import shape


def unusable(asked: Mapping[str, Any], name: str, *, attempt: str, spared: str) -> Finding | None:
    """Return what is wrong with the form of an output, with what is stored and with what became of the input, or None.

    `asked` holds the ``input`` and what ``forward`` made of it; `attempt` is what to try where that raises, `spared` what
    to avoid where the input is changed.
    """
    answer, want = asked["forward"], asked["input"]
    if problem := problem_from(answer["problem"]):
        return stumbled(name, "forward", problem, attempt)
    got = answer["value"]
    if got is None or got.shape != want.shape:
        found = "None" if got is None else f"an array of shape {shape(got)}"
        hint = "The output has the shape of the input: end updateOutput with `return self.output`."
        return failed(
            f"{name}: forward returned {found}",
            hint=hint,
            diagnosis="nothing_returned" if got is None else "wrong_shape",
        )
    if answer["stored"] is None or not np.array_equal(answer["stored"], got):
        hint = "Every module returns and stores: put the result into self.output, and return just that."
        return failed(
            f"{name}: output is returned, but self.output holds something else", hint=hint, diagnosis="not_stored"
        )
    after = answer["after"][0] if answer["after"] else None
    if after is None or not np.array_equal(after, want):
        hint = f"Whoever passes the input still needs it: avoid {spared}."
        return failed(f"{name}: the array input that was passed in is changed", hint=hint, diagnosis="input_modified")
    return None
