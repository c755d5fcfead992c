"""Running the cells of a notebook: one operation a cell, on a kernel that lives as long as the session."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from grader.worker import kernel
from grader.worker.alarm import Overtime
from grader.worker.kernel_interrupts import MAGIC, Interruption, is_own_in
from grader.worker.operations import Bench
from grader.worker.problems import CELL, NAMELESS, SKIPPED, Refused, clean, of_exception, type_name

# of the room for answers, what pictures leave to others
RESERVED = 0.5


def _open_kernel(bench: Bench, _operation: dict[str, Any]) -> dict[str, Any]:
    files, bench.finder.files = bench.finder.files, {}
    alarms = {getattr(signal, "SIGALRM", None)} - {None}
    mask = getattr(signal, "pthread_sigmask", lambda *_: None)
    # threads of the kernel inherit this: an alarm is for the thread that runs the cells
    mask(getattr(signal, "SIG_BLOCK", 0), alarms)
    try:
        bench.session["kernel"] = kernel.Host()
        # for modules that a cell writes; those that were handed in are found before, and in place of nothing installed
        sys.path.append(bench.finder.folder)
    finally:
        mask(getattr(signal, "SIG_UNBLOCK", 0), alarms)
        bench.finder.files = files
    bench.session["pictures"] = bench.room * RESERVED
    return {}


def _cell(bench: Bench, operation: dict[str, Any]) -> dict[str, Any]:
    host = bench.session.get("kernel")
    if host is None:
        raise Refused(SKIPPED, "no cell can be run: the kernel could not be started")
    interruption = Interruption(is_own_in(bench.finder.folder, bench.places.own))
    escaped: BaseException | None = None
    bench.session["cell"] = operation["number"]
    try:
        bench.alarm.run_within(
            operation["limit"], interruption.ring, lambda: host.execute(operation["source"], operation["number"])
        )
    except BaseException as error:  # noqa: BLE001 - past the kernel itself
        escaped = error
    finally:
        interruption.reset()
    host.settle()
    outputs = host.outputs.finish(int(bench.session["pictures"]))
    for each in outputs:
        each["text"] = bench.places.without_paths(each["text"])
        each["rich"] = {kind: bench.places.without_paths(text) for kind, text in each["rich"].items()}
    used = sum(each["png"].nbytes for each in outputs if each["png"] is not None)
    bench.session["pictures"] -= used
    bench.room -= used
    cause = host.error() or escaped
    ended = _error(bench, cause, operation, interrupted=interruption.done or isinstance(cause, Overtime))
    return {"value": {"outputs": outputs, "error": ended, "figures": host.outputs.figures}}


def _error(
    bench: Bench, error: BaseException | None, operation: dict[str, Any], *, interrupted: bool
) -> dict[str, Any] | None:
    if interrupted:
        message = f"interrupted after {operation['limit']:.3g} s"
        return {"name": "KeyboardInterrupt", "message": message, **_place(bench, error, operation), "interrupted": True}
    if error is None:
        return None
    # numpy has one of its own
    name = "MemoryError" if isinstance(error, MemoryError) else type_name(error).rpartition(".")[2] or NAMELESS
    message = of_exception(error, bench.places)["message"].removeprefix(f"{name}: ")
    return {"name": name, "message": message, **_place(bench, error, operation), "interrupted": False}


def _place(bench: Bench, error: BaseException | None, operation: dict[str, Any]) -> dict[str, Any]:
    line, where, cell = 0, "", f"{CELL}{operation['number']}"
    traceback = error.__traceback__ if error else None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.startswith((f"{cell}>", f"{cell}.")):
            line, where = traceback.tb_lineno, ""
            line += name != f"{cell}>"  # below the line with the magic
        elif name in MAGIC:
            line, where = traceback.tb_lineno + 1, ""
        elif file := _file(bench, name):
            inside = traceback.tb_frame.f_code.co_name
            where = f"{file} line {traceback.tb_lineno}" + ("" if inside.startswith("<") else f", in {inside}")
        traceback = traceback.tb_next
    if isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        if str(error.filename).startswith(cell):
            line = error.lineno
        elif file := _file(bench, str(error.filename)):
            where = f"{file} line {error.lineno}"
    if line:  # IPython leaves empty lines at the top out
        source = operation["source"]
        line += source[: len(source) - len(source.lstrip())].count("\n")
    return {"line": line, "where": clean(where, 120)}


def _file(bench: Bench, name: str) -> str:
    """Return the name of a student's file as it was handed in, or nothing."""
    if name in bench.places.own:
        return name
    folder = Path(bench.finder.folder)
    return Path(name).relative_to(folder).as_posix() if folder in Path(name).parents else ""


OPERATIONS = {"open_kernel": _open_kernel, "cell": _cell}
