"""The filter of system calls: made from the same list as the engine's, for this machine's kernel."""

from __future__ import annotations

import json
import platform
import struct
import sys
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.sandbox.system_calls import SYSTEM_CALLS, filter_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks libseccomp for a filter")

ALLOW, KILL, REFUSE = 0x7FFF0000, 0, 0x00050000
X86_64, I386 = 0xC000003E, 0x40000003
RETURN, LOAD, AND, JUMP = 0x06, 0x20, 0x54, 0x05
EQUAL, GREATER, AT_LEAST = 0x15, 0x25, 0x35


def outcome(program: bytes, number: int, *arguments: int, architecture: int = X86_64) -> int:
    """Return what a BPF program makes of a system call, as the kernel would."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("<HBBI", program))
    at, register = 0, 0
    while True:
        code, on_true, on_false, value = steps[at]
        at += 1
        if code == RETURN:
            return value
        if code == LOAD:
            (register,) = struct.unpack_from("<I", data, value)
        elif code == AND:
            register &= value
        elif code == JUMP:
            at += value
        else:
            holds = {EQUAL: register == value, GREATER: register > value, AT_LEAST: register >= value}[code]
            at += on_true if holds else on_false


@pytest.fixture(scope="module")
def program() -> bytes:
    return filter_program()


x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers are those of x86-64")


@x86_64
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ((0,), ALLOW),
        ((1,), ALLOW),
        ((59,), ALLOW),
        ((101,), REFUSE | 1),
        ((165,), REFUSE | 1),
        ((435,), REFUSE | 38),
        ((56, 0x11), ALLOW),
        ((56, 0x10000011), REFUSE | 1),
        ((41, 1), ALLOW),
        ((41, 2), ALLOW),
        ((41, 10), ALLOW),
        ((41, 40), REFUSE | 1),
        ((135, 0), ALLOW),
        ((135, 0xFFFFFFFF), ALLOW),
        ((135, 8), REFUSE | 1),
        ((100_000,), REFUSE | 1),
        # limits, processors and priority of itself, and of nobody else; a library gives its threads the policy that they have
        ((302, 0), ALLOW),
        ((302, 1), REFUSE | 1),
        ((203, 0), ALLOW),
        ((203, 1), REFUSE | 1),
        ((141, 0, 0), ALLOW),
        ((141, 0, 1), REFUSE | 1),
        ((141, 1, 0), REFUSE | 1),
        ((144, 7, 0), ALLOW),
        ((144, 0, 5), REFUSE | 1),
    ],
)
def test_calls_are_allowed_or_refused_as_the_list_says(program: bytes, call: tuple[int, ...], expected: int) -> None:
    assert outcome(program, *call) == expected


@x86_64
def test_calls_in_the_manner_of_other_processors_end_the_process(program: bytes) -> None:
    assert outcome(program, 3, architecture=I386) == KILL
    assert outcome(program, 0x40000000) == KILL


@x86_64
def test_further_calls_can_be_refused(program: bytes) -> None:
    assert outcome(program, 319) == ALLOW
    assert outcome(filter_program(refused=("memfd_create",)), 319) == REFUSE | 1


def test_a_call_that_nobody_knows_stays_refused(tmp_path: Path) -> None:
    profile = json.loads(SYSTEM_CALLS.read_text(encoding="utf-8"))
    profile["syscalls"][0]["names"].append("no_such_call")
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(profile))
    assert filter_program(rules) == filter_program()


def test_without_the_library_it_is_said_what_to_install() -> None:
    with pytest.raises(AuthorError, match=r"no libnowhere\.so\.2 .*install libseccomp2"):
        filter_program(library="libnowhere.so.2")
