"""Attacks on the review without a browser: bytes that no browser would send, to the server that the command starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.web.doors import write_token
from grader.web.guarding import HEADER, LARGEST
from kit.reviewing import Running, answering, made_run, running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a review that is served."""
    with running(made_run(tmp_path_factory.mktemp("run") / "graded", [answering("ann", "The second.")])) as made:
        yield made


def raw(served: Running, *pieces: bytes) -> bytes:
    """Return what the server says to these bytes, until it has closed the connection."""
    port = served.served.listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        said = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            while part := connection.recv(2**16):
                said += part
        except ConnectionError:
            # who sends on is not listened to
            pass
        return said


def asked(served: Running, line: str, *headers: str) -> bytes:
    """Return a request with the cookie of the owner."""
    doors = served.served.doors
    cookie = doors.enter(doors.token)
    lines = [f"{line} HTTP/1.1", f"Host: {doors.addresses[0].authority}", f"Cookie: {doors.cookie}={cookie}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def test_the_request_is_one_that_the_owner_could_make(served: Running) -> None:
    assert raw(served, asked(served, "GET /help")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd", "/static/../../../../../etc/passwd", "/static/..%2f..%2f..%2fapp.py", "//etc/passwd",
        "/static//etc/passwd", "/static/%00", "/page/1/../../journal.jsonl", "/page/1/executed/..%2f..%2f..%2fgradebook.sqlite",
        "/page/1/executed/%2e%2e", "/picture/..%2f..%2fgradebook.sqlite", "/picture/%2fetc%2fpasswd", "/preview/..%2f1",
        "/submission/1%2f..%2f..", "file:///etc/passwd", "/static/..\\..\\app.py",
    ],
)  # fmt: skip
def test_no_path_leaves_the_table(served: Running, path: str) -> None:
    said = raw(served, asked(served, f"GET {path}"))
    assert said.split(b" ")[1] in (b"404", b"400", b"421"), said[:200]
    assert b"root:" not in said
    assert b"SQLite format" not in said


def test_two_hosts_are_no_host(served: Running) -> None:
    said = raw(served, asked(served, "GET /help", "Host: evil.example"))
    assert said.split(b" ")[1] in (b"400", b"421")


def test_an_address_in_the_first_line_is_no_way_around_the_host(served: Running) -> None:
    line = f"GET http://{served.served.doors.addresses[0].authority}/help"
    request = asked(served, line).replace(b"Host: 127.0.0.1", b"Host: evil.example")
    assert raw(served, request).startswith(b"HTTP/1.1 421")


def test_what_says_that_it_is_huge_is_not_waited_for(served: Running) -> None:
    origin = f"Origin: {served.url}"
    said = raw(served, asked(served, "POST /enter", origin, "Content-Length: 10000000000"), b"x" * 1000)
    assert said.startswith(b"HTTP/1.1 413")


def test_what_never_ends_is_cut(served: Running) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = asked(served, "POST /enter", f"Origin: {served.url}", "Transfer-Encoding: chunked")
    said = raw(served, head, *[chunk] * (LARGEST // 0x10000 + 4), b"0\r\n\r\n")
    # it may have closed the connection before what it said could be read
    assert said == b"" or said.startswith(b"HTTP/1.1 413")
    assert raw(served, asked(served, "GET /help")).startswith(b"HTTP/1.1 200")


def test_headers_without_end_are_cut(served: Running) -> None:
    said = raw(served, asked(served, "GET /help", *[f"X-{k}: {'y' * 1000}" for k in range(200)]))
    assert b" 200 " not in said[:20]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b'{"students": 1e999}', b'{"students": ["' + b"x" * 200_000 + b'"]}', b"\xff\xfe"],
)
def test_json_that_is_none_is_refused(served: Running, body: bytes) -> None:
    doors = served.served.doors
    cookie = doors.enter(doors.token)
    lines = (
        "POST /api/release HTTP/1.1",
        f"Host: {doors.addresses[0].authority}",
        f"Cookie: {doors.cookie}={cookie}",
        f"Origin: {served.url}",
        f"{HEADER}: {write_token(cookie)}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        "",
    )
    said = raw(served, "\r\n".join(lines).encode() + body)
    done = b'"done":0' in said.replace(b" ", b"")
    assert said.startswith(b"HTTP/1.1 400") or done, said[:300]


def test_nothing_of_the_run_was_changed(served: Running) -> None:
    book = served.served.review.book
    assert not any(each.released for each in book.ready())
    assert Path(served.served.review.folder, "gradebook.sqlite").is_file()
