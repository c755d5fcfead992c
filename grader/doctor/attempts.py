"""Runs inside a sandbox, where student code runs: tries what must be refused there, and says what came of it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mmap
import os
import platform
import select
import shutil
import signal
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

Asked = dict[str, Any]
SECONDS = 5
CLONE_NEWUSER = 0x10000000
BLOCK = bytes(2**20)
NUMBERS = {
    "x86_64": {
        "add_key": 248,
        "bpf": 321,
        "io_uring_setup": 425,
        "keyctl": 250,
        "mount": 165,
        "perf_event_open": 298,
        "process_vm_readv": 310,
        "ptrace": 101,
        "umount2": 166,
        "unshare": 272,
        "userfaultfd": 323,
    },
    "aarch64": {
        "add_key": 217,
        "bpf": 280,
        "io_uring_setup": 425,
        "keyctl": 219,
        "mount": 40,
        "perf_event_open": 241,
        "process_vm_readv": 270,
        "ptrace": 117,
        "umount2": 39,
        "unshare": 97,
        "userfaultfd": 282,
    },
}.get(platform.machine(), {})
# never routed (RFC 5737): whoever has no network is told so at once, whoever has one waits for an answer in vain
NOWHERE = "192.0.2.1"
ENGINES = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock")
# files that a person may not have but a kernel makes up
MADE_UP = ("/proc", "/sys")


def tcp_outside(_asked: Asked) -> str:
    """Connect to an address outside."""
    with contextlib.suppress(TimeoutError):
        socket.create_connection((NOWHERE, 80), timeout=1).close()
    return "a connection was begun"


def tcp_host(asked: Asked) -> str:
    """Connect to a port that the doctor listens at."""
    socket.create_connection(("127.0.0.1", asked["port"]), timeout=2).close()
    return "a port of this machine answers"


def unix_host(asked: Asked) -> str:
    """Connect to an abstract socket that the doctor listens at."""
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(2)
        own.connect(f"\0{asked['name']}")
    return "a socket of this machine answers"


def dns(_asked: Asked) -> str:
    """Send a question to a name server."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.sendto(b"\x00\x01\x01\x00\x00\x01" + bytes(6), (NOWHERE, 53))
    return "a question was sent"


def vsock(_asked: Asked) -> str:
    """Make a socket to the hypervisor."""
    socket.socket(40, socket.SOCK_STREAM).close()
    return "a socket was made"


def packet(_asked: Asked) -> str:
    """Make a socket that hears every packet."""
    socket.socket(17, socket.SOCK_RAW).close()
    return "a socket was made"


def engine(_asked: Asked) -> str:
    """Talk to a container engine."""
    found: OSError = FileNotFoundError(errno.ENOENT, "no such socket")
    for path in ENGINES:
        try:
            with socket.socket(socket.AF_UNIX) as own:
                own.settimeout(2)
                own.connect(path)
        except OSError as error:
            found = found if isinstance(error, FileNotFoundError) else error
        else:
            return f"{path} answers"
    raise found


def ptrace(_asked: Asked) -> str:
    """Ask to be traced."""
    _call("ptrace", 0)
    return "a process can be traced"


def read_memory(_asked: Asked) -> str:
    """Read the memory of another process."""
    own, there = ctypes.create_string_buffer(8), ctypes.create_string_buffer(8)
    # the same address there: its own, were it not for the fork
    local, remote = (struct.pack("PN", ctypes.addressof(each), 8) for each in (own, there))
    _call("process_vm_readv", os.getppid(), local, 1, remote, 1, 0)
    return "the memory of another process can be read"


def mount(_asked: Asked) -> str:
    """Mount a file system."""
    place = tempfile.mkdtemp().encode()
    _call("mount", b"none", place, b"tmpfs", 0, 0)
    _call("umount2", place, 0)
    return "a file system was mounted"


def unshare(_asked: Asked) -> str:
    """Become the root of a user namespace."""
    _call("unshare", CLONE_NEWUSER)
    return "a namespace was made"


