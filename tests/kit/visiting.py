"""A browser without a window, for the pages of the review: it keeps cookies, and asks the application without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from grader.web.guarding import HEADER
from grader.web.reviewing import Review


class Client:
    """Asks an application whose address is `here`, as a page of its own would."""

    def __init__(self, app: ASGIApp, here: str) -> None:
        self._app, self._here = app, here
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Return the answer to one request; content that is a list is sent in these pieces, and its length is not said."""
        if isinstance(more.get("content"), list):
            more["content"] = _pieces(more["content"])
        return asyncio.run(self._asked(method, path, {"origin": self._here} | (headers or {}), more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask for a page."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Post something."""
        return self.request("POST", path, **more)

    def come_in(self, token: str) -> dict[str, str]:
        """Come in by a token and return the header that writes need."""
        answer = self.post("/enter", content=token)
        assert answer.status_code == 200, answer.text
        return {HEADER: self.get("/api/token").json()["token"]}

    async def _asked(self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=self._here, cookies=self.cookies) as client:
            answer = await client.request(method, path, headers=headers, **more)
            self.cookies = client.cookies
            return answer


@dataclass
class Visit:
    """A review without a server, the owner who has come in, with the header for writes, and a grader."""

    review: Review
    owner: Client
    writes: dict[str, str]
    grader: Client
    grader_writes: dict[str, str]

    def row(self, student: str, attempt: int = 1) -> int:
        """Return the number of an attempt."""
        return next(each.row for each in self.review.book.standings([student]) if each.attempt == attempt)


async def _pieces(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for each in content:
        yield each
