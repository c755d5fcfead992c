"""Student code in a container without network, capabilities or a writable disk, driven by the command-line client."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader.errors import HarnessError
from grader.model import Limits, SandboxSpec
from grader.sandbox.cgroup import Group
from grader.sandbox.containers import (
    DEADLINE,
    LABEL,
    ask,
    deadline_labels,
    group,
    kill,
    last_line,
    reap,
    remove,
    state,
    was_killed,
)
from grader.sandbox.engines import IMAGE, RECIPE, Engine, answers, cannot_promise, inspect
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running
from grader.sandbox.payload import BOOT
from grader.sandbox.pulse import Pulse, answers_at, socket_of
from grader.sandbox.system_calls import SYSTEM_CALLS

USER = "47123:47123"
FOLDER = "/tmp"  # noqa: S108 - inside the container
QUEUES = "/dev/mqueue"
REAP_SECONDS = 60.0
# who has run so long is asked for its control group
KNOWN_SECONDS = 1.5


@dataclass
class Reaper:
    """Removes what other runs left behind past its deadline: at the start, and once a minute while containers are made."""

    client: str
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_by(self) -> None:
        """Reap if a minute has gone by since the last time."""
        with self._lock:
            if time.monotonic() - self._last < REAP_SECONDS:
                return
            self._last = time.monotonic()
        with contextlib.suppress(HarnessError):  # who makes containers will hear of an engine that does not answer
            reap(self.client)


@dataclass
class Containers:
    """The containers that run, as far as somebody may stop them."""

    client: str
    _groups: dict[str, Group | None] = field(default_factory=dict)

    def watch(self, name: str) -> Callable[[], None]:
        """Watch one more container; what is returned ends that."""
        self._groups[name] = None
        later = threading.Timer(KNOWN_SECONDS, self._look_up, args=(name,))
        later.daemon = True
        later.start()

        def forget() -> None:
            later.cancel()
            self._groups.pop(name, None)

        return forget

    def _look_up(self, name: str) -> None:
        with contextlib.suppress(HarnessError):  # it may have ended just now
            found = group(self.client, name)
            if name in self._groups:
                self._groups[name] = found

    def cpu_seconds(self, name: str) -> float | None:
        """Return the processor time that a container has used so far, None before that is known."""
        found = self._groups.get(name)
        return found.cpu_seconds() if found else None

    def go_on(self) -> bool:
        """Tell whether the engine answers and no container is stopped."""
        address = socket_of(self.client, os.environ.get("DOCKER_HOST", ""))
        if address and not answers_at(address):
            return False
        return not any(each.is_frozen() for each in tuple(self._groups.values()) if each)


def docker_launcher(spec: SandboxSpec) -> Launcher:
    """Return a launcher of containers; AuthorError when there is no engine or no image, saying what to do.

    Containers that an earlier run left behind past their deadline are removed first.
    """
    client, name = spec.engine, spec.image or IMAGE
    version, weaker = answers(client), cannot_promise(client)
    found = inspect(client, name)
    engine = Engine(client, found["Id"], spec.runtime)
    reap(client)
    reaper = Reaper(client)
    recipe = ((found.get("Config") or {}).get("Labels") or {}).get(RECIPE, "")
    # podman names the same image without saying how it was counted
    digest = found["Id"] if ":" in found["Id"] else f"sha256:{found['Id']}"
    facts = {"image": digest, "image_name": name, "image_recipe": recipe, "engine": f"{client} {version}"}
    if weaker:
        facts["weaker"] = "; ".join(weaker)

    def launch(limits: Limits, seconds: float) -> Running:
        reaper.pass_by()
        return _launch(engine, limits, seconds, containers)

    containers = Containers(client)
    facts["runtime"] = spec.runtime or "default"
    return Launcher("docker", facts, launch, lambda: reap(client), pulse=Pulse(containers.go_on))


def create_arguments(
    engine: Engine,
    name: str,
    limits: Limits,
    deadline: int,
    *,
    labels: Mapping[str, str] | None = None,
    cpu_seconds: int = 0,
) -> list[str]:
    """Return the arguments of ``create`` for a container that can do nothing but compute.

    `deadline` and further `labels` say when it may be reaped; `cpu_seconds` limits each process in it, 0 stands for no limit.
    """
    memory, files = f"{limits.memory_mb}m", limits.files_mb * 2**20
    environment = {**ENVIRONMENT, "HOME": FOLDER, "TMPDIR": FOLDER, "MPLCONFIGDIR": FOLDER}
    return [
        # no init of the engine's: student code could open the pipes of that one, and speak for the worker through them
        *("create", "--interactive", "--pull", "never", "--restart", "no", "--no-healthcheck"),
        *("--name", name, "--hostname", "sandbox", "--label", f"{LABEL}=1", "--label", f"{DEADLINE}={deadline}"),
        *(part for key, value in (labels or {}).items() for part in ("--label", f"{key}={value}")),
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
        *(["--ulimit", f"cpu={cpu_seconds}:{cpu_seconds}"] if cpu_seconds else []),
        # podman sets one by itself that can be above what it may; the limit that counts is that of the control group
        *(["--ulimit", "nproc=4096:4096"] if engine.is_podman else []),
        # and it mounts folders that can be written to where everything is to be read only
        *(["--read-only-tmpfs=false"] if engine.is_podman else []),
        *("--log-driver", "none", "--stop-timeout", "1"),
        *(
            "--tmpfs",
            f"{FOLDER}:rw,noexec,nosuid,nodev,size={limits.files_mb}m,mode=1777{_number(engine)}{_not_copied(engine)}",
        ),
        # message queues have a folder of their own, which anybody may write to and no session would find empty
        *("--tmpfs", f"{QUEUES}:ro,noexec,nosuid,nodev,size=4k,mode=555{_not_copied(engine)}"),
        *(["--runtime", engine.runtime] if engine.runtime else []),
        *(part for key, value in environment.items() for part in ("--env", f"{key}={value}")),
        *(engine.image, "python3", "-I", "-B", "-c", BOOT),
    ]


def _number(engine: Engine) -> str:
    # podman knows no limit on the number of files: there, they are limited by the memory that they take
    return "" if engine.is_podman else ",nr_inodes=4k"


def _not_copied(engine: Engine) -> str:
    # podman would fill a folder with what the image has there, by way of a folder of this machine
    return ",notmpcopyup" if engine.is_podman else ""


def _launch(engine: Engine, limits: Limits, seconds: float, containers: Containers) -> Running:
    client, name = engine.client, f"mlpgrader-{secrets.token_hex(8)}"
    began, labels = time.time(), deadline_labels(seconds)
    deadline = int(labels.pop(DEADLINE))
    # should nobody be left to end it, it cannot compute for ever; whoever is there ends it before
    cpu = math.ceil(seconds * max(limits.cpus, 1.0)) + 1
    arguments = create_arguments(engine, name, limits, deadline, labels=labels, cpu_seconds=cpu)
    made = ask(client, *arguments)
    if made.returncode:
        remove(client, name)
        raise HarnessError(f"{client} cannot make a container: {last_line(made.stderr)}")
    room = contextlib.ExitStack()
    try:
        # podman's monitor leaves a note in the current folder when memory runs out
        folder = room.enter_context(tempfile.TemporaryDirectory(prefix="mlpgrader-")) if engine.is_podman else None
        process = subprocess.Popen(
            [client, "start", "--attach", "--interactive", name],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except BaseException as error:
        room.close()
        remove(client, name)
        if isinstance(error, OSError):
            raise HarnessError(f"cannot start {client}: {error.strerror or error}") from error
        raise
    lock, stopped = threading.Lock(), threading.Event()
    used: list[float] = []
    forget = containers.watch(name)

    def stop() -> None:
        with lock:
            forget()
            if not stopped.is_set():
                used.extend(_measured(client, name))
                _stop(client, name, process)
                room.close()
                stopped.set()

    def explain() -> str:
        used.extend(_measured(client, name))
        return _explain(client, name, began)

    return Running(
        process,
        FOLDER,
        stop,
        explain,
        cpu_seconds=lambda: max(used, default=None),
        memory_kills=lambda: _memory_kills(client, name),
        used_elsewhere=lambda: containers.cpu_seconds(name),
    )


def _memory_kills(client: str, name: str) -> int:
    with contextlib.suppress(HarnessError):
        found = group(client, name)
        return found.memory_kills() if found else 0
    return 0


def _measured(client: str, name: str) -> list[float]:
    """Return the processor time that a running container has used, if the kernel's account of it can be read here."""
    with contextlib.suppress(HarnessError):
        found = group(client, name)
        seconds = found.cpu_seconds() if found else None
        return [] if seconds is None else [seconds]
    return []


def _stop(client: str, name: str, process: subprocess.Popen[bytes]) -> None:
    try:
        remove(client, name)
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()


def _explain(client: str, name: str, began: float) -> str:
    """Return "memory" when the kernel has killed in this container for want of it, by its account or the engine's.

    HarnessError when somebody else has had it killed.
    """
    if was_killed(client, name, since=began):
        raise HarnessError(f"container {name} was killed from outside")
    found = group(client, name)
    kills = found.memory_kills() if found else 0
    kill(client, name)
    return "memory" if kills or state(client, name).get("OOMKilled") else ""
