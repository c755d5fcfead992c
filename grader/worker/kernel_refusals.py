"""What a notebook may ask of Jupyter that is not done here: it is said, and the cell goes on."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from IPython.core.autocall import IPyAutocall

SHELL = "shell commands are not run here"
PACKAGES = "packages are not installed here: numpy and matplotlib are there"
NOBODY = "nobody is there to use this: it is left out"
CELL_SHELLS = (
    *("!", "bash", "sh", "script", "cmd", "perl", "ruby", "pypy", "python", "python2", "python3"),
    *("sx", "system"),
)
LINE_SHELLS = ("sx", "system", "sc", "killbgscripts")
PACKAGE_TOOLS = ("pip", "conda", "mamba", "micromamba", "uv")
NEEDS_SOMEBODY = ("debug", "edit", "ed", "qtconsole", "connect_info", "pdb", "gui", "load", "subshell")


def refuse_shell() -> None:
    """Say that shell commands are not run."""
    print(SHELL)


def leave_out(why: str) -> None:
    """Say what is not done, and why."""
    print(f"left out: {why}")


def lay_over(shell: Any) -> None:
    """Take the place of magics and functions that reach beyond the notebook."""
    for name in CELL_SHELLS:
        shell.register_magic_function(_saying(SHELL), "cell", name)
    for name in LINE_SHELLS:
        shell.register_magic_function(_saying(SHELL), "line", name)
    for name in PACKAGE_TOOLS:
        shell.register_magic_function(_saying(PACKAGES), "line", name)
    for name in NEEDS_SOMEBODY:
        shell.register_magic_function(_saying(NOBODY), "line", name)
    for names in (shell.user_ns, shell.user_ns_hidden):
        names["exit"] = names["quit"] = Leave()  # type: ignore[no-untyped-call, unused-ignore]
    warnings.filterwarnings("ignore", message="To exit: use")
    sys.breakpointhook = _saying(NOBODY)


class Leave(IPyAutocall):
    """Ends the cell, with or without parentheses."""

    rewrite = False

    def __call__(self, *_: object) -> NoReturn:
        raise SystemExit

    def __repr__(self) -> str:
        return "exit() ends the cell"


def _saying(text: str) -> Callable[..., None]:
    def refuse(*_args: object, **_kwargs: object) -> None:
        print(text)

    return refuse
