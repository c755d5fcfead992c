"""A container engine before it makes a container: whether it answers, has the image, and can limit what must be limited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import __version__
from grader.errors import AuthorError, HarnessError
from grader.sandbox.containers import ask, last_line

IMAGE = f"mlpgrader-sandbox:{__version__}"
RECIPE = "mlpgrader.recipe"
VERSION = ("version", "--format", "{{.Server.Version}}")
INFO = ("info", "--format", "{{json .}}")
# what is limited, as Docker calls the ability and as podman's controller is called
LIMITS = {"memory": "MemoryLimit", "processes": "PidsLimit", "processor time": "CpuCfsQuota"}
CONTROLLERS = {"memory": "memory", "processes": "pids", "processor time": "cpu"}
WEAKER_IN_PODMAN = "files in /tmp are limited by the memory that they take, not in number"
WEAKER_WITHOUT_SWAP = "swap is not limited: the kernel keeps no account of it"
ROOTLESS = (
    "without root rights an engine needs control groups of version 2, with the controllers cpu, memory and pids left to "
    "it: run it with root rights, or let it have them"
)
WITHOUT = (
    "or choose --sandbox bubblewrap, which needs no engine, or --sandbox process, which runs student code with your own "
    "rights: only for code that you trust"
)


@dataclass(frozen=True)
class Engine:
    """A container engine that answers, and the image to run: by its digest, never by a name that can move."""

    client: str
    image: str
    runtime: str = ""

    @property
    def is_podman(self) -> bool:
        return _is_podman(self.client)


def install(client: str) -> str:
    """Return what to do where no engine answers `client`."""
    return "install podman" if _is_podman(client) else "install Docker, start it, and give yourself access to it"


def build(client: str) -> str:
    """Return the command that builds the image for `client`, in a checkout."""
    return "make image ENGINE=podman" if _is_podman(client) else "make image"


def _is_podman(client: str) -> bool:
    return Path(client).name == "podman"


def answers(client: str) -> str:
    """Return the version of the engine that answers; AuthorError, with what to do, where none does."""
    try:
        asked = ask(client, *VERSION)
    except HarnessError as error:
        raise AuthorError(f"{error}; {install(client)}, {WITHOUT}") from error
    if asked.returncode or not asked.stdout.strip():
        said = last_line(asked.stderr)
        raise AuthorError(f"no container engine answers '{client}' ({said}); {install(client)}, {WITHOUT}")
    return asked.stdout.strip()


def cannot_promise(client: str) -> list[str]:
    """Return what containers of this engine cannot promise; AuthorError where they could take the whole machine."""
    info = read_info(ask(client, *INFO).stdout)
    if lacking := unlimited(info):
        raise AuthorError(
            f"the engine that answers '{client}' cannot limit the {', '.join(lacking)} of a container; {ROOTLESS}, {WITHOUT}"
        )
    promises = {WEAKER_IN_PODMAN: not _is_podman(client), WEAKER_WITHOUT_SWAP: not leaves_swap(info)}
    return [weaker for weaker, kept in promises.items() if not kept]


def inspect(client: str, name: str) -> dict[str, Any]:
    """Return what the engine knows of an image; AuthorError, with how to build it, where it is not there."""
    asked = ask(client, "image", "inspect", name)
    if asked.returncode:
        raise AuthorError(f"there is no image '{name}'; build it with `{build(client)}`, {WITHOUT}")
    found: dict[str, Any] = json.loads(asked.stdout)[0]
    return found


def read_info(said: str) -> dict[str, Any]:
    """Return what an engine said of itself when it was asked `INFO`; nothing where that cannot be read."""
    try:
        info = json.loads(said)
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def unlimited(info: Mapping[str, Any]) -> list[str]:
    """Return what an engine cannot limit in a container, of the keys of `LIMITS`, by what it said of itself.

    Docker says it of each, podman names the controllers of control groups that it may use. An engine without root rights
    has none of them where control groups are of version 1, and then ignores limits that it is given. What is not said is
    not held against an engine.
    """
    host = info.get("host")
    controllers = host.get("cgroupControllers") if isinstance(host, dict) else None
    if isinstance(controllers, list):
        return [what for what, name in CONTROLLERS.items() if name not in controllers]
    return [what for what, name in LIMITS.items() if info.get(name) is False]


def leaves_swap(info: Mapping[str, Any]) -> bool:
    """Tell whether an engine cannot limit swap, by what it said of itself (podman says nothing of it)."""
    return info.get("SwapLimit") is False
