"""Student code in a container without network, capabilities or a writable disk, driven by the command-line client."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import __version__
from grader.errors import AuthorError, HarnessError
from grader.model import Limits
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running
from grader.sandbox.payload import BOOT

IMAGE = f"mlpgrader-sandbox:{__version__}"
USER = "47123:47123"
LABEL = "mlpgrader"
DEADLINE = "mlpgrader.deadline"
RECIPE = "mlpgrader.recipe"
FOLDER = "/tmp"  # noqa: S108 - inside the container
# all that a container may ask of the kernel: processes and threads, files, memory, time, and sockets of three kinds
SYSTEM_CALLS = Path(__file__).with_name("seccomp.json")
CLIENT_SECONDS = 60.0
WITHOUT = "or choose --sandbox process, which runs student code with your own rights: only for code that you trust"


@dataclass(frozen=True)
class Engine:
    """A container engine that answers, and the image to run: by its digest, never by a name that can move."""

    client: str
    image: str
    runtime: str | None = None


def docker_launcher(*, image: str | None = None, client: str = "docker", runtime: str | None = None) -> Launcher:
    """Return a launcher of containers; AuthorError when there is no engine or no image, saying what to do.

    Containers that an earlier run left behind past their deadline are removed first.
    """
    version = _engine_version(client)
    name = image or IMAGE
    found = _image(client, name)
    engine = Engine(client, found["Id"], runtime)
    reap(client)
    recipe = ((found.get("Config") or {}).get("Labels") or {}).get(RECIPE, "")
    facts = {"image": found["Id"], "image_name": name, "image_recipe": recipe, "engine": f"{client} {version}"}
    return Launcher(
        "docker", {**facts, "runtime": runtime or "default"}, lambda limits, seconds: _launch(engine, limits, seconds)
    )


def reap(client: str, *, now: float | None = None) -> list[str]:
    """Remove containers of ours whose deadline has passed, and return their ids; other graders' running ones stay."""
    form = f'{{{{.ID}}}} {{{{.Label "{DEADLINE}"}}}}'
    listed = _ask(client, "ps", "--all", "--no-trunc", "--filter", f"label={LABEL}=1", "--format", form)
    passed = []
    for line in listed.stdout.splitlines():
        container, _, deadline = line.partition(" ")
        if not deadline.isdecimal() or int(deadline) < (time.time() if now is None else now):
            passed.append(container)
    if passed:
        _ask(client, "rm", "--force", "--volumes", *passed)
    return passed


def create_arguments(engine: Engine, name: str, limits: Limits, deadline: int) -> list[str]:
    """Return the arguments of ``create`` for a container that can do nothing but compute."""
    memory, files = f"{limits.memory_mb}m", limits.files_mb * 2**20
    environment = {**ENVIRONMENT, "HOME": FOLDER, "TMPDIR": FOLDER, "MPLCONFIGDIR": FOLDER}
    return [
        *("create", "--interactive", "--init", "--pull", "never", "--restart", "no", "--no-healthcheck"),
        *("--name", name, "--hostname", "sandbox", "--label", f"{LABEL}=1", "--label", f"{DEADLINE}={deadline}"),
        *("--network", "none", "--ipc", "none", "--read-only", "--user", USER, "--workdir", FOLDER),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--security-opt", f"seccomp={SYSTEM_CALLS}"),
        *(
            "--memory",
            memory,
            "--memory-swap",
            memory,
            "--cpus",
            f"{limits.cpus:g}",
            "--pids-limit",
            str(limits.processes),
        ),
        *("--ulimit", "nofile=256:256", "--ulimit", "core=0:0", "--ulimit", f"fsize={files}:{files}"),
        *("--log-driver", "none", "--stop-timeout", "1"),
        *("--tmpfs", f"{FOLDER}:rw,noexec,nosuid,nodev,size={limits.files_mb}m,nr_inodes=4k,mode=1777"),
        *(["--runtime", engine.runtime] if engine.runtime else []),
        *(part for key, value in environment.items() for part in ("--env", f"{key}={value}")),
        *(engine.image, "python3", "-I", "-B", "-c", BOOT),
    ]


def _launch(engine: Engine, limits: Limits, seconds: float) -> Running:
    name = f"mlpgrader-{secrets.token_hex(8)}"
    deadline = int(time.time() + seconds) + 1
    made = _ask(engine.client, *create_arguments(engine, name, limits, deadline))
    if made.returncode:
        _remove(engine.client, name)
        raise HarnessError(f"{engine.client} cannot make a container: {_last_line(made.stderr)}")
    try:
        process = subprocess.Popen(
            [engine.client, "start", "--attach", "--interactive", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except BaseException as error:
        _remove(engine.client, name)
        if isinstance(error, OSError):
            raise HarnessError(f"cannot start {engine.client}: {error.strerror or error}") from error
        raise
    lock = threading.Lock()

    def stop() -> None:
        with lock:
            _stop(engine.client, name, process)

    return Running(process, FOLDER, stop, explain=lambda: _explain(engine.client, name))


def _stop(client: str, name: str, process: subprocess.Popen[bytes]) -> None:
    if process.returncode is not None:
        return
    try:
        _remove(client, name)
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()


def _remove(client: str, name: str) -> None:
    """Kill and remove a container, and make sure that it is gone; HarnessError when it is not."""
    for _ in range(3):
        removed = _ask(client, "rm", "--force", "--volumes", name)
        if removed.returncode == 0 or "No such container" in removed.stderr:
            return
    raise HarnessError(f"{client} cannot remove container {name}: {_last_line(removed.stderr)}")


def _explain(client: str, name: str) -> str:
    """Return "memory" when the kernel has killed in this container for want of it."""
    _ask(client, "kill", name)  # it may have ended already: then this says so, and the next line holds anyway
    _ask(client, "wait", name)
    seen = _ask(client, "container", "inspect", "--format", "{{json .State}}", name)
    if seen.returncode:
        raise HarnessError(f"{client} does not answer for container {name}: {_last_line(seen.stderr)}")
    state = json.loads(seen.stdout)
    return "memory" if state.get("OOMKilled") else ""


def _engine_version(client: str) -> str:
    try:
        asked = _ask(client, "version", "--format", "{{.Server.Version}}")
    except HarnessError as error:
        raise AuthorError(f"{error}; install Docker (or start it), {WITHOUT}") from error
    if asked.returncode or not asked.stdout.strip():
        said = _last_line(asked.stderr)
        raise AuthorError(
            f"no container engine answers '{client}' ({said}); start it, give yourself access to it, {WITHOUT}"
        )
    return asked.stdout.strip()


def _image(client: str, name: str) -> dict[str, Any]:
    asked = _ask(client, "image", "inspect", name)
    if asked.returncode:
        raise AuthorError(f"there is no image '{name}'; build it with `make image`, {WITHOUT}")
    found: dict[str, Any] = json.loads(asked.stdout)[0]
    return found


def _ask(client: str, *arguments: str, seconds: float = CLIENT_SECONDS) -> subprocess.CompletedProcess[str]:
    """Run the client to its end with a time limit; HarnessError when it cannot be started or does not come back."""
    command: Sequence[str] = [client, *arguments]
    try:
        return subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise HarnessError(f"'{client} {arguments[0]}' did not come back within {seconds:g} s") from error
    except OSError as error:
        raise HarnessError(f"cannot run '{client}': {error.strerror or error}") from error


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
