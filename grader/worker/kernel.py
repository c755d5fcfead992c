"""A Jupyter kernel in this very process: what a notebook makes stays within reach when its last cell is through."""

from __future__ import annotations

# of what it is built upon, little is typed
# mypy: disable-error-code="no-untyped-call, union-attr, assignment, override, misc"
import asyncio
import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zmq

# the debugger is of no use here; it would take its time and warn about itself
_NO_DEBUGGER = types.ModuleType("ipykernel.debugger")
vars(_NO_DEBUGGER).update(_is_debugpy_available=False, Debugger=object)
sys.modules["ipykernel.debugger"] = _NO_DEBUGGER

from ipykernel.inprocess.blocking import BlockingInProcessKernelClient  # noqa: E402
from ipykernel.inprocess.constants import INPROCESS_KEY  # noqa: E402
from ipykernel.inprocess.ipkernel import InProcessInteractiveShell, InProcessKernel  # noqa: E402
from ipykernel.inprocess.socket import DummySocket  # noqa: E402
from IPython.core import interactiveshell  # noqa: E402
from IPython.core.compilerop import CachingCompiler  # noqa: E402
from IPython.core.error import StdinNotImplementedError, UsageError  # noqa: E402
from jupyter_client.session import Session  # noqa: E402
from traitlets import Instance, Type, default  # noqa: E402
from traitlets.config import Config  # noqa: E402

from grader.worker import absent, hosts, kernel_figures, kernel_refusals  # noqa: E402
from grader.worker.alarm import Overtime  # noqa: E402
from grader.worker.kernel_interrupts import KERNEL, OURS  # noqa: E402
from grader.worker.kernel_outputs import Outputs  # noqa: E402
from grader.worker.kernel_streams import Stream  # noqa: E402
from grader.worker.problems import CELL  # noqa: E402

LOADS = ("load_ext", "reload_ext")
NO_INPUT = "nobody is there to answer: input() is not possible here"
IDLE_SECONDS = 3.0
CHAIN_LIMIT = 50


