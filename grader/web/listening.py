"""Where the review listens: a socket, and the addresses at which browsers reach it."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
from collections.abc import Iterator

from grader.errors import AuthorError
from grader.web.doors import LOOPBACK, Address

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  only whoever has a link gets in


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def addresses_of(host: str, port: int, url: str = "") -> tuple[Address, ...]:
    """Return the addresses at which browsers reach the review, the one for links first; AuthorError for a `url` that is none."""
    if url:
        try:
            return (Address.of(url),)
        except ValueError as error:
            raise AuthorError(f"--url {url}: is no address; write it as https://marking.example.edu") from error
    if is_loopback(host):
        names = dict.fromkeys([f"[{host}]" if ":" in host else host, *LOOPBACK])
        return tuple(Address("http", name, port) for name in names)
    if host in ANYWHERE:
        named = dict.fromkeys([socket.getfqdn().lower(), socket.gethostname().lower(), *_numbers()])
        found = tuple(Address("http", name, port) for name in named if not is_loopback(name))
        if not found:
            raise AuthorError(
                f"--host {host}: how others call this machine is not known; give the address of this machine"
            )
        return found
    return (Address("http", f"[{host}]" if ":" in host else host.lower(), port),)


def _numbers() -> list[str]:
    """Return the addresses of this machine, as far as its name leads to them."""
    with contextlib.suppress(OSError):
        return socket.gethostbyname_ex(socket.gethostname())[2]
    return []


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that listens; AuthorError says what to do where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # where the protocol is not named, asyncio lets each answer wait 40 ms for more to send with it
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as made:
        if os.name != "nt":
            # the port of a review that has just ended is free for the next one; on Windows, this would share it with others
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, port))
            made.listen(128)
        except (OSError, OverflowError) as error:
            raise AuthorError(_refusal(host, port, error)) from error
        yield made


def _refusal(host: str, port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return (
            f"--port {port}: another program listens there, perhaps an earlier review; end it, or give another --port"
        )
    if number == errno.EACCES:
        return f"--port {port}: may not be used by you; give one from 1024 on"
    return f"--host {host}: cannot be listened at ({error}); give an address of this machine"
