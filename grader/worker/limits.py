"""What the worker and everything below it may use at most, and whether that is still as it was."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

PREFIX = "RLIMIT_"


def lay_on(settings: Mapping[str, Any]) -> None:
    """Limit memory, files and whatever else this system can limit, for this process and all that it starts."""
    if sys.platform == "win32":
        return
    import resource

    memory, files = settings["memory_mb"] * 2**20, settings["files_mb"] * 2**20
    # private writable memory is what students use up; address space needs room for libraries besides; the number of
    # processes is left alone: that limit counts all processes of the user, also those outside the sandbox
    wanted = {
        "RLIMIT_DATA": memory,
        "RLIMIT_AS": memory + 2**30,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": files,
        "RLIMIT_NOFILE": 256,
    }
    for name, value in wanted.items():
        try:
            number = getattr(resource, name)
            most = resource.getrlimit(number)[1]
            least = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(number, (least, least))
        except (AttributeError, ValueError, OSError):  # not every system has every limit
            continue
    if hasattr(signal, "SIGXFSZ"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def standing() -> tuple[Any, ...]:
    """Return the limits, the priority and the processors of this process as they are, to be compared later.

    A process may change them for any other one of its user, where nothing refuses that.
    """
    if sys.platform == "win32":
        return ()
    import resource

    numbers = {getattr(resource, name) for name in dir(resource) if name.startswith(PREFIX)}
    limits = [resource.getrlimit(number) for number in sorted(numbers)]
    asked = ("sched_getscheduler", "sched_getparam", "sched_getaffinity")
    scheduled = [getattr(os, name)(0) for name in asked if hasattr(os, name)]
    return (*limits, os.getpriority(os.PRIO_PROCESS, 0), *scheduled)
