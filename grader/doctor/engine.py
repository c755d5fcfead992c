"""Containers: whether an engine answers, the image is there and current, and a container is as tight as asked."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.doctor.row import Row, State
from grader.model import Limits, SandboxSpec
from grader.sandbox.docker import USER, create_arguments
from grader.sandbox.engines import (
    IMAGE,
    INFO,
    RECIPE,
    ROOTLESS,
    VERSION,
    Engine,
    build,
    install,
    leaves_swap,
    read_info,
    unlimited,
)

__all__ = ["IMAGE", "Reply", "containers", "recipe"]

PROCESS = "until then --sandbox process grades code that you trust"
SWAPPING = "switch the kernel's account of swap on (swapaccount=1 where it is started), or swap off"
LOOK = "run mlpgrader doctor again; if it stays, look at the engine's log"
ANOTHER = "try another runtime: --runtime runc or --runtime crun"
# asked inside a container in which nothing but this runs
QUESTION = """
import json, os, numpy
status = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
print(json.dumps({
    "numpy": numpy.__version__,
    "user": f"{os.getuid()}:{os.getgid()}",
    "network": sorted(name for name in os.listdir("/sys/class/net") if name != "lo"),
    "writable": [name for name in ("/", "/etc", "/usr", "/opt") if os.access(name, os.W_OK)],
    "capabilities": int(status["CapBnd"], 16) | int(status["CapEff"], 16),
    "new_privileges": status.get("NoNewPrivs") != "1",
    "seccomp": status.get("Seccomp") == "2",
}))
"""


@dataclass(frozen=True)
class Reply:
    """What the container client said: whether it ended well, its output, and the last line of its complaints."""

    good: bool
    text: str = ""
    complaint: str = ""


Ask = Callable[..., Reply]


def ask(*command: str) -> Reply:
    """Run one command of the container client to its end, for a minute at most."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=60, check=False
        )
    except FileNotFoundError:
        return Reply(good=False, complaint=f"there is no program '{command[0]}'")
    except subprocess.TimeoutExpired:
        return Reply(good=False, complaint="no answer within 60 s")
    except OSError as error:
        return Reply(good=False, complaint=str(error.strerror or error))
    complaints = done.stderr.strip().splitlines() or ["no reason given"]
    return Reply(done.returncode == 0, done.stdout.strip(), complaints[-1][:200])


def recipe(root: Path) -> str:
    """Return the digest of what the image is built from; `make image` writes it on the image, so a stale one shows."""
    parts = [root / "Dockerfile", root / "requirements" / "sandbox.lock"]
    return "sha256:" + hashlib.sha256(b"\0".join(part.read_bytes() for part in parts if part.is_file())).hexdigest()


def containers(spec: SandboxSpec, *, wanted: str = "", ask: Ask = ask) -> tuple[Row, ...]:
    """Look at engine, image and a container, as far as it goes; `wanted` is the recipe of a current image, if known."""
    client, image = spec.engine, spec.image or IMAGE
    engine = _engine(client, ask)
    if engine.state is State.MISSING:
        return (engine,)
    inspected = ask(client, "image", "inspect", image)
    if not inspected.good:
        advice = f"{build(client)} in a checkout builds it; {PROCESS}"
        return (engine, Row("image", State.MISSING, f"{image} is not there ({inspected.complaint})", advice))
    found: dict[str, Any] = json.loads(inspected.text)[0]
    return (engine, _image(found, image, wanted, client), _container(Engine(client, found["Id"], spec.runtime), ask))


def _engine(client: str, ask: Ask) -> Row:
    reply = ask(client, *VERSION)
    if not reply.good or not reply.text:
        advice = f"{install(client)}; {PROCESS}"
        return Row("engine", State.MISSING, f"no engine answers {client} ({reply.complaint})", advice)
    found, info = f"{client} {reply.text}", read_info(ask(client, *INFO).text)
    if lacking := unlimited(info):
        detail = f"{found} cannot limit the {', '.join(lacking)} of a container"
        return Row("engine", State.MISSING, detail, f"{ROOTLESS}; {PROCESS}")
    if leaves_swap(info):
        return Row("engine", State.WEAKER, f"{found}, which cannot limit swap", SWAPPING)
    return Row("engine", State.OK, found)


def _image(found: Mapping[str, Any], image: str, wanted: str, client: str) -> Row:
    detail = f"{image} {found['Id']}"
    labels = (found.get("Config") or {}).get("Labels") or {}
    if wanted and labels.get(RECIPE) != wanted:
        return Row("image", State.WEAKER, f"{detail}, built from another Dockerfile or other pins", build(client))
    return Row("image", State.OK, detail)


def _container(engine: Engine, ask: Ask) -> Row:
    name = f"mlpgrader-{secrets.token_hex(8)}"
    client, advice = engine.client, ANOTHER if engine.is_podman and not engine.runtime else LOOK
    arguments = create_arguments(engine, name, Limits(), int(time.time()) + 120)
    # the same container as for a submission, with our question in the place of the worker
    made = ask(client, *arguments[: arguments.index(engine.image) + 1], "python3", "-I", "-B", "-c", QUESTION)
    if not made.good:
        return Row("container", State.MISSING, f"none can be made ({made.complaint})", advice)
    started = time.monotonic()
    answer = ask(client, "start", "--attach", name)
    seconds = time.monotonic() - started
    ask(client, "rm", "--force", "--volumes", name)
    if not answer.good or not answer.text.startswith("{"):
        return Row("container", State.MISSING, f"none can be run ({answer.complaint})", advice)
    said = json.loads(answer.text)
    if gaps := _gaps(said):
        update = "do not grade strangers' code with this engine: update it, or take away what it adds to containers"
        return Row("container", State.WEAKER, f"looser than asked: {', '.join(gaps)}", update)
    return Row("container", State.OK, f"numpy {said['numpy']}; no network, no rights, read-only; {seconds:.1f} s")


def _gaps(said: Mapping[str, Any]) -> list[str]:
    gaps = {
        f"runs as user {said['user']}": said["user"] != USER,
        f"has a network ({', '.join(said['network'])})": bool(said["network"]),
        f"can write to {', '.join(said['writable'])}": bool(said["writable"]),
        "has capabilities": bool(said["capabilities"]),
        "can gain privileges": said["new_privileges"],
        "has no system call filter": not said["seccomp"],
    }
    return [what for what, there in gaps.items() if there]
