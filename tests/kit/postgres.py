"""A PostgreSQL server for tests and benchmarks: made in a temporary folder, reached by a socket there, and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

# where Debian keeps the programs, which are not on the path
PLACES = "/usr/lib/postgresql/*/bin"
SECONDS = 60.0
USER = "grader"


@cache
def programs() -> Path | None:
    """Return the folder of the newest server that is installed, None where there is none."""
    folders = sorted(Path("/").glob(PLACES.lstrip("/")), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    folders += [Path(found).parent] if found else []
    return next((each for each in folders if (each / "initdb").exists()), None)


def problem() -> str:
    """Return why tests cannot use PostgreSQL on this machine, or an empty string when they can."""
    return "" if programs() else "there is no PostgreSQL server (Debian: apt-get install postgresql)"


@contextmanager
def server() -> Iterator[str]:
    """Start a server as somebody without rights, and give the URL of an empty database on it."""
    where = programs()
    assert where
    # the server refuses to run as root
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_open_to_all()))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        options = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **as_user}
        data = folder / "data"
        init = [where / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(init, check=True, capture_output=True, **options)  # type: ignore[call-overload]
        words = [where / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, **options)  # type: ignore[call-overload]
        try:
            _wait(where, folder, process)
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            process.terminate()
            process.wait(SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_to_all() -> Path:
    """Return a folder for temporary files that users without rights come to as well."""
    folders = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm")]
    return next(each for each in folders if all(above.stat().st_mode & stat.S_IXOTH for above in (each, *each.parents)))


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no user to run a server as")


def _wait(where: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while subprocess.run([where / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError((folder / "log").read_text(errors="replace"))
        time.sleep(0.1)
