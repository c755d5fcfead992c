"""Starts a worker under limits and holds the conversation with it: the only place from which student code is run."""

from __future__ import annotations

from grader.errors import AuthorError
from grader.model import SandboxSpec
from grader.sandbox.answers import Answer
from grader.sandbox.lane import Probe
from grader.sandbox.launching import Launcher
from grader.sandbox.observing import observe
from grader.sandbox.payload import Inside
from grader.sandbox.session import Session, SessionEnded

KINDS = ("docker", "bubblewrap", "process")

__all__ = ["KINDS", "Answer", "Inside", "Launcher", "Probe", "Session", "SessionEnded", "observe", "open_launcher"]


def open_launcher(sandbox: SandboxSpec | str) -> Launcher:
    """Return a launcher of that sandbox, to be closed by the caller; a kind alone stands for a sandbox of that kind.

    AuthorError says why this machine cannot have it.
    """
    spec = SandboxSpec(sandbox) if isinstance(sandbox, str) else sandbox
    if spec.kind == "process":
        from grader.sandbox.process import process_launcher

        return process_launcher()
    if spec.kind == "bubblewrap":
        from grader.sandbox.bubblewrap import bubblewrap_launcher

        return bubblewrap_launcher()
    if spec.kind == "docker":
        from grader.sandbox.docker import docker_launcher

        return docker_launcher(spec)
    raise AuthorError(f"there is no sandbox '{spec.kind}'; choose one of {', '.join(KINDS)}")
