"""What notebooks that were written on other hosts ask of these: Colab's modules, and folders that are not here."""

from __future__ import annotations

import builtins
import functools
import os
import types
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from grader.worker.old_numbers import give

NOT_HERE = "this is not Colab: nothing is done here"


class Uploaded(dict[str, bytes]):
    """What ``files.upload()`` returns: nothing was chosen, and a file that is asked for is read from beside the notebook."""

    def __missing__(self, name: str) -> bytes:
        content = self[name] = Path(PurePosixPath(name).name).read_bytes()
        return content


def _say(*_given: Any, **_named: Any) -> None:
    print(NOT_HERE)


def _upload(*_given: Any, **_named: Any) -> Uploaded:
    print(NOT_HERE)
    return Uploaded()


def _empty(*_given: Any, **_named: Any) -> str:
    print(NOT_HERE)
    return ""


def _package(module: Any) -> None:
    """Fill a package whose modules are all there is to it."""


def _drive(module: Any) -> None:
    give(module, mount=_say, flush_and_unmount=_say)


def _files(module: Any) -> None:
    give(module, upload=_upload, download=_say, view=_say)


def _output(module: Any) -> None:
    give(module, clear=_say, eval_js=_empty, register_callback=_say, no_vertical_scroll=_say)
    give(module, enable_custom_widget_manager=_say, disable_custom_widget_manager=_say)


def _auth(module: Any) -> None:
    give(module, authenticate_user=_say)


def _userdata(module: Any) -> None:
    give(module, get=_empty)


def _patches(module: Any) -> None:
    give(module, cv2_imshow=_say)


def _data_table(module: Any) -> None:
    give(module, enable_dataframe_formatter=_say, disable_dataframe_formatter=_say)


PARTS = {
    "drive": _drive,
    "files": _files,
    "output": _output,
    "auth": _auth,
    "userdata": _userdata,
    "patches": _patches,
    "data_table": _data_table,
}


def _colab(module: Any) -> None:
    for name, fill in PARTS.items():
        part = types.ModuleType(f"{module.__name__}.{name}")
        fill(part)
        setattr(module, name, part)


GONE = {
    "google": _package,
    "google.colab": _colab,
    **{f"google.colab.{name}": fill for name, fill in PARTS.items()},
}


def stay_in(folder: Path) -> None:
    """Let a change to a folder outside of `folder` do nothing, and files of other hosts be those beside the notebook."""
    _stay(folder.resolve())
    _look_beside()


def _stay(folder: Path) -> None:
    original = os.chdir  # noqa: TID251 - the student's code calls it

    @functools.wraps(original)
    def chdir(path: Any) -> None:
        try:
            inside = Path(path).resolve().is_relative_to(folder)
        except (TypeError, ValueError, OSError):
            inside = True
        if inside:
            original(path)
        else:
            print(f"the folder {path} is not here: the notebook stays where it is")

    os.chdir = chdir  # noqa: TID251


def _look_beside() -> None:
    original = builtins.open

    @functools.wraps(original)
    def open_(file: Any, *given: Any, **named: Any) -> Any:
        try:
            return original(file, *given, **named)
        except FileNotFoundError:
            mode = str(given[0] if given else named.get("mode", "r"))
            beside = None if set(mode) & set("wax+") else beside_notebook(file)
            if beside is None:
                raise
        return original(beside, *given, **named)

    builtins.open = open_


def beside_notebook(file: Any) -> str | None:
    """Return the file beside the notebook that a path to another machine or folder ends in; None where there is none."""
    if not isinstance(file, str | os.PathLike):
        return None
    path = str(file)
    parts = (PureWindowsPath if "\\" in path else PurePosixPath)(path).parts
    ends = (Path(*parts[first:]) for first in range(1, len(parts)))
    return next((str(end) for end in ends if end.is_file()), None)