def io_uring(_asked: Asked) -> str:
    """Open a queue that passes filters by."""
    _call("io_uring_setup", 1, ctypes.create_string_buffer(256))
    return "a queue was opened"


def keyctl(_asked: Asked) -> str:
    """Look for the keys of the session."""
    _call("keyctl", 0, -3, 1)
    return "there is a keyring"


def add_key(_asked: Asked) -> str:
    """Leave a key behind."""
    _call("add_key", b"user", b"mlpgrader", b"x", 1, -3)
    return "a key was left"


def bpf(_asked: Asked) -> str:
    """Make a map in the kernel."""
    _call("bpf", 0, struct.pack("IIII", 2, 4, 4, 1) + bytes(112), 128)
    return "a map was made in the kernel"


def perf(_asked: Asked) -> str:
    """Count events of the kernel."""
    _call("perf_event_open", struct.pack("IIQ", 1, 120, 0) + bytes(104), 0, -1, -1, 0)
    return "events can be counted"


def userfaultfd(_asked: Asked) -> str:
    """Hold up the kernel at page faults of its own."""
    _call("userfaultfd", 0)
    return "page faults can be held up"


def host_file(asked: Asked) -> str:
    """Read a file that the doctor has written outside."""
    ways = [Path(asked["file"]), *(Path(f"/proc/{each}/root{asked['file']}") for each in ("1", os.getppid()))]
    return _first(ways, asked["secret"], OSError(errno.ENOENT, "it is not there"))


def host_environment(asked: Asked) -> str:
    """Look for a secret in the environments and arguments of all processes."""
    ways = [path for each in Path("/proc").glob("[0-9]*") for path in (each / "environ", each / "cmdline")]
    return _first(ways, asked["secret"], OSError(errno.ENOENT, "it is in none of them"))


def writes(_asked: Asked) -> str:
    """Write anywhere but in the folder for it."""
    own = [Path(tempfile.gettempdir()).resolve().parent, Path.cwd().resolve()]
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    mounts = {line.split()[4].encode().decode("unicode_escape") for line in lines}
    places = sorted({"/", "/etc", "/usr", "/opt", "/home", "/var/tmp", "/dev", "/dev/shm", *mounts})  # noqa: S108
    for place in map(Path, places):
        if place.resolve() in own or place.as_posix().startswith(MADE_UP) or not place.is_dir():
            continue
        with contextlib.suppress(OSError):
            trial = place / f".mlpgrader-{os.getpid()}"
            trial.touch(exist_ok=False)
            trial.unlink()
            return f"{place} can be written to"
    raise OSError(errno.EROFS, "nothing else can be written to")


def executes(_asked: Asked) -> str:
    """Run a program that was written there."""
    program = Path(tempfile.gettempdir(), "program")
    program.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    program.chmod(0o700)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            os.execv(program, ["program"])  # noqa: S606
            os._exit(0)
        os._exit(1)
    if os.waitpid(child, 0)[1] == 0:
        return "a program that was written there runs"
    raise PermissionError(errno.EACCES, "it does not run")


def files(asked: Asked) -> str:
    """Write more than there is room for."""
    for number in range(4):
        with Path(tempfile.gettempdir(), f"large-{number}").open("wb") as file:
            for _ in range(asked["files_mb"]):
                file.write(BLOCK)
    return f"{4 * asked['files_mb']} MB were written, asked for are {asked['files_mb']} MB"


def inodes(_asked: Asked) -> str:
    """Make files without end."""
    folder = Path(tempfile.mkdtemp())
    for number in range(5_000):
        (folder / str(number)).touch()
    return "5000 files were made"


def forks(asked: Asked) -> str:
    """Make more processes than allowed."""
    most, children = asked["processes"] + 40, []
    try:
        for _ in range(most):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"{most} processes were made, asked for are {asked['processes']}"


def memory(asked: Asked) -> str:
    """Use more memory than allowed."""
    kept = [bytearray(b"\1" * len(BLOCK)) for _ in range(asked["memory_mb"] + 256)]
    return f"{len(kept)} MB were used, asked for are {asked['memory_mb']} MB"


