"""Answers as the worker sends them, taken apart with suspicion: what has not the form asked for is a violation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import wire
from grader.model import Problem, ProblemKind
from grader.sandbox.operations import Operation
from grader.text import printable

TEXT_LIMIT = 300
NAME_LIMIT = 120
OUTPUT_LIMIT = 200
OUTPUT_TEXT_LIMIT = 30_000
OUTPUTS_OF = ("stdout", "stderr", "display", "result", "error")
RICH_FORMS = ("text/html", "text/markdown", "text/latex", "image/svg+xml")
TEXTS_OF_ERROR = ("name", "message", "where")
FROM_INSIDE = (ProblemKind.RAISED, ProblemKind.MISSING, ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.SKIPPED)


@dataclass(frozen=True)
class Answer:
    """What came back for one operation.

    `value` is an array when student code returned numbers, plain data for our own operations, else None. `type` is
    the exact type of what was returned, ``numpy.ndarray of complex128`` for arrays of a dtype that does not travel;
    `text` a bounded repr. `seconds` is what the worker claims.

    >>> from mlpgrader.authoring import Answer
    >>> Answer(value=3.0).problem is None
    True
    """

    value: Any = None
    type: str = ""
    text: str = ""
    problem: Problem | None = None
    seconds: float = 0.0


def checked(operations: tuple[Operation, ...], reply: Any, number: str) -> list[Answer]:
    """Return the answers in a decoded frame; WireError when it is no reply to request `number`."""
    if not isinstance(reply, dict) or reply.get("id") != number:
        raise wire.WireError("a reply to something that was not asked")
    answers = reply.get("answers")
    if not isinstance(answers, list) or len(answers) != len(operations):
        raise wire.WireError("a reply with another number of answers than questions")
    return [_answer(operation, raw) for operation, raw in zip(operations, answers, strict=True)]


def bounded(text: Any, limit: int = TEXT_LIMIT) -> str:
    """Return text from inside as one bounded line that is safe to show."""
    if not isinstance(text, str):
        raise wire.WireError("something else where text belongs")
    shown: str = printable(text[: 2 * limit])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _answer(operation: Operation, raw: Any) -> Answer:
    if not isinstance(raw, dict):
        raise wire.WireError("an answer that is not a table")
    seconds = raw.get("seconds")
    if not isinstance(seconds, float | int) or not math.isfinite(seconds):
        raise wire.WireError("an answer without its duration")
    problem = _problem(raw.get("problem"))
    value = raw.get("value")
    if problem is not None or value is None:
        value = None
    elif not _FORMS.get(str(operation.get("form", operation["op"])), _nothing)(operation, value):
        raise wire.WireError(f"an answer of a form that '{operation['op']}' does not have")
    elif operation["op"] == "cell" or operation.get("form") == "data":
        value = _shown(value)
    return Answer(value, bounded(raw.get("type"), NAME_LIMIT), bounded(raw.get("text")), problem, float(seconds))


def _problem(raw: Any) -> Problem | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or raw.get("kind") not in FROM_INSIDE:
        raise wire.WireError("a problem of a kind that does not exist")
    return Problem(ProblemKind(raw["kind"]), bounded(raw.get("message")), bounded(raw.get("where"), NAME_LIMIT))


def _nothing(_operation: Operation, _value: Any) -> bool:
    return False


def _is_array(_operation: Operation, value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _is_module(operation: Operation, value: Any) -> bool:
    return (
        _is_table(value)
        and value.keys() - {"stumbled"} == {"classes", "functions", "called", "jupyter"}
        and _is_table(value["called"])
        and value["called"].keys() <= operation["fits"].keys()
        and all(isinstance(each, str) and each in value["classes"] for each in value["called"].values())
        and isinstance(value["jupyter"], list)
        and all(type(line) is int for line in value["jupyter"])
        and _is_table(value["classes"])
        and all(_is_parameters(methods) for methods in value["classes"].values())
        and _is_parameters(value["functions"])
        and ("stumbled" not in value or _is_told(value["stumbled"]))
    )


def _is_told(value: Any) -> bool:
    """Tell whether a value is what was raised: a kind, a message and a place, as texts."""
    return (
        _is_table(value)
        and value.keys() == {"kind", "message", "where"}
        and all(isinstance(each, str) for each in value.values())
    )


def _is_parameters(value: Any) -> bool:
    return _is_table(value) and all(
        isinstance(names, list) and all(isinstance(name, str) and name.strip("*!=").isidentifier() for name in names)
        for names in value.values()
    )


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(key.isidentifier() and len(key) <= NAME_LIMIT for key in value)


def _is_mapping(operation: Operation, value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"results", "calls"}:
        return False
    results, calls, count = value["results"], value["calls"], len(operation["rows"])
    return (
        isinstance(results, np.ndarray)
        and isinstance(calls, np.ndarray)
        and results.dtype == np.float64
        and calls.dtype == np.int64
        and results.ndim == 2
        and results.shape[0] == count
        and calls.shape == (count,)
    )


def _is_progress(operation: Operation, value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"done"}
        and type(value["done"]) is int
        and 0 <= value["done"] <= len(operation["order"])
    )


def _is_arrays(_operation: Operation, value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict)
        and entry.keys() == {"path", "array", "same"}
        and isinstance(entry["path"], str)
        and bounded(entry["path"]) == entry["path"]
        and isinstance(entry["array"], np.ndarray)
        and type(entry["same"]) is int
        and 0 <= entry["same"] <= index
        for index, entry in enumerate(value)
    )


def _is_cell(_operation: Operation, value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"outputs", "error", "figures"}
        and type(value["figures"]) is int
        and value["figures"] >= 0
        and isinstance(value["outputs"], list)
        and len(value["outputs"]) <= OUTPUT_LIMIT
        and all(_is_output(output) for output in value["outputs"])
        and (value["error"] is None or _is_error(value["error"]))
    )


def _is_output(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"kind", "text", "png", "of", "rich"}:
        return False
    if (
        value["of"] not in OUTPUTS_OF
        or not isinstance(value["rich"], dict)
        or not value["rich"].keys() <= set(RICH_FORMS)
    ):
        return False
    if not all(
        isinstance(text, str) and len(text) <= OUTPUT_TEXT_LIMIT for text in (value["text"], *value["rich"].values())
    ):
        return False
    if value["kind"] == "png":
        picture = value["png"]
        return isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 1
    return value["kind"] in ("text", "error") and value["png"] is None


def _is_error(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"name", "message", "line", "where", "interrupted"}
        and all(isinstance(value[name], str) and len(value[name]) <= 2 * TEXT_LIMIT for name in TEXTS_OF_ERROR)
        and type(value["line"]) is int
        and value["line"] >= 0
        and type(value["interrupted"]) is bool
    )


def _is_data(_operation: Operation, _value: Any) -> bool:
    # the wire has seen to it that it is plain; what is in it is judged by the one who asked
    return True


def _shown(value: Any) -> Any:
    """Return data from inside with every text made safe to show; its line ends stay."""
    if isinstance(value, str):
        shown: str = printable(value, newlines=True)
        return shown
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {printable(key)[:NAME_LIMIT]: _shown(item) for key, item in value.items()}
    return value


_FORMS: dict[str, Callable[[Operation, Any], bool]] = {
    "load": _is_module,
    "call": _is_array,
    "fetch": _is_array,
    "map_rows": _is_mapping,
    "train": _is_progress,
    "arrays": _is_arrays,
    "cell": _is_cell,
    "data": _is_data,
}
