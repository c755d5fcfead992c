"""Asking student code in tests: a worker with a submission in it, and a session to ask through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from grader.model import Limits, Submission
from grader.sandbox import Inside, Launcher, Session
from grader.sandbox.conversation import Conversation
from grader.sandbox.payload import payload
from kit import ROOT

ATTACKS = ROOT / "tests" / "attacks" / "submissions"
# small, but for the time: a busy machine is no reason to fail
LIMITS = Limits(call_seconds=20, session_seconds=60, memory_mb=512, files_mb=16, answer_mb=4, output_kb=16)


def attack(name: str) -> Submission:
    """Return one of the hostile submissions in tests/attacks/submissions."""
    return Submission(name, f"sha256:{name}", {path.name: path.read_bytes() for path in (ATTACKS / name).glob("*.py")})


def submission(source: str, **others: str) -> Submission:
    """Return a submission whose mlp.py is `source`; `layers="..."` adds a layers.py."""
    files = {"mlp.py": source, **{f"{name}.py": text for name, text in others.items()}}
    return Submission("student", "sha256:student", {name: text.encode() for name, text in files.items()})


@contextmanager
def worker(
    launcher: Launcher,
    files: Mapping[str, bytes],
    inside: Inside,
    *,
    fork: bool = True,
    limits: Limits = LIMITS,
    seconds: float = 60.0,
) -> Iterator[Conversation]:
    """Give a worker that has said hello, and end it; what is past its `seconds` may be cleared away by any other grader."""
    running = launcher.start(limits, seconds)
    conversation = Conversation(running, output_limit=limits.output_kb * 1024, beside=inside.beside)
    try:
        conversation.open(payload(inside, files, limits, folder=running.folder, fork=fork))
        yield conversation
    finally:
        launcher.stop(running)
        conversation.close()


def session(conversation: Conversation, *, seconds: float = 60.0, seed: int = 7, limits: Limits = LIMITS) -> Session:
    """Begin a session with a worker."""
    return Session(conversation, limits=limits, seconds=seconds, seed=seed)