class CellCompiler(CachingCompiler):
    """Names the code of a cell after its place in the notebook."""

    cell = ""
    parts = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return ``<cell 3>``, and ``<cell 3.1>`` for code that a magic of the cell runs."""
        CellCompiler.parts += 1
        return f"{self.cell}>" if self.parts == 1 else f"{self.cell}.{self.parts - 1}>"

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        """Return what a traceback calls it."""
        return ("cell", name[len(CELL) :].partition(">")[0].partition(".")[0]) if name.startswith(CELL) else None


class Shell(InProcessInteractiveShell):
    """The shell of the kernel, for code that nobody sits in front of."""

    def system(self, cmd: str) -> None:
        kernel_refusals.refuse_shell()

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        kernel_refusals.refuse_shell()
        return self.getoutput_of_nothing(split=split)

    @staticmethod
    def getoutput_of_nothing(*, split: bool) -> Any:
        """Return what a command gives that prints nothing."""
        from IPython.utils.text import SList

        return SList() if split else ""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic as Jupyter does; one that is not here, or that cannot be used so, says so and stops nothing."""
        if magic_name == "run":
            line = hosts.beside_notebook(line.strip().strip("\"'")) or line
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except UsageError as error:
            kernel_refusals.leave_out(str(error))
        except ImportError as error:
            if magic_name not in LOADS:
                raise
            kernel_refusals.leave_out(str(error))
        return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a magic of a whole cell; one that is not here says so, and the cell does nothing."""
        try:
            return super().run_cell_magic(magic_name, line, cell)
        except UsageError as error:
            kernel_refusals.leave_out(str(error))
        return None

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Show figures in the notebook, whatever window was asked for."""
        kernel_figures.limit()
        return super().enable_matplotlib("inline")

    def enable_gui(self, gui: Any = None) -> None:
        self.active_eventloop = None

    def ask_exit(self) -> None:
        raise SystemExit

    def safe_execfile_ipy(self, fname: Any, shell_futures: bool = False, raise_exceptions: bool = False) -> None:
        """Run the code cells of another notebook, for ``%run other.ipynb``, until one of them fails."""
        notebook = json.loads(Path(fname).read_text(encoding="utf-8-sig"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and not self.run_cell("".join(cell["source"]), silent=True).success:
                return

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        kind, value, traceback = super()._get_exc_info(exc_tuple)
        traceback = without_ours(traceback)
        if isinstance(value, Overtime):
            return KeyboardInterrupt, KeyboardInterrupt(), traceback
        for error in _chain(value):
            error.__traceback__ = without_ours(error.__traceback__)
        return kind, value, traceback


class NoThread:
    """Stands for the thread that a kernel in its own process has, and that is asked about when a cell awaits something."""

    parent_thread = None

    def __bool__(self) -> bool:
        return False


class Socket(DummySocket):
    """Copies what is sent: to share it, zmq would start a thread, which fails where memory is short and ends the process."""

    def send_multipart(self, msg_parts: Any, flags: int = 0, copy: bool = True, track: bool = False) -> None:
        self.queue.put_nowait([zmq.Frame(bytes(part), copy=True) for part in msg_parts])
        self.message_sent += 1


class Kernel(InProcessKernel):
    """The kernel; nothing is read from the user's profile."""

    shell_class = Type(Shell)
    compiler_class = Type(CellCompiler)
    shell_channel_thread = NoThread()
    _supports_kernel_subshells = False
    _underlying_iopub_socket = Instance(Socket, ())
    shell_stream = Instance(Socket, ())

    @default("stdout")
    def _default_stdout(self) -> Stream:
        return Stream(self.session, self.iopub_thread, "stdout", watchfd=False)

    @default("stderr")
    def _default_stderr(self) -> Stream:
        return Stream(self.session, self.iopub_thread, "stderr", watchfd=False)

    async def execute_request(self, stream: Any, ident: Any, parent: Any) -> None:
        task = asyncio.current_task()
        if task is not None:
            task.set_name(KERNEL)
        await super().execute_request(stream, ident, parent)

    def raw_input(self, prompt: Any = "") -> str:
        raise StdinNotImplementedError(NO_INPUT)

    def getpass(self, prompt: Any = "", stream: Any = None) -> str:
        raise StdinNotImplementedError(NO_INPUT)


class Host:
    """The kernel of a session and what is needed to talk to it."""

    def __init__(self) -> None:
        self.outputs = Outputs()
        self.result: Any = None
        self.request = ""
        session = Session(key=INPROCESS_KEY)
        self.kernel = Kernel(session=session, config=Config(HistoryManager={"enabled": False}))
        self.client = BlockingInProcessKernelClient(kernel=self.kernel, session=session)
        self.client.start_channels()
        self.client.iopub_channel.call_handlers = self.outputs.take
        self.shell = self.kernel.shell
        self.shell.colors = "nocolor"
        self.shell.InteractiveTB.set_mode("Plain")
        self.shell.events.register("post_run_cell", self._note)
        self.shell.ast_transformers.append(absent.Changed())
        # what cells call open
        vars(interactiveshell)["io_open"] = open
        kernel_refusals.lay_over(self.shell)
        kernel_figures.show_inline(self.shell)

    def execute(self, source: str, number: int) -> None:
        """Run a cell to its end and gather what it shows; `result` tells how it ended."""
        CellCompiler.cell, CellCompiler.parts = f"{CELL}{number}", 0
        self.outputs.begin()
        self.result, self.request = None, ""
        kernel_figures.begin()
        self.request = self.client.execute(source, allow_stdin=False)

    def settle(self) -> None:
        """Wait for the last outputs of the cell."""
        if self.request:
            self.outputs.wait(self.request, IDLE_SECONDS)
        self.client.shell_channel.get_msgs()
        waiting = self.kernel.shell_stream.queue
        while not waiting.empty():  # the answer to a request that broke off
            waiting.get_nowait()

    def error(self) -> BaseException | None:
        """Return what ended the cell."""
        found: BaseException | None = getattr(self.result, "error_before_exec", None) or getattr(
            self.result, "error_in_exec", None
        )
        return found

    def _note(self, result: Any) -> None:
        # a magic may have run code of the cell, and failed, before the cell itself was through
        if self.error() is None:
            self.result = result


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield what an exception came of, itself left out."""
    cause = error.__cause__ or error.__context__
    for _ in range(CHAIN_LIMIT):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def without_ours(traceback: types.TracebackType | None) -> types.TracebackType | None:
    """Return a traceback without the steps through code of ours, which is nothing to the student."""
    steps = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(OURS):
            steps.append(traceback)
        traceback = traceback.tb_next
    kept: types.TracebackType | None = None
    for step in reversed(steps):
        kept = types.TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return kept
