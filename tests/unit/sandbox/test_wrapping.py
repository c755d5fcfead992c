"""Ending the processes of a sandbox, to the last one; that they can do nothing is for tests/conformance."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import wrapping

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap needs Linux")
WAIT = "import time; time.sleep(600)"


def test_a_descriptor_is_readable_once_there_is_something_to_read() -> None:
    read, write = os.pipe()
    assert not wrapping.is_readable(read)
    os.write(write, b"x")
    assert wrapping.is_readable(read)
    os.close(read)
    os.close(write)


def test_a_sandbox_is_ended_and_its_processor_time_told() -> None:
    process = subprocess.Popen([sys.executable, "-c", WAIT], stdin=subprocess.PIPE)
    inner = os.pidfd_open(process.pid)
    wrapping.kill(inner)
    used = wrapping.end(process, inner)
    assert used is not None
    assert used >= 0
    assert process.returncode == -signal.SIGKILL


def test_one_that_was_left_waiting_by_a_bwrap_that_was_killed_is_ended_and_no_other(tmp_path: Path) -> None:
    bwrap = tmp_path / wrapping.PROGRAM
    bwrap.symlink_to(sys.executable)
    # its leader ends at once, as a bwrap that is killed does; the second one leads its own session: that of the tests may
    # have lost its leader, too
    start = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid)"
    command = [str(bwrap), "-c", WAIT, wrapping.ENTRY]
    left = int(subprocess.check_output([sys.executable, "-c", start, *command], start_new_session=True))
    with subprocess.Popen(command, start_new_session=True) as kept:
        ended = wrapping.end_orphans()
        alive = kept.poll() is None
        kept.kill()
    assert left in ended
    assert alive
    assert kept.pid not in ended
