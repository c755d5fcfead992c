"""Serving the review: a socket on this machine, a server that ends with Ctrl-C, and a browser that is opened."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from grader.errors import AuthorError
from grader.runs import Children, Today
from grader.runs.keeping import kept_book
from grader.runs.kept_answers import Answers
from grader.web.app import application
from grader.web.doors import LOOPBACK, Address, Doors
from grader.web.reviewing import Review, Who

# what is still being answered when the review ends gets so many seconds
GRACE_SECONDS = 1
REQUESTS_AT_ONCE = 200


@dataclass(frozen=True)
class Served:
    """A review that is ready to be served: where it listens, who may come in, and the application."""

    listener: socket.socket
    doors: Doors
    review: Review
    app: ASGIApp


def serve(
    folder: Path,
    *,
    author: str,
    port: int,
    gradebook: str | None = None,
    rubric: Path | None = None,
    tell: Callable[[str], None],
    opens: bool = True,
) -> None:
    """Serve the review of the run in a folder until Ctrl-C. `tell` is given lines for whoever started it."""
    with reviewed(folder, author=author, port=port, gradebook=gradebook, rubric=rubric) as served:
        doors = served.doors
        tell(f"The review of {folder} is at {doors.link(doors.token)}")
        tell("Ctrl-C ends it. Everything that is marked is saved at once.")
        if opens:
            threading.Thread(target=_open, args=(doors.link(doors.ticket()),), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server_of(served.app).run([served.listener])


@contextlib.contextmanager
def reviewed(
    folder: Path, *, author: str, port: int = 0, gradebook: str | None = None, rubric: Path | None = None
) -> Iterator[Served]:
    """Open the review of the run in a folder, and a socket for it; AuthorError says what is in the way."""
    today = Today(rubric)
    with (
        listening("127.0.0.1", port) as listener,
        # before there are threads
        Children(today, partial(Today, rubric)) as children,
        kept_book(folder, gradebook) as book,
    ):
        who = Who(author)
        doors = Doors(tuple(Address("http", name, listener.getsockname()[1]) for name in LOOPBACK), who)
        review = Review(folder, book, today, children, who, Answers(folder))
        yield Served(listener, doors, review, application(review, doors))


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that listens; AuthorError says what to do where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as made:
        if os.name != "nt":
            # the port of a review that has just ended is free for the next one; on Windows, this would share it with others
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, port))
            made.listen(128)
        except (OSError, OverflowError) as error:
            raise AuthorError(_refusal(host, port, error)) from error
        yield made


def server_of(app: ASGIApp) -> uvicorn.Server:
    """Return a server for an application, which says nothing and ends soon when it is told to."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            ws="none",
            limit_concurrency=REQUESTS_AT_ONCE,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def _refusal(host: str, port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return (
            f"--port {port}: another program listens there, perhaps an earlier review; end it, or give another --port"
        )
    if number == errno.EACCES:
        return f"--port {port}: may not be used by you; give one from 1024 on"
    return f"--host {host}: cannot be listened at ({error}); give an address of this machine"


def _open(link: str) -> None:
    # where there is no browser, the address is printed
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(link)
