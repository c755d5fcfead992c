"""What the command-line client of a container engine is asked: to make containers, end them, and say what became of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.sandbox.cgroup import Group, group_of

LABEL = "mlpgrader"
DEADLINE = "mlpgrader.deadline"
CLOCK = "mlpgrader.clock"
OWNER = "mlpgrader.owner"
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


def was_killed(client: str, name: str, *, since: float) -> bool:
    """Say whether somebody has had a container killed since a time of the calendar; False where the engine does not tell."""
    filters = ("--filter", f"container={name}", "--filter", "event=kill")
    with contextlib.suppress(HarnessError):
        times = ("--since", str(int(since) - 1), "--until", str(int(time.time()) + 1))
        told = ask(client, "events", *times, *filters, "--format", "killed", seconds=10.0)
        return told.returncode == 0 and "killed" in told.stdout
    return False


def deadline_labels(seconds: float) -> dict[str, str]:
    """Return the labels of a container that may live for `seconds`: by the calendar, by the clock since the start, and whose.

    The clock since the start does not jump when somebody sets the time, but holds only until this machine starts again.
    """
    labels = {DEADLINE: str(int(time.time() + seconds) + 1)}
    if now := since_start():
        boot, running = now
        labels |= {CLOCK: f"{boot}:{int(running + seconds) + 1}", OWNER: f"{boot}:{owner(os.getpid())}"}
    return labels


def has_passed(
    labels: dict[str, str],
    *,
    now: float,
    since_start: tuple[str, float] | None,
    owner: Callable[[int], str],
) -> bool:
    """Say whether nobody needs a container any more.

    Of a grader that can be seen from here, its end decides, and the clock that does not jump; of others the deadlines.
    `owner(pid)` describes a process of this machine, or says nothing of one that is gone.
    """
    boot, _, process = labels.get(OWNER, "").partition(":")
    space, _, number = process.partition(":")
    if since_start and boot == since_start[0] and number and space == owner(os.getpid()).partition(":")[0]:
        pid = number.partition(":")[0]
        if not pid.isdecimal() or owner(int(pid)) != process:
            return True
    boot, _, running = labels.get(CLOCK, "").rpartition(":")
    if since_start and boot == since_start[0] and running.isdecimal():
        return int(running) < since_start[1]
    deadline = labels.get(DEADLINE, "")
    return not deadline.isdecimal() or int(deadline) < now


def reap(client: str) -> list[str]:
    """Remove containers of graders that are gone, or past their deadline, and return their ids; those in use stay."""
    listed = ask(client, "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}=1").stdout.split()
    if not listed:
        return []
    # one that is gone by now is left out of the answer, or leaves an empty line
    seen = ask(client, "container", "inspect", "--format", "{{.Id}} {{json .Config.Labels}}", *listed)
    clocks: dict[str, Any] = {"now": time.time(), "since_start": since_start(), "owner": owner}
    passed = []
    for line in seen.stdout.splitlines():
        container, _, labels = line.partition(" ")
        if labels and has_passed(json.loads(labels), **clocks):
            passed.append(container)
    if passed:
        ask(client, "rm", "--force", "--volumes", *passed)
    return passed


def since_start() -> tuple[str, float] | None:
    """Return which start of this machine it was, and the seconds since then; None on systems that do not say."""
    try:
        return BOOT.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):
        return None


def owner(pid: int) -> str:
    """Return the space that numbers of processes are from, a process's number and when it began; "" when there is none."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
        # the name of the program, in parentheses, may hold anything
        began = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{space}:{pid}:{began}"
