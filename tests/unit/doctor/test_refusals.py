"""What must be refused inside a sandbox is tried there, and what comes of it is judged with care."""

from __future__ import annotations

import ast
import errno
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from grader.doctor import attempts
from grader.doctor.refusals import MUSTS, SOURCE, Must, judge, planted, refusals, row, sandbox, tried
from grader.doctor.row import Outcome, Refusal, State
from grader.errors import AuthorError, HarnessError
from grader.sandbox import Launcher

MUST = Must(
    "vsock", "vsock", "mend it", also=(errno.EROFS,), reached=(errno.ECONNREFUSED,), absent=(errno.EAFNOSUPPORT,)
)
REFUSED = {"done": False, "errno": errno.EPERM, "detail": "Operation not permitted", "signal": 0}
ALL_REFUSED: dict[str, dict[str, Any]] = {must.name: REFUSED for must in MUSTS}


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, Outcome.HELD),
        ({"errno": errno.EACCES}, Outcome.HELD),
        ({"errno": errno.EROFS}, Outcome.HELD),
        ({"done": True, "errno": 0}, Outcome.NOT_HELD),
        ({"errno": errno.ECONNREFUSED}, Outcome.NOT_HELD),
        ({"errno": errno.ENOSYS}, Outcome.UNTESTABLE),
        ({"errno": errno.EAFNOSUPPORT}, Outcome.UNTESTABLE),
        ({"errno": errno.EINVAL}, Outcome.UNTESTABLE),
        ({"errno": 0, "signal": 9}, Outcome.UNTESTABLE),
        ({"errno": 0, "detail": "KeyError: 'port'"}, Outcome.UNTESTABLE),
    ],
    ids=str,
)
def test_only_a_refusal_is_taken_for_one(said: dict[str, Any], outcome: Outcome) -> None:
    assert judge(MUST, REFUSED | said)[0] is outcome


def test_an_attempt_without_an_answer_is_no_refusal() -> None:
    assert judge(MUST, None) == (Outcome.UNTESTABLE, "the attempt gave no answer")


def test_being_killed_is_a_refusal_where_the_kernel_refuses_so() -> None:
    bomb = Must("memory", "memory", "mend it", killed=True)
    assert judge(bomb, REFUSED | {"errno": 0, "signal": 9}) == (Outcome.HELD, "who tries it is killed")


def test_what_the_kernel_lacks_is_said() -> None:
    said = REFUSED | {"errno": errno.EAFNOSUPPORT, "detail": "Address family not supported"}
    assert judge(MUST, said)[1] == "this kernel does not have it (Address family not supported)"


def test_a_sandbox_that_refuses_everything_is_ok() -> None:
    said = row("docker", refusals("docker", ALL_REFUSED))
    assert (said.name, said.state, said.advice) == ("docker refuses", State.OK, "")
    assert said.detail == f"{len(MUSTS)} of {len(MUSTS)} attempts refused"


@pytest.mark.parametrize("must", MUSTS, ids=lambda must: must.name)
def test_whatever_is_not_refused_makes_a_sandbox_weaker_and_says_what_to_do(must: Must) -> None:
    done = {"done": True, "errno": 0, "detail": "it worked", "signal": 0}
    said = row("docker", refusals("docker", ALL_REFUSED | {must.name: done}))
    assert (said.state, said.advice) == (State.WEAKER, must.advice)
    assert said.detail.endswith(f"not held: {must.title}")
    assert Refusal("docker", must.title, Outcome.NOT_HELD, "it worked", must.advice) in said.refusals


def test_what_cannot_be_tested_is_counted_and_is_no_weakness() -> None:
    missing = REFUSED | {"errno": errno.ENOSYS}
    said = row("docker", refusals("docker", ALL_REFUSED | {"io_uring": missing}))
    assert (said.state, said.detail) == (
        State.OK,
        f"{len(MUSTS) - 1} of {len(MUSTS)} attempts refused, 1 not testable here",
    )


def test_everything_that_must_be_refused_is_tried() -> None:
    assert [must.name for must in MUSTS] == list(attempts.ATTEMPTS)


def test_the_attempts_need_nothing_that_is_not_inside() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert [name for name in names if name.partition(".")[0] in ("grader", "numpy")] == []


def test_a_sandbox_that_cannot_be_had_says_why() -> None:
    def opened() -> Launcher:
        raise AuthorError("there is no program 'bwrap'")

    said = sandbox("bubblewrap", opened)
    assert (said.state, said.detail) == (State.WEAKER, "not to be had here (there is no program 'bwrap')")
    assert said.advice


def test_a_sandbox_that_does_not_start_is_missing() -> None:
    def launch(*_: object) -> Any:
        raise HarnessError("it does not start")

    said = tried(Launcher("docker", {}, launch), "docker")
    assert (said.state, said.detail) == (State.MISSING, "none can be run (it does not start)")


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, Any]]:
    with planted("mlpgrader-test") as there:
        yield there


@pytest.mark.skipif(sys.platform != "linux", reason="attempts are made on Linux only")
@pytest.mark.parametrize("name", ["tcp_host", "unix_host", "host_file", "host_environment", "executes", "files"])
def test_an_attempt_works_where_nothing_is_refused(name: str, asked: dict[str, Any]) -> None:
    assert attempts.attempt(name, asked)["done"]


def test_an_attempt_that_stumbles_is_not_taken_for_a_refusal() -> None:
    said = attempts.attempt("tcp_host", {})
    assert judge(MUST, said) == (Outcome.UNTESTABLE, "KeyError: 'port'")
