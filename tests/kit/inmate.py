"""A submission that looks at what it sits in: what it may see, ask of the kernel, use up and leave behind."""

from __future__ import annotations

from typing import Any

from grader.sandbox import Session
from grader.sandbox import operations as op
from kit.asking import submission

MLP = """
import ctypes
import glob
import mmap
import os
import resource
import socket
import time

class MLP:
    def who(self):
        return [os.getuid(), os.getgid()]

    def status(self, name):
        with open("/proc/self/status") as file:
            return [int(line.split()[1], 16) for line in file if line.startswith(name + ":")][0]

    def interfaces(self):
        with open("/proc/net/dev") as file:
            return [line.split(":")[0].strip() for line in file.readlines()[2:]] == ["lo"]

    def asks(self, *numbers):
        library = ctypes.CDLL(None, use_errno=True)
        library.syscall(*map(int, numbers), 0, 0, 0, 0)
        return ctypes.get_errno()

    def opens(self, family):
        try:
            socket.socket(int(family), socket.SOCK_DGRAM, 0).close()
        except OSError as error:
            return error.errno
        return 0

    def connects(self):
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        except OSError as error:
            return str(error)

    def writes_beside(self, name):
        return self.writes(os.environ["TMPDIR"] + "/" + name)

    def writes(self, path):
        with open(path, "w") as file:
            file.write("x")
        return True

    def executes(self):
        program = os.environ["TMPDIR"] + "/program"
        with open(program, "w") as file:
            file.write("#!/bin/sh\\nexit 0\\n")
        os.chmod(program, 0o755)
        os.execv(program, ["program"])

    def forks(self):
        made = 0
        try:
            while made < 1000:
                if os.fork() == 0:
                    time.sleep(1000)
                    os._exit(0)
                made += 1
        except OSError:
            pass
        return made

    def fills(self):
        blocks = 0
        try:
            folder = os.environ["TMPDIR"]
            with open(folder + "/one", "wb") as one, open(folder + "/two", "wb") as two:
                while blocks < 1000:
                    one.write(bytes(2**19))
                    two.write(bytes(2**19))
                    blocks += 1
        except OSError:
            pass
        return blocks

    def shares(self):
        memory = mmap.mmap(-1, 2**30)
        for at in range(0, 2**30, 4096):
            memory[at] = 1
        return True

    def child_shares(self):
        child = os.fork()
        if child == 0:
            self.shares()
            os._exit(0)
        return os.waitpid(child, 0)[1]

    def limits(self):
        names = ("DATA", "AS", "FSIZE", "NOFILE", "CORE")
        return [resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0] for name in names]

    def secrets(self, *known):
        ours = {"PATH", "LANG", "HOME", "PWD", "TMPDIR", "HOSTNAME", "MPLBACKEND", "MPLCONFIGDIR"}
        return sorted(set(os.environ) - ours - set(known))

    def leaves(self):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
        os.wait()

    def processes(self):
        return sum(name.isdigit() for name in os.listdir("/proc"))

    def sees(self, path):
        return os.path.exists(path)

    def finds(self, word, *folders):
        paths = glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline")
        paths += [os.path.join(folder, name) for top in folders for folder, _, names in os.walk(top) for name in names]
        for path in paths:
            try:
                with open(path, "rb") as file:
                    if word.encode() in file.read():
                        return path
            except OSError:
                continue
        return "nowhere"

    def divides(self, megabytes):
        for _ in range(8):
            if os.fork() == 0:
                held = b"x" * int(megabytes * 2**20)
                time.sleep(1000)
        time.sleep(1000)

    def makes_files(self):
        for number in range(1000000):
            open("%s/%d" % (os.environ["TMPDIR"], number), "w").close()

    def runs(self, program):
        return os.system(program)
"""
FILES = submission(MLP).files
MADE = (op.load(), op.create("net", "mlp.MLP"))
# system calls by their numbers on x86-64, with a first argument
FORBIDDEN = [
    ("ptrace", (101, 0)),
    ("process_vm_readv", (310, 1)),
    ("process_vm_writev", (311, 1)),
    ("io_uring_setup", (425, 1)),
    ("add_key", (248, 0)),
    ("keyctl", (250, 0)),
    ("userfaultfd", (323, 0)),
    ("perf_event_open", (298, 0)),
    ("bpf", (321, 0)),
    ("mount", (165, 0)),
    ("umount2", (166, 0)),
    ("unshare into a new user namespace", (272, 0x10000000)),
    ("clone into a new user namespace", (56, 0x10000011)),
    ("setns", (308, 0)),
    ("open_by_handle_at", (304, 0)),
    ("pidfd_getfd", (438, 0)),
    ("landlock_create_ruleset", (444, 0)),
]


def number(ask: Session, method: str, *args: Any) -> Any:
    answer = ask.run(op.call("net", method, *args))[0]
    assert answer.problem is None
    return answer.value.tolist()
