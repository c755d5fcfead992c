"""Keeping two graders apart that would write into the folder of one run."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from grader import atomic
from grader.errors import AuthorError


@contextmanager
def locked(path: Path, holder: Callable[[], str]) -> Iterator[None]:
    """Hold the lock in the file `path`; AuthorError, with what `holder` knows of the other one, when it is held already.

    It is the system's lock on an open file: one that was held by a process that was killed is free.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout:
        who = f" ({known})" if (known := holder()) else ""
        raise AuthorError(
            f"{path.parent}: another grader is writing there{who}; wait until it is done, or choose another --out"
        ) from None
    except OSError as error:
        raise atomic.refusal(path, error) from error
    except NotImplementedError as error:
        raise AuthorError(f"{path}: cannot be locked ({error}); choose another --out") from error
    try:
        yield
    finally:
        lock.release()


def myself() -> str:
    """Return who this process is, to people who have to find it."""
    return f"process {os.getpid()} on {platform.node()}, since {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
