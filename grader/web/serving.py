"""Serving the review: a socket on this machine, a server that ends with Ctrl-C, and a browser that is opened."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from grader.errors import AuthorError
from grader.runs import Children, Today
from grader.runs.answering import gather
from grader.runs.keeping import kept_book, refreshed
from grader.runs.kept_answers import Answers
from grader.text import printable
from grader.web import graders
from grader.web.app import application
from grader.web.doors import Doors
from grader.web.listening import addresses_of, is_loopback, listening
from grader.web.reviewing import Review, Who
from grader.web.watching import Watch

# what is still being answered when the review ends gets so many seconds
GRACE_SECONDS = 1
REQUESTS_AT_ONCE = 200
PLAIN = "What travels can be read on the way: nothing is encrypted. docs/instructors.md shows what to do about it."


@dataclass(frozen=True)
class Wanted:
    """What is to be served: the run in a folder, where, to whom.

    `host` and `port` are where it listens; `url` is the address at which browsers reach it, where that is another one, as
    behind a reverse proxy. `graders` is a file with a name on each line. `gradebook` and `rubric` are as for other commands.
    """

    folder: Path
    author: str
    host: str = "127.0.0.1"
    port: int = 0
    url: str = ""
    graders: Path | None = None
    gradebook: str | None = None
    rubric: Path | None = None


@dataclass(frozen=True)
class Served:
    """A review that is ready to be served: where it listens, who may come in, the application, and what to tell its owner."""

    listener: socket.socket
    doors: Doors
    review: Review
    app: Starlette
    told: tuple[str, ...] = ()


def serve(wanted: Wanted, *, tell: Callable[[str], None], opens: bool = True) -> None:
    """Serve a review until Ctrl-C. `tell` is given lines for whoever started it."""
    with reviewed(wanted, tell=tell) as served:
        doors = served.doors
        tell(f"The review of {wanted.folder} is at {doors.link(doors.token)}")
        for line in served.told:
            tell(line)
        tell("Ctrl-C ends it. Everything that is marked is saved at once.")
        if opens:
            threading.Thread(target=_open, args=(doors.link(doors.ticket()),), daemon=True).start()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                server_of(served.app).run([served.listener])
        finally:
            refreshed(wanted.folder)


@contextlib.contextmanager
def reviewed(wanted: Wanted, *, tell: Callable[[str], None] = lambda _line: None) -> Iterator[Served]:
    """Open a review, and a socket for it; AuthorError says what is in the way. `tell` is given lines on what takes long."""
    names = graders.read(wanted.graders) if wanted.graders else ()
    ensure_alone(wanted)
    today = Today(wanted.rubric)
    with listening(wanted.host, wanted.port) as listener, contextlib.ExitStack() as stack:
        with kept_book(wanted.folder, wanted.gradebook) as book:
            folders = [each.folder for place in book.to_mark() for each in book.answers(place.item, place.check)]
        _gather(wanted.folder, folders, today, tell)
        # before there are threads
        children = stack.enter_context(Children(today, partial(Today, wanted.rubric)))
        book = stack.enter_context(kept_book(wanted.folder, wanted.gradebook))
        who = Who(wanted.author)
        addresses = addresses_of(wanted.host, listener.getsockname()[1], wanted.url)
        tokens = book.set_graders(names, author=wanted.author) if names else {}
        doors = Doors(addresses, who, graders.known(book) if names else lambda _token: None)
        told = [
            *graders.links(doors, tokens, names),
            *([PLAIN] if not doors.is_secure and not is_loopback(wanted.host) else []),
        ]
        review = Review(wanted.folder, book, today, children, who, Watch(wanted.folder, book), Answers(wanted.folder))
        yield Served(listener, doors, review, application(review, doors), tuple(told))


def _gather(folder: Path, folders: Sequence[str], today: Today, tell: Callable[[str], None]) -> None:
    """Read what was answered where that is not kept yet, as in runs of earlier graders."""

    def done(count: int, of: int) -> None:
        if count == 1 or not count % 100:
            tell(f"Reading what was answered: {count} of {of}.")

    for name, why in gather(folder, folders, today, done=done).items():
        tell(f"{printable(name)}: what was written cannot be read: {why}")


def ensure_alone(wanted: Wanted) -> None:
    """Refuse to be reached from other machines by nobody in particular."""
    if wanted.graders is None and (wanted.url or not is_loopback(wanted.host)):
        option = f"--url {wanted.url}" if wanted.url else f"--host {wanted.host}"
        raise AuthorError(
            f"{option}: others could reach the review; say who may with --graders FILE, a file with a name on each line"
        )


def server_of(app: Starlette) -> uvicorn.Server:
    """Return a server for an application, which says nothing and ends soon when it is told to."""
    made = uvicorn.Server(
        uvicorn.Config(
            app,
            # a fault of ours is told in one line by the application
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            ws="none",
            limit_concurrency=REQUESTS_AT_ONCE,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    app.state.is_ending = lambda: made.should_exit
    return made


def _open(link: str) -> None:
    # where there is no browser, the address is printed
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(link)
