"""Writing a file so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grader.errors import AuthorError

# what the system says where there is no room; not every system has all of these
FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
# tempfile puts eight characters after the prefix
_TEMPORARY = "." + "[a-z0-9_]" * 8


def sweep(path: Path) -> None:
    """Remove what writers of `path` that were killed have left beside it; AuthorError when that cannot be done."""
    try:
        for left in path.parent.glob(f".{glob.escape(path.name)}{_TEMPORARY}"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise AuthorError(f"{path.parent}: cannot be cleared ({error.strerror}); choose another --out") from error


def write(path: Path, data: bytes | str, *, durable: bool = True) -> None:
    """Write `data` (text as UTF-8) to `path` through a temporary file beside it; AuthorError when that cannot be done.

    It is `durable` when it has reached the disk before it takes its place.
    """
    with writing(path, durable=durable) as file:
        file.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def writing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """Give a file to write piece by piece, which takes the place of `path` at the end; otherwise as `write`."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException as error:
        # Ctrl-C too must leave nothing half-written
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise refusal(path, error) from error


def refusal(path: Path, error: OSError) -> AuthorError:
    """Return what to say of a file that cannot be written: what is in the way, and what to do."""
    in_the_way = next((each for each in path.parents if each.is_file()), None)
    if in_the_way:
        return AuthorError(f"{in_the_way}: is a file, and a folder is needed there; choose another --out")
    todo = "free some space or choose" if error.errno in FULL else "choose"
    return AuthorError(f"{path}: cannot be written ({error.strerror or error}); {todo} another --out")
