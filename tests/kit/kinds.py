"""The kinds of sandboxes, and what each of them cannot hold."""

from __future__ import annotations

import sys

import pytest

MARKS = {
    "process": [pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")],
    "bubblewrap": [pytest.mark.bubblewrap],
    "docker": [pytest.mark.docker],
    "podman": [pytest.mark.podman, pytest.mark.xdist_group("podman")],
}
# a child process has the rights of its user, sees what he sees and may do what he may
CANNOT = {
    "process": {
        "nobody", "system calls", "network", "other folders", "programs", "machine", "environment", "processes", "files", "alone",
    },
    "bubblewrap": {"programs"},
    "docker": set(),
    "podman": set(),
}  # fmt: skip


def holding(what: str) -> pytest.MarkDecorator:
    """Return the mark of a test that every kind of sandbox must pass but for those that cannot hold it."""
    kinds = [pytest.param(kind, marks=marks) for kind, marks in MARKS.items() if what not in CANNOT[kind]]
    return pytest.mark.parametrize("launcher", kinds, indirect=True)
