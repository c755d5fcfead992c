"""What a sandbox must refuse: tried inside of it, where student code runs, instead of being taken for granted."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.doctor.row import Outcome, Refusal, Row, State
from grader.errors import AuthorError, HarnessError
from grader.model import Evidence, Limits, ProblemKind, Submission
from grader.sandbox import Inside, Launcher, Probe, Session, observe
from grader.sandbox.operations import plugged
from grader.text import printable

LIMITS = Limits(call_seconds=30, session_seconds=30, memory_mb=256, processes=32, files_mb=16, answer_mb=1)
SOURCE = Path(__file__).with_name("attempts.py")
PLUGIN = "grader.doctor.attempts"
KILLED = {"done": False, "errno": 0, "detail": "", "signal": 9}
LOOK = "run mlpgrader doctor again; if it stays, look at the log of the engine or the system"


@dataclass(frozen=True)
class Must:
    """One thing that must be refused: its name in `attempts`, what people call it, and what to do where it is not.

    `also` are error numbers that mean that it was refused, besides EPERM and EACCES; `reached` those that come from
    what should have been out of reach; `absent` those that mean that this kernel does not have it at all, besides
    ENOSYS. With `killed` it may also end in the death of who tries it.
    """

    name: str
    title: str
    advice: str
    also: tuple[int, ...] = ()
    reached: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    killed: bool = False


NETWORK = (
    "the sandbox has no network of its own: look at what the engine adds (a proxy, --network), or use another machine"
)
FILTER = "the filter of system calls does not bite: update the engine or the kernel, and look for seccomp in its configuration"
LIMIT = "the limit does not hold: the engine or the kernel has no control group for it; grade in docker, or one by one"
FILES = "files of this machine can be reached from inside: do not grade strangers' code here until that is mended"
MANY = "the room that files take is limited all the same; docker limits their number too"
PROGRAMS = (
    "a written program can do no more than student code, whose limits are its own; docker refuses it all the same"
)
UNREACHABLE = (errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
ANSWERED = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ETIMEDOUT)
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.ENOMEM)
MUSTS = (
    Must("tcp_outside", "TCP to the outside", NETWORK, UNREACHABLE, ANSWERED),
    Must("tcp_host", "TCP to this machine", NETWORK, (*UNREACHABLE, errno.ECONNREFUSED)),
    Must("unix_host", "Unix sockets of this machine", NETWORK, (errno.ECONNREFUSED,)),
    Must("dns", "DNS", NETWORK, UNREACHABLE),
    Must("vsock", "vsock", FILTER, absent=(errno.EAFNOSUPPORT,)),
    Must("packet", "raw sockets", FILTER, absent=(errno.EAFNOSUPPORT,)),
    Must("engine", "container engine", FILES, (errno.ENOENT, errno.ECONNREFUSED)),
    Must("ptrace", "ptrace", FILTER),
    Must("read_memory", "memory of other processes", FILTER),
    Must("mount", "mount", FILTER),
    Must("unshare", "new namespaces", FILTER, (errno.ENOSPC, errno.EUSERS)),
    Must("io_uring", "io_uring", FILTER),
    Must("keyctl", "keyrings", FILTER),
    Must("add_key", "keys left behind", FILTER),
    Must("bpf", "bpf", FILTER),
    Must("perf", "perf events", FILTER),
    Must("userfaultfd", "userfaultfd", FILTER),
    Must("host_file", "files of this machine", FILES, (errno.ENOENT,)),
    Must("host_environment", "environment of the grader", FILES, (errno.ENOENT,)),
    Must("writes", "writing elsewhere", FILES, (errno.EROFS,)),
    Must("executes", "running written programs", PROGRAMS),
    Must("files", "filling the disk", LIMIT, FULL, killed=True),
    Must("inodes", "files without end", MANY, FULL),
    Must("forks", "processes without end", LIMIT, (errno.EAGAIN, errno.ENOMEM)),
    Must("memory", "memory of one process", LIMIT, FULL, killed=True),
    Must("memory_in_all", "memory of all together", LIMIT, FULL, killed=True),
)
# the kernel may take the whole sandbox for these: each has a session of its own, the last ones
LAST = ("memory", "memory_in_all")


def judge(must: Must, said: Mapping[str, Any] | None) -> tuple[Outcome, str]:
    """Say whether an attempt was refused, with the reason; what an attempt says of itself is believed: it is ours."""
    if said is None:
        return Outcome.UNTESTABLE, "the attempt gave no answer"
    detail = printable(str(said["detail"]))[:120]
    if said["done"] or said["errno"] in must.reached:
        return Outcome.NOT_HELD, detail
    if said["signal"]:
        if must.killed:
            return Outcome.HELD, "who tries it is killed"
        return Outcome.UNTESTABLE, f"the attempt was ended by signal {said['signal']}"
    if said["errno"] in (errno.EPERM, errno.EACCES, *must.also):
        return Outcome.HELD, detail
    if said["errno"] in (errno.ENOSYS, *must.absent):
        return Outcome.UNTESTABLE, f"this kernel does not have it ({detail})"
    return Outcome.UNTESTABLE, detail or "no reason given"


def refusals(sandbox: str, said: Mapping[str, Mapping[str, Any]]) -> tuple[Refusal, ...]:
    """Judge everything that must be refused by what the attempts in one sandbox said."""
    judged = [(must, *judge(must, said.get(must.name))) for must in MUSTS]
    return tuple(
        Refusal(sandbox, must.title, outcome, detail, must.advice if outcome is Outcome.NOT_HELD else "")
        for must, outcome, detail in judged
    )


def row(sandbox: str, found: Sequence[Refusal]) -> Row:
    """Return one line on a sandbox: how much of what must be refused is, and what is not."""
    name = f"{sandbox} refuses"
    count = {outcome: sum(each.outcome is outcome for each in found) for outcome in Outcome}
    held = f"{count[Outcome.HELD]} of {len(found)} attempts refused"
    if untestable := count[Outcome.UNTESTABLE]:
        held += f", {untestable} not testable here"
    loose = [each for each in found if each.outcome is Outcome.NOT_HELD]
    if not loose:
        return Row(name, State.OK, held, refusals=tuple(found))
    advice = "; ".join(dict.fromkeys(each.advice for each in loose))
    detail = f"{held}; not held: {', '.join(each.name for each in loose)}"
    return Row(name, State.WEAKER, detail, advice, tuple(found))


def sandbox(kind: str, opened: Callable[[], Launcher]) -> Row:
    """Say what a sandbox refuses; one that this machine cannot have is a row that says why."""
    try:
        with opened() as launcher:
            return tried(launcher, kind)
    except AuthorError as error:
        return Row(
            kind, State.WEAKER, f"not to be had here ({error})", "only needed where there is no container engine"
        )


def tried(launcher: Launcher, kind: str) -> Row:
    """Start the sandbox as for a submission, try in it everything that must be refused, and say what came of it."""
    name = f"mlpgrader-{secrets.token_hex(8)}"
    with planted(name) as asked:
        try:
            evidence = _observed(launcher, asked)
        except HarnessError as error:
            return Row(f"{kind} refuses", State.MISSING, f"none can be run ({error})", LOOK)
    seen = evidence.observations
    if fault := seen["attempts"].fault:
        return Row(f"{kind} refuses", State.MISSING, f"none can be run ({fault})", LOOK)
    said = {name: answer for each in seen.values() for name, answer in each.data.items()}
    killed = [name for name in LAST if (problem := seen[name].problem) and problem.kind is ProblemKind.MEMORY]
    return row(kind, refusals(kind, {**said, **dict.fromkeys(killed, KILLED)}))


def _observed(launcher: Launcher, asked: Mapping[str, Any]) -> Evidence:
    inside = Inside(ours={"grader/doctor/attempts.py": SOURCE.read_bytes()}, plugins=(PLUGIN,))
    first = [must.name for must in MUSTS if must.name not in LAST]
    probes = (_probe("attempts", first, asked), *(_probe(name, [name], asked) for name in LAST))
    return observe(Submission("doctor", "", {}), probes, inside, launcher=launcher, seed=0, limits=LIMITS)


def _probe(name: str, names: Sequence[str], asked: Mapping[str, Any]) -> Probe:
    def run(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        asking = plugged("attempt", "trying what must be refused", names=list(names), asked=dict(asked))
        data.update(session.run(asking)[0].value or {})

    return Probe(name, "", run)


@contextlib.contextmanager
def planted(name: str) -> Iterator[dict[str, Any]]:
    """Plant what must not be found: a file, a process with a secret in its environment and arguments, a port, a socket."""
    secret = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mlpgrader-doctor-")))
        folder.chmod(0o755)
        (folder / "secret").write_text(secret, encoding="ascii")
        port = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        if hasattr(socket, "AF_UNIX"):
            named = stack.enter_context(socket.socket(socket.AF_UNIX))
            with contextlib.suppress(OSError):  # only Linux has abstract ones
                named.bind(f"\0{name}")
                named.listen()
        # waits for the end of its input, which comes with the end of the block
        waits = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()", secret]
        stack.enter_context(subprocess.Popen(waits, stdin=subprocess.PIPE, env={**os.environ, "SECRET": secret}))
        numbers = {"files_mb": LIMITS.files_mb, "processes": LIMITS.processes, "memory_mb": LIMITS.memory_mb}
        where = {"file": str(folder / "secret"), "secret": secret, "port": port.getsockname()[1], "name": name}
        yield {**numbers, **where}