def memory_in_all(asked: Asked) -> str:
    """Use more memory than allowed, of a kind that only a limit of the whole sandbox sees."""
    count = asked["memory_mb"] + 256
    with mmap.mmap(-1, count * len(BLOCK)) as shared:
        for _ in range(count):
            shared.write(BLOCK)
    return f"{count} MB were used together, asked for are {asked['memory_mb']} MB"


ATTEMPTS: dict[str, Callable[[Asked], str]] = {
    "tcp_outside": tcp_outside,
    "tcp_host": tcp_host,
    "unix_host": unix_host,
    "dns": dns,
    "vsock": vsock,
    "packet": packet,
    "engine": engine,
    "ptrace": ptrace,
    "read_memory": read_memory,
    "mount": mount,
    "unshare": unshare,
    "io_uring": io_uring,
    "keyctl": keyctl,
    "add_key": add_key,
    "bpf": bpf,
    "perf": perf,
    "userfaultfd": userfaultfd,
    "host_file": host_file,
    "host_environment": host_environment,
    "writes": writes,
    "executes": executes,
    "files": files,
    "inodes": inodes,
    "forks": forks,
    "memory": memory,
    "memory_in_all": memory_in_all,
}


def attempt(name: str, asked: Asked) -> dict[str, Any]:
    """Try one thing in a process of its own; return ``done``, ``errno``, ``detail``, and the ``signal`` that ended it.

    `detail` says so when it does not come to an end.
    """
    receiver, sender = os.pipe()
    folder = tempfile.mkdtemp()
    child = os.fork()
    if child == 0:
        os.close(receiver)
        tempfile.tempdir = folder
        _report(name, asked, sender)
    os.close(sender)
    said, in_time = _all_of(receiver, time.monotonic() + SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(receiver)
    # room for the next attempt
    shutil.rmtree(folder, ignore_errors=True)
    if not in_time:
        return {"done": False, "errno": 0, "detail": f"it does not end within {SECONDS} s", "signal": 0}
    if not said:
        return {"done": False, "errno": 0, "detail": "", "signal": max(-code, 0)}
    found: dict[str, Any] = json.loads(said)
    return found


def _report(name: str, asked: Asked, sender: int) -> NoReturn:
    said: dict[str, Any] = {"done": False, "errno": 0, "detail": "", "signal": 0}
    try:
        said |= {"done": True, "detail": ATTEMPTS[name](asked)}
    except OSError as error:
        said |= {"errno": error.errno or 0, "detail": str(error.strerror or error)}
    except MemoryError:
        said |= {"errno": errno.ENOMEM, "detail": "no more memory is given"}
    except BaseException as error:  # noqa: BLE001 - an attempt that does not work says so, and is not taken for a refusal
        said |= {"detail": f"{type(error).__name__}: {error}"}
    with contextlib.suppress(OSError):
        os.write(sender, json.dumps(said).encode()[:4000])
    os._exit(0)


def _all_of(receiver: int, deadline: float) -> tuple[bytes, bool]:
    """Return what was said, and whether that was all."""
    parts: list[bytes] = []
    while select.select([receiver], [], [], max(deadline - time.monotonic(), 0.0))[0]:
        part = os.read(receiver, 4096)
        if not part:
            return b"".join(parts), True
        parts.append(part)
    return b"".join(parts), False


def _call(name: str, *arguments: Any) -> int:
    if name not in NUMBERS:
        raise OSError(errno.ENOSYS, f"the number of this call on {platform.machine()} is not known")
    library = ctypes.CDLL(None, use_errno=True)
    result: int = library.syscall(ctypes.c_long(NUMBERS[name]), *map(_word, arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _word(argument: Any) -> Any:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _first(paths: list[Path], secret: str, otherwise: OSError) -> str:
    for path in paths:
        with contextlib.suppress(OSError):
            if secret.encode() in path.read_bytes():
                return f"{path} can be read"
    raise otherwise


def _carry_out(_bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    return {"value": {name: attempt(name, operation["asked"]) for name in operation["names"]}}


OPERATIONS = {"attempt": _carry_out}
