"""The list of system calls that student code may use, and the program that makes the kernel keep to it."""

from __future__ import annotations

import ctypes
import errno
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from grader.errors import AuthorError

# all that a sandbox may ask of the kernel: processes and threads, files, memory, time, and sockets of three kinds
SYSTEM_CALLS = Path(__file__).with_name("seccomp.json")
LIBRARY = "libseccomp.so.2"
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EQUAL, MASKED_EQUAL = 4, 7


class Comparison(ctypes.Structure):
    """What libseccomp calls ``scmp_arg_cmp``: one argument of a call against one or two numbers."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def filter_program(
    rules: Path = SYSTEM_CALLS,
    *,
    refused: Collection[str] = (),
    only: Mapping[str, Collection[int]] | None = None,
    library: str = LIBRARY,
) -> bytes:
    """Return `rules` (a profile as Docker reads it) without the calls in `refused` as a BPF program for this kernel.

    `only` says of calls which values their second argument may have. Calls that this machine's libseccomp or processor does
    not know stay refused. AuthorError when there is no libseccomp.
    """
    only = only or {}
    try:
        seccomp = ctypes.CDLL(library, use_errno=True)
    except OSError as error:
        raise AuthorError(
            f"there is no {library} to make the filter of system calls with; install libseccomp2 (Debian, Ubuntu) or "
            "libseccomp (Fedora)"
        ) from error
    seccomp.seccomp_init.restype = ctypes.c_void_p
    profile = json.loads(rules.read_text(encoding="utf-8"))
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(REFUSE | profile["defaultErrnoRet"])))
    if context.value is None:
        raise AuthorError(f"{library} cannot make a filter on this machine")
    try:
        for rule in profile["syscalls"]:
            for name in [name for name in rule["names"] if name not in refused and name not in only]:
                _add(seccomp, context, name, rule)
        for name, values in only.items():
            for value in values:
                one = {"index": 1, "value": value, "op": "SCMP_CMP_EQ"}
                _add(seccomp, context, name, {"action": "SCMP_ACT_ALLOW", "args": [one]})
        return _exported(seccomp, context)
    finally:
        seccomp.seccomp_release(context)


def _add(seccomp: ctypes.CDLL, context: ctypes.c_void_p, name: str, rule: dict[str, Any]) -> None:
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return
    arguments = [_comparison(argument) for argument in rule["args"]]
    action = ALLOW if rule["action"] == "SCMP_ACT_ALLOW" else REFUSE | rule["errnoRet"]
    array = (Comparison * len(arguments))(*arguments)
    failed = seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(arguments), array)
    if failed:
        raise AuthorError(f"{LIBRARY} does not take the rule for {name}: {errno.errorcode.get(-failed, failed)}")


def _comparison(argument: dict[str, Any]) -> Comparison:
    if argument["op"] == "SCMP_CMP_MASKED_EQ":
        return Comparison(argument["index"], MASKED_EQUAL, argument["value"], argument["valueTwo"])
    return Comparison(argument["index"], EQUAL, argument["value"], 0)


def _exported(seccomp: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    with os.fdopen(os.memfd_create("seccomp"), "rb") as file:
        if failed := seccomp.seccomp_export_bpf(context, file.fileno()):
            raise AuthorError(f"{LIBRARY} cannot export the filter: {errno.errorcode.get(-failed, failed)}")
        file.seek(0)
        return file.read()
