"""Looking at a page in a real Chromium, from outside of it: what ran, what was asked for, how wide it is."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
)  # fmt: skip
ASK = """JSON.stringify({
    title: document.title,
    words: document.body.innerText.length,
    owned: document.documentElement.outerHTML.includes('data-owned'),
    wide: document.documentElement.scrollWidth - window.innerWidth,
})"""


@dataclass(frozen=True)
class Seen:
    """A page as the browser shows it: its title, characters of text, pixels wider than the window, and what it asked for.

    `owned` says whether a script of somebody else's left its mark, `dialogs` what was popped up.
    """

    title: str
    words: int
    wide: int
    owned: bool
    requests: tuple[str, ...]
    dialogs: tuple[str, ...]


@contextlib.contextmanager
def browser() -> Iterator[int]:
    """Give the port of a browser that can be asked."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(BROWSER), *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            told = Path(profile, "DevToolsActivePort")
            stop = time.monotonic() + 60
            while not (told.is_file() and told.read_text(encoding="ascii")) and time.monotonic() < stop:
                time.sleep(0.05)
            yield int(told.read_text(encoding="ascii").split()[0])
        finally:
            process.kill()
            process.wait()


def look(port: int, page: Path, *, width: int = 1280) -> Seen:
    """Open a page in a window of `width` pixels and wait a moment for whatever it may do."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    return asyncio.run(_look(address, page.as_uri(), width))


async def _look(address: str, page: str, width: int) -> Seen:
    connection = await websocket_connect(address, max_message_size=2**27)
    numbers = itertools.count(1)
    events: list[dict[str, Any]] = []

    async def ask(method: str, **parameters: Any) -> dict[str, Any]:
        number = next(numbers)
        await connection.write_message(json.dumps({"id": number, "method": method, "params": parameters}))
        return await _answer(connection, number, events)

    for domain in ("Page", "Network", "Runtime"):
        await ask(f"{domain}.enable")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    await ask("Emulation.setDeviceMetricsOverride", **size)
    await ask("Page.navigate", url=page)
    stop = time.monotonic() + 60
    while not any(each["method"] == "Page.loadEventFired" for each in events) and time.monotonic() < stop:
        await ask("Runtime.evaluate", expression="1")
        await asyncio.sleep(0.05)
    # long enough for a timer or an error handler of a picture
    await asyncio.sleep(0.5)
    said = json.loads((await ask("Runtime.evaluate", expression=ASK))["result"]["value"])
    connection.close()
    # its socket is closed once the other side has answered
    while await _message(connection) is not None:
        pass
    asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    dialogs = [each["params"]["message"] for each in events if each["method"] == "Page.javascriptDialogOpening"]
    others = tuple(url for url in asked if url != page and not url.startswith("data:image/"))
    return Seen(said["title"], said["words"], said["wide"], said["owned"], others, tuple(dialogs))


async def _answer(connection: WebSocketClientConnection, number: int, events: list[dict[str, Any]]) -> dict[str, Any]:
    while True:
        message = json.loads(await _message(connection) or "{}")
        if message.get("id") == number:
            result: dict[str, Any] = message["result"]
            return result
        if "method" in message:
            events.append(message)


async def _message(connection: WebSocketClientConnection) -> str | bytes | None:
    async with asyncio.timeout(60):
        return await connection.read_message()
