"""Where the review listens, and what it says where it cannot."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from grader.cli import main
from grader.errors import AuthorError
from grader.web.listening import addresses_of, listening


def test_a_port_that_is_taken_is_named() -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with (
            pytest.raises(AuthorError, match=f"--port {port}: another program listens there"),
            listening("127.0.0.1", port),
        ):
            pass


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AuthorError, match=r"--host 192\.0\.2\.1: cannot be listened at"), listening("192.0.2.1", 0):
        pass


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(AuthorError, match="cannot be listened at"), listening("127.0.0.1", 70_000):
        pass


def test_what_listens_takes_connections_at_once() -> None:
    with listening("127.0.0.1", 0) as made, socket.create_connection(made.getsockname(), timeout=5):
        pass


def test_where_there_is_no_run_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path), "--port", "0", "--no-browser"]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_an_answer_does_not_wait_for_the_rest_of_a_packet() -> None:
    async def asked(listener: socket.socket) -> int:
        seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def come(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            option = socket.IPPROTO_TCP, socket.TCP_NODELAY
            seen.set_result(writer.get_extra_info("socket").getsockopt(*option))
            writer.close()

        async with await asyncio.start_server(come, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await seen
            writer.close()
            await writer.wait_closed()
        return found

    with listening("127.0.0.1", 0) as listener:
        assert asyncio.run(asked(listener)) == 1


def test_links_begin_with_the_address_that_others_can_use() -> None:
    assert addresses_of("127.0.0.1", 8765)[0].origin == "http://127.0.0.1:8765"
    assert [each.origin for each in addresses_of("192.0.2.1", 8765)] == ["http://192.0.2.1:8765"]
    assert [each.origin for each in addresses_of("127.0.0.1", 8765, "https://a.example")] == ["https://a.example"]
    with pytest.raises(AuthorError, match=r"--url a\.example: is no address"):
        addresses_of("127.0.0.1", 8765, "a.example")


def test_who_listens_everywhere_is_known_by_what_others_can_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def called(full: str, short: str, numbers: list[str]) -> None:
        monkeypatch.setattr("socket.getfqdn", lambda *_: full)
        monkeypatch.setattr("socket.gethostname", lambda: short)
        monkeypatch.setattr("socket.gethostbyname_ex", lambda name: (name, [], numbers))

    called("box.example.edu", "box", ["127.0.1.1", "192.0.2.1"])
    assert [each.authority for each in addresses_of("0.0.0.0", 80)] == ["box.example.edu", "box", "192.0.2.1"]
    called("localhost", "localhost", ["127.0.0.1"])
    with pytest.raises(AuthorError, match="give the address of this machine"):
        addresses_of("::", 80)
