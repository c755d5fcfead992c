"""One session: requests are read, carried out in order and answered, until the pipe ends."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import wire
from grader.worker.operations import Bench, carry_out, now, skipped
from grader.worker.problems import TIMEOUT, clean

REQUEST_LIMIT = 1024 * 1024 * 1024


def serve(read: Callable[[int], bytes], write: Callable[[bytes], None], bench: Bench, seed: int) -> None:
    """Answer requests until `read` raises EOFError."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - what students draw from
    own = os.getpid()
    while True:
        request = wire.decode(read, limit=REQUEST_LIMIT)
        answers = _answer(bench, request["operations"], request["seconds"], request["call_seconds"])
        if os.getpid() != own:  # student code has forked and come back twice: one answer is enough
            os._exit(0)
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        write(_frame(request["id"], answers))


def _answer(bench: Bench, operations: list[dict[str, Any]], seconds: float, each: float) -> list[dict[str, Any]]:
    end = now() + seconds
    answers: list[dict[str, Any]] = []
    for operation in operations:
        late = bool(answers) and (answers[-1]["problem"] or {}).get("kind") == TIMEOUT
        if late or now() >= end:
            answers += [skipped(rest) for rest in operations[len(answers) :]]
            break
        own, left = operation.get("seconds", each), end - now()
        overtime = f"{operation['label']} takes longer than {own:.3g} s"
        if left < own / 2:  # what came before it took most of the time
            overtime = f"{operation['label']} and the calls before it take longer than {seconds:.3g} s together"
        answers.append(carry_out(bench, operation, min(own, left), overtime))
    return answers


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except BaseException:  # noqa: BLE001 - student code may have put anything there
        return


def _frame(number: str, answers: list[dict[str, Any]]) -> bytes:
    """Return the frame for the answers; one that does not travel, by whatever trick, becomes a problem of its own."""
    try:
        return wire.encode({"id": number, "answers": answers})
    except (wire.WireError, ValueError, RecursionError, MemoryError) as error:
        text = clean(f"the answer cannot be handed over: {error}")
        lost = {
            "value": None,
            "type": "",
            "text": "",
            "problem": {"kind": "raised", "message": text, "where": ""},
            "seconds": 0.0,
        }
        return wire.encode({"id": number, "answers": [lost for _ in answers]})
