"""What the command-line client of a container engine is asked: to make containers, end them, and say what became of them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.sandbox.cgroup import Group, group_of

LABEL = "mlpgrader"
DEADLINE = "mlpgrader.deadline"
CLOCK = "mlpgrader.clock"
CLIENT_SECONDS = 60.0
DYING_SECONDS = 20.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


def ask(client: str, *arguments: str, seconds: float = CLIENT_SECONDS) -> subprocess.CompletedProcess[str]:
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


def last_line(text: str) -> str:
    """Return the last line of what a client said, bounded."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"


def state(client: str, name: str) -> dict[str, Any]:
    """Return what the engine says of a container, its id included; HarnessError when it does not answer."""
    seen = ask(client, "container", "inspect", name)
    if seen.returncode:
        raise HarnessError(f"{client} does not answer for container {name}: {last_line(seen.stderr)}")
    found = json.loads(seen.stdout)[0]
    return {**found["State"], "Id": found["Id"]}


def group(client: str, name: str) -> Group | None:
    """Return the control group of a running container, if it can be seen from here."""
    running = state(client, name)
    return group_of(running.get("Pid") or 0, running["Id"]) if running.get("Pid") else None


def kill(client: str, name: str) -> None:
    """Kill a container and wait for its end, or for as long as it may take; it may have ended before."""
    ask(client, "kill", name)
    with contextlib.suppress(HarnessError):
        ask(client, "wait", name, seconds=DYING_SECONDS)


def remove(client: str, name: str) -> None:
    """Kill and remove a container, and make sure that it is gone; HarnessError when it is not."""
    kill(client, name)
    for _ in range(3):
        removed = ask(client, "rm", "--force", "--volumes", name)
        left = ask(client, "ps", "--all", "--quiet", "--filter", f"name={name}")
        if left.returncode == 0 and not left.stdout.strip():
            return
    said = last_line(removed.stderr if removed.returncode else left.stderr)
    raise HarnessError(f"{client} cannot remove container {name}: {said}")


def deadline_labels(seconds: float) -> dict[str, int | str]:
    """Return the labels of a container that may live for `seconds`: by the calendar, and by the clock since the start.

    The second one does not jump when somebody sets the time, but holds only until this machine starts again.
    """
    labels: dict[str, int | str] = {DEADLINE: int(time.time() + seconds) + 1}
    if now := _since_start():
        boot, running = now
        labels[CLOCK] = f"{boot}:{int(running + seconds) + 1}"
    return labels


def has_passed(labels: dict[str, str], *, now: float, since_start: tuple[str, float] | None) -> bool:
    """Say whether a container's deadline has passed, by the clock that does not jump if it was started by the same one."""
    boot, _, running = labels.get(CLOCK, "").rpartition(":")
    if since_start and boot == since_start[0] and running.isdecimal():
        return int(running) < since_start[1]
    deadline = labels.get(DEADLINE, "")
    return not deadline.isdecimal() or int(deadline) < now


def reap(client: str) -> list[str]:
    """Remove containers of ours whose deadline has passed, and return their ids; other graders' running ones stay."""
    listed = ask(client, "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}=1").stdout.split()
    if not listed:
        return []
    # one that is gone by now is left out of the answer
    seen = ask(client, "container", "inspect", "--format", "{{.Id}} {{json .Config.Labels}}", *listed)
    clocks: dict[str, Any] = {"now": time.time(), "since_start": _since_start()}
    passed = []
    for line in seen.stdout.splitlines():
        container, _, labels = line.partition(" ")
        if has_passed(json.loads(labels), **clocks):
            passed.append(container)
    if passed:
        ask(client, "rm", "--force", "--volumes", *passed)
    return passed


def _since_start() -> tuple[str, float] | None:
    """Return which start of this machine it was, and the seconds since then; None on systems that do not say."""
    try:
        return BOOT.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):
        return None
