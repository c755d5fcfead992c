"""Replies are taken apart with suspicion: one that has not the form asked for is refused as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import wire
from grader.model import Problem, ProblemKind
from grader.sandbox import operations as op
from grader.sandbox.answers import Answer, checked

CALL = op.call("net", "forward", 1)
ROWS = op.map_rows("net", "forward", np.zeros((2, 3)))
TRAIN = op.train("net", np.zeros((2, 3)), np.zeros(2), [0, 1, 0], 0.1)
PROBLEM = {"kind": "raised", "message": "ValueError: no", "where": "mlp.py line 3"}


def raw(**changes: Any) -> dict[str, Any]:
    """Return an answer as the worker sends it."""
    return {"value": None, "type": "", "text": "", "problem": None, "seconds": 0.5, **changes}


def reply(*answers: Any, number: Any = "7") -> dict[str, Any]:
    return {"id": number, "answers": list(answers)}


def one(operation: op.Operation, **changes: Any) -> Answer:
    """Return the answer to one operation out of a reply."""
    (answer,) = checked((operation,), reply(raw(**changes)), "7")
    return answer


def test_a_reply_becomes_an_answer_to_each_operation() -> None:
    value = np.ones(2)
    answers = checked((CALL, CALL), reply(raw(value=value, type="numpy.ndarray", text="t"), raw(problem=PROBLEM)), "7")
    assert answers[0] == Answer(value, "numpy.ndarray", "t", None, 0.5)
    assert answers[1].problem == Problem(ProblemKind.RAISED, "ValueError: no", "mlp.py line 3")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        reply(raw(), number="8"),
        reply(raw(), number=7),
        {"id": "7"},
        {"id": "7", "answers": {"0": raw()}},
        reply(),
        reply(raw(), raw()),
        reply(None),
        reply(raw(seconds="0")),
        reply(raw(seconds=float("nan"))),
        reply({"type": "", "text": "", "seconds": 0.0}) | {"id": None},
        reply(raw(type=None)),
        reply(raw(text=3)),
        reply(raw(problem="ValueError")),
        reply(raw(problem={**PROBLEM, "kind": "passed"})),
        reply(raw(problem={**PROBLEM, "kind": "violation"})),
        reply(raw(problem={**PROBLEM, "kind": ["raised"]})),
        reply(raw(problem={**PROBLEM, "message": None})),
        reply(raw(problem={"kind": "raised"})),
    ],
    ids=range(20),
)
def test_what_is_no_reply_is_refused(body: Any) -> None:
    with pytest.raises(wire.WireError):
        checked((CALL,), body, "7")


GOOD_ROWS = {"results": np.zeros((2, 4)), "calls": np.zeros(2, np.int64)}


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        (CALL, 1.0),
        (CALL, [1.0]),
        (CALL, {"results": np.zeros(1)}),
        (op.seed(1), np.zeros(1)),
        (op.create("net", "mlp.MLP"), True),
        (op.hold("x", 1), "x"),
        (ROWS, np.zeros((2, 3))),
        (ROWS, {"results": np.zeros((2, 4))}),
        (ROWS, {**GOOD_ROWS, "more": 1}),
        (ROWS, {**GOOD_ROWS, "results": np.zeros((3, 4))}),
        (ROWS, {**GOOD_ROWS, "results": np.zeros(2)}),
        (ROWS, {**GOOD_ROWS, "results": np.zeros((2, 4), np.float32)}),
        (ROWS, {**GOOD_ROWS, "calls": np.zeros(2)}),
        (ROWS, {**GOOD_ROWS, "calls": np.zeros(3, np.int64)}),
        (TRAIN, {"done": 4}),
        (TRAIN, {"done": -1}),
        (TRAIN, {"done": True}),
        (TRAIN, {"done": 1.0}),
        (TRAIN, 3),
        (op.arrays("net"), {}),
        (op.arrays("net"), [np.zeros(1)]),
        (op.arrays("net"), [{"path": "W", "array": [1.0], "same": 0}]),
        (op.arrays("net"), [{"path": "W", "array": np.zeros(1), "same": 1}]),
        (op.arrays("net"), [{"path": "\x1b[2J", "array": np.zeros(1), "same": 0}]),
        (op.load(), {"classes": {}}),
        (op.load(), {"classes": {"MLP": ["forward"]}, "functions": {}, "called": {}, "jupyter": []}),
        (op.load(), {"classes": {"<b>": {}}, "functions": {}, "called": {}, "jupyter": []}),
        (op.load(), {"classes": {"MLP": {"f": ["x y"]}}, "functions": {}, "called": {}, "jupyter": []}),
        (op.load(), {"classes": {"MLP": {"f": [1]}}, "functions": {}, "called": {}, "jupyter": []}),
        (op.load(), {"classes": {}, "functions": {"f" * 1000: []}, "called": {}, "jupyter": []}),
        (op.load(fits={"MLP": []}), {"classes": {}, "functions": {}, "called": {"MLP": "Net"}, "jupyter": []}),
        (op.load(), {"classes": {"Net": {}}, "functions": {}, "called": {"MLP": "Net"}, "jupyter": []}),
        (op.load(), {"classes": {}, "functions": {}, "called": {}, "jupyter": ["1"]}),
    ],
)
def test_a_value_of_another_form_than_the_operation_has_is_refused(operation: op.Operation, value: Any) -> None:
    with pytest.raises(wire.WireError, match="of a form that"):
        one(operation, value=value)


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        (CALL, np.zeros(1)),
        (op.fetch("x"), np.zeros(())),
        (ROWS, GOOD_ROWS),
        (TRAIN, {"done": 3}),
        (op.arrays("net"), [{"path": "layers[0]['W']", "array": np.zeros(1), "same": 0}]),
        (
            op.load(fits={"MLP": []}),
            {"classes": {"Net": {}}, "functions": {}, "called": {"MLP": "Net"}, "jupyter": [3]},
        ),
        (
            op.load(),
            {
                "classes": {"MLP": {"f": ["x", "y=", "*a", "k!=", "**kw"]}},
                "functions": {"été": []},
                "called": {},
                "jupyter": [],
            },
        ),
    ],
)
def test_a_value_of_the_right_form_is_taken(operation: op.Operation, value: Any) -> None:
    assert one(operation, value=value).value is value


def test_with_a_problem_there_is_no_value() -> None:
    assert one(CALL, value=np.zeros(1), problem=PROBLEM).value is None


def test_text_from_inside_is_one_safe_bounded_line() -> None:
    hostile = "\x1b]0;x\x07\r\n\u202e" + "x" * 10_000
    answer = one(CALL, type=hostile, text=hostile, problem={"kind": "raised", "message": hostile, "where": hostile})
    assert answer.problem is not None
    texts = (answer.type, answer.text, answer.problem.message, answer.problem.where)
    assert [text.isprintable() for text in texts] == [True] * 4
    assert max(map(len, texts)) <= 300
