"""Frames, chunks and answers made up by a fuzzer: nothing but the errors that are written down, and never more memory."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader import wire
from grader.errors import HarnessError
from grader.model import Limits, Problem, ProblemKind
from grader.sandbox import Answer, Session, SessionEnded
from grader.sandbox import operations as op
from grader.sandbox.answers import NAME_LIMIT, TEXT_LIMIT, checked
from grader.sandbox.conversation import Conversation
from grader.sandbox.launching import Running
from grader.text import printable
from kit import fuzzing

ROOM = 4096
OPERATIONS = (
    op.load(),
    op.call("net", "forward", 1.0),
    op.map_rows("net", "forward", np.zeros((2, 3))),
    op.train("net", np.zeros((2, 3)), np.zeros(2), range(2), 0.1),
    op.arrays("net"),
    op.plugged("cell", "a cell"),
)

WORDS = st.sampled_from(
    ("$array", "$float", "$", "nan", "body", "arrays", "id", "answers", "value", "problem", "kind", "path", "array",
     "same", "results", "calls", "done", "classes", "functions", "outputs", "error", "figures", "text", "png", "type",
     "seconds", "raised", "message", "where", "x", "\x1b[2J", "\ud800", "", "é")
)  # fmt: skip
NUMBERS = st.sampled_from((0, 1, -1, 2, True, False, None, 2**63 - 1, 2**63, -(2**63), 1.5, -0.0)) | st.integers()
DTYPES = st.sampled_from((*wire.DTYPES, "object", "complex128", "<f8", "V8", None, 1, ["bool"]))
SHAPES = st.lists(st.sampled_from((0, 1, 2, 3, 8, -1, 2**20, 2**39, 2**40, 1.0, True, None)), max_size=9) | NUMBERS
DESCRIPTIONS = st.fixed_dictionaries({"dtype": DTYPES, "shape": SHAPES}) | NUMBERS | WORDS
HONEST = st.fixed_dictionaries(
    {"dtype": st.sampled_from(sorted(wire.DTYPES)), "shape": st.lists(st.integers(0, 4), max_size=3)}
)
TREES = st.recursive(
    NUMBERS | WORDS | st.builds(lambda k: {"$array": k}, st.integers(-1, 3)) | st.just({"$float": "nan"}),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
HEADERS = st.fixed_dictionaries({"body": TREES, "arrays": st.lists(HONEST, max_size=4) | st.lists(DESCRIPTIONS)})


def framed(header: Any, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("!I", len(text)) + text + data


FRAMES = st.builds(framed, HEADERS | TREES, st.binary(max_size=64) | st.just(bytes(1000)))
SENT = st.recursive(
    NUMBERS.filter(lambda n: not isinstance(n, int) or abs(n) < 2**63)
    | st.floats()
    | st.text(st.characters(codec="utf-8"), max_size=9)
    | arrays.arrays(st.sampled_from(sorted(wire.DTYPES)), arrays.array_shapes(min_dims=0, max_side=4)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
DAMAGED = st.builds(fuzzing.edited, st.builds(wire.encode, SENT), fuzzing.edits())


def reader(data: bytes, *, most: int) -> Callable[[int], bytes]:
    """Return a `read(n)` over `data` that fails when it is ever asked for more than `most` at once."""
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        assert 0 <= size <= most
        found = stream.read(size)
        if len(found) < size:
            raise EOFError
        return found

    return read


def a_frame_is_refused_or_comes_back_the_same(data: bytes) -> None:
    try:
        body = wire.decode(reader(data, most=max(ROOM, 1000)), limit=ROOM, header_limit=1000)
    except (wire.WireError, EOFError):
        return
    again = wire.decode(reader(wire.encode(body), most=2**20), limit=2**20)
    np.testing.assert_equal(again, body)


def an_answer_is_refused_or_has_the_form_asked_for(reply: Any) -> None:
    try:
        reply = wire.decode(reader(wire.encode(reply), most=2**20), limit=2**20)
        answers = checked(OPERATIONS, reply, "7")
    except wire.WireError:
        return
    assert len(answers) == len(OPERATIONS)
    assert all(fit(answer) for answer in answers)


def fit(answer: Answer) -> bool:
    """Tell whether everything that people would read of an answer is short and can be shown."""
    problem = answer.problem or Problem(ProblemKind.RAISED, "")
    texts = [(answer.type, NAME_LIMIT), (answer.text, TEXT_LIMIT), (problem.message, TEXT_LIMIT), (problem.where, 120)]
    return all(len(text) <= limit and printable(text) == text for text, limit in texts)


VALUES = st.recursive(
    NUMBERS.filter(lambda n: not isinstance(n, int) or abs(n) < 2**63)
    | st.text(max_size=5)
    | st.sampled_from((np.zeros(2), np.zeros((2, 3)), np.zeros(2, np.int64), np.zeros(3, np.uint8), np.array(True))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS.filter(lambda word: not word.startswith("$") and word.isprintable()), inner, max_size=4)
        | st.fixed_dictionaries({"results": inner, "calls": inner})
        | st.fixed_dictionaries({"done": inner})
        | st.fixed_dictionaries({"classes": inner, "functions": inner})
        | st.lists(st.fixed_dictionaries({"path": inner, "array": inner, "same": inner}), max_size=2)
        | st.fixed_dictionaries({"outputs": st.lists(inner, max_size=2), "error": inner, "figures": inner})
    ),
    max_leaves=12,
)
PROBLEMS = (
    st.none()
    | VALUES
    | st.fixed_dictionaries(
        {"kind": st.sampled_from((*ProblemKind, "other")), "message": st.text(max_size=9), "where": st.text(max_size=9)}
    )
)
ANSWERS = st.fixed_dictionaries(
    {"value": VALUES, "type": st.text() | VALUES, "text": st.text() | VALUES, "problem": PROBLEMS, "seconds": NUMBERS}
)  # fmt: skip
REPLIES = st.fixed_dictionaries(
    {"id": st.just("7"), "answers": st.lists(ANSWERS, min_size=len(OPERATIONS), max_size=len(OPERATIONS)) | VALUES}
)

# what a worker may say, in any order, cut anywhere
HELLO = wire.chunks(wire.HELLO, wire.encode({"python": "3", "numpy": "2", "forks": True}))
CHUNKS = st.lists(
    st.sampled_from((HELLO, wire.chunks(wire.FATE, b"0"), wire.chunks(wire.FATE, b"-9"), wire.chunks(wire.FATE, b"x")))
    | st.builds(wire.chunks, st.sampled_from((wire.DATA, wire.DATA, wire.END, wire.BEGIN)), DAMAGED)
    | st.builds(lambda kind, n: struct.pack("!cI", kind, n), st.sampled_from((b"D", b"H", b"?")), st.integers(0, 2**21))
    | st.binary(max_size=9),
    max_size=6,
).map(b"".join)
SAID = CHUNKS | CHUNKS.map(lambda data: HELLO + data)


def a_conversation_ends_in_a_known_way(said: bytes) -> None:
    process: Any = SimpleNamespace(stdin=io.BytesIO(), stdout=io.BytesIO(said), stderr=io.BytesIO(said[::-1]))
    running = Running(process, "/nowhere", stop=lambda: None, explain=lambda: "")
    conversation = Conversation(running, output_limit=64)
    try:
        conversation.open(b"")
        session = Session(conversation, limits=Limits(answer_mb=1, call_seconds=20.0), seconds=20.0, seed=1)
        session.run(*OPERATIONS)
    except (HarnessError, SessionEnded):
        return
    finally:
        conversation.close()
        assert len(conversation.output) <= 64


PROPERTIES: dict[str, fuzzing.Property] = {
    "frames": (FRAMES | DAMAGED | st.binary(max_size=64), a_frame_is_refused_or_comes_back_the_same),
    "bursts of frames": fuzzing.burst(FRAMES | st.builds(wire.encode, SENT), a_frame_is_refused_or_comes_back_the_same),
    "answers": (REPLIES, an_answer_is_refused_or_has_the_form_asked_for),
    "conversations": (SAID, a_conversation_ends_in_a_known_way),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_comes_over_the_wire_ends_in_a_known_way(name: str) -> None:
    fuzzing.briefly(PROPERTIES[name])


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_the_wire_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length(PROPERTIES)
    with capsys.disabled():
        print(f"\nwire: {counts}")
