"""The commands: one file each, with its options beside what it does, imported when it is called."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from grader.blas import in_one_thread
from grader.cli import options
from grader.errors import AuthorError, HarnessError, IntakeError

GRADED, UNSETTLED, WRONG, UNDER, STOPPED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
# what is imported stays: to look through it for garbage, again and again, costs a tenth of a short run
LOOK_AFTER = 100_000


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line (that of the process when none is given) and return its exit status."""
    _open_streams()
    if argv is None:
        # this process is ours alone
        gc.set_threshold(LOOK_AFTER)
        in_one_thread()
    words = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in words if word in options.COMMANDS), "")
    arguments = options.parser(chosen).parse_args(words)
    try:
        status: int = import_module(f"{__name__}.{arguments.command}").run(arguments)
        sys.stdout.flush()
    except (AuthorError, HarnessError) as error:
        _complain(str(error), arguments)
        return UNSETTLED if isinstance(error, IntakeError | HarnessError) else WRONG
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # whoever read our output has gone: there is nobody to tell
        return PIPE_CLOSED
    except OSError as error:
        _complain(f"{error.filename or 'standard output'}: {error.strerror or error}", arguments)
        return WRONG
    except Exception as error:  # noqa: BLE001  the last line: nobody meets a traceback unasked
        _complain(f"this is a fault of the grader: {type(error).__name__}: {error}; run again with --debug", arguments)
        return UNSETTLED
    return status


def _open_streams() -> None:
    """Make sure that there is somewhere to write, and that no name can be too much for it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  open to the very end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(message: str, arguments: argparse.Namespace) -> None:
    from grader.text import printable

    with contextlib.suppress(OSError):  # where even this cannot be written, the exit status says it
        if getattr(arguments, "debug", False):
            traceback.print_exc()
        print(f"mlpgrader: {printable(message, newlines=True)}", file=sys.stderr)
