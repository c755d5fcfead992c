"""Starts a worker under limits and holds the conversation with it: the only place from which student code is run."""

from __future__ import annotations

from grader.errors import AuthorError
from grader.sandbox.answers import Answer
from grader.sandbox.lane import Probe
from grader.sandbox.launching import Launcher
from grader.sandbox.observing import observe
from grader.sandbox.payload import Inside
from grader.sandbox.session import Session, SessionEnded

KINDS = ("docker", "bubblewrap", "process")

__all__ = ["KINDS", "Answer", "Inside", "Launcher", "Probe", "Session", "SessionEnded", "observe", "open_launcher"]


def open_launcher(
    kind: str, *, image: str | None = None, client: str = "docker", runtime: str | None = None
) -> Launcher:
    """Return a launcher of `kind`, to be closed by the caller; AuthorError says why this machine cannot have it.

    `image`, `client` (or ``podman``) and `runtime` (``runsc``) are for docker.
    """
    if kind == "process":
        from grader.sandbox.process import process_launcher

        return process_launcher()
    if kind == "bubblewrap":
        from grader.sandbox.bubblewrap import bubblewrap_launcher

        return bubblewrap_launcher()
    if kind == "docker":
        from grader.sandbox.docker import docker_launcher

        return docker_launcher(image=image, client=client, runtime=runtime)
    raise AuthorError(f"there is no sandbox '{kind}'; choose one of {', '.join(KINDS)}")
