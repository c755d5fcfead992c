"""What is sent inside: the same files of ours as source or as code, for an interpreter that can read it."""

from __future__ import annotations

import importlib.util
import json
import marshal  # noqa: TID251 - what this process has written itself
import struct
from typing import Any

import pytest

from grader.model import Limits
from grader.sandbox import Inside
from grader.sandbox.payload import compiled, payload, sources

INSIDE = Inside(ours={"grader/tools/more.py": b"assert True\nTWICE = 2\n"})


def index(message: bytes) -> dict[str, Any]:
    (size,) = struct.unpack("!Q", message[:8])
    return dict(json.loads(message[8 : 8 + size]))


def test_code_and_source_are_the_same_files() -> None:
    assert compiled(INSIDE).keys() == sources(INSIDE).keys()
    assert {"grader/wire.py", "grader/tools/__init__.py", "grader/tools/more.py"} <= sources(INSIDE).keys()


def test_code_does_what_its_source_does_and_names_it_as_tracebacks_do() -> None:
    code = marshal.loads(compiled(INSIDE)["grader/tools/more.py"])
    made: dict[str, Any] = {}
    exec(code, made)
    assert (made["TWICE"], code.co_filename) == (2, "<grader/tools/more.py>")


@pytest.mark.parametrize(("as_code", "said"), [(False, ""), (True, importlib.util.MAGIC_NUMBER.hex())])
def test_the_message_says_which_interpreters_can_read_it(*, as_code: bool, said: str) -> None:
    assert index(payload(INSIDE, {}, Limits(), folder="", as_code=as_code))["compiled"] == said
