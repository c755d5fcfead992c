"""Taking hold of functions that a notebook has defined: an operation of the worker, which this module is a plugin of."""

from __future__ import annotations

from typing import Any


def _take(bench: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """Hold the callables of the notebook that have one of the `names`, in whatever case and with whatever underscores."""
    host = bench.session.get("kernel")
    wanted = {_plain(name): name for name in operation["names"]}
    found: dict[str, str] = {}
    for name, value in list(host.shell.user_ns.items()):
        meant = wanted.get(_plain(name)) if type(name) is str else None
        # the one that is spelt exactly so is taken, else the one that was defined last
        if meant is None or found.get(meant) == meant or not callable(value):
            continue
        found[meant] = name
        bench.held[meant] = value
    return {"value": found}


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


OPERATIONS = {"take_functions": _take}
