"""What stands before every request: for this address, from a page of ours, by somebody who is known, and not too large."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.web.doors import Doors, write_token
from grader.web.pages import API, bare, trouble
from grader.web.reviewing import Review

MEGABYTE = 2**20
# of what is posted: bytes, by the path, and seconds until all of it is there
LARGEST, UPLOADS = MEGABYTE, {"/api/export": 32 * MEGABYTE}
PATIENCE = 30.0
HEADER = "x-mlpgrader-token"
ENTER, STATIC = "/enter", "/static/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Refused(Exception):
    """A request is not answered, with this status and these words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True)
class Guard:
    """Lets a request through to the `app`, with the review and the token for writes in its state, or says why not."""

    app: ASGIApp
    doors: Doors
    review: Review

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            self._ensure_ours(request)
            await self._admit(request)
        except Refused as refused:
            answer = trouble(request.url.path, refused.message, refused.status)
            if refused.status == 401 and not request.url.path.startswith(API):
                answer = bare("enter.html", status=401)
            await answer(scope, receive, _with_headers(send))
            return
        await self.app(scope, _bounded(receive, request.url.path), _with_headers(send))

    def _ensure_ours(self, request: Request) -> None:
        """Refuse what was asked under another address, or by the page of another one."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in {each.authority.lower() for each in self.doors.addresses}:
            # a page of another name may have been given our address by its name server
            raise Refused(421, "the review is not known by this address; open the one that `mlpgrader review` prints")
        if request.method not in ("GET", "HEAD", "POST"):
            raise Refused(405, "nothing can be done in this way")
        if request.method == "POST":
            origins = request.headers.getlist("origin")
            site = request.headers.get("sec-fetch-site", "same-origin")
            if (
                len(origins) != 1
                or origins[0] not in {each.origin for each in self.doors.addresses}
                or site != "same-origin"
            ):
                raise Refused(403, "this was sent by a page that is not of the review; nothing was written")
            length = request.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > _most(request.url.path):
                raise Refused(413, "that is too much at once; nothing was written")

    async def _admit(self, request: Request) -> None:
        """Find out who asks; writes need more than a cookie, which browsers send along by themselves."""
        path, request.state.doors = request.url.path, self.doors
        if path == ENTER or path.startswith(STATIC):
            return
        cookie = request.cookies.get(self.doors.cookie, "")
        who = await run_in_threadpool(self.doors.who, cookie)
        if who is None:
            raise Refused(401, "you are not known here; open the address that `mlpgrader review` prints")
        token = write_token(cookie)
        given = request.headers.get(HEADER, "")
        if request.method == "POST" and not hmac.compare_digest(given.encode(), token.encode()):
            raise Refused(403, "this page is of an earlier review; load it again; nothing was written")
        request.state.review, request.state.token = replace(self.review, who=who), token


def _most(path: str) -> int:
    return UPLOADS.get(path, LARGEST)


def _bounded(receive: Receive, path: str) -> Receive:
    """Return `receive` that ends a request which says less than it sends, or never comes to its end."""
    left = _most(path)
    is_whole = False

    async def bounded() -> Message:
        nonlocal left, is_whole
        if is_whole:
            # the next message is that the browser has gone, whenever that is
            return await receive()
        try:
            async with asyncio.timeout(PATIENCE):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "that took too long to arrive; nothing was written") from None
        left -= len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if left < 0:
            raise HTTPException(413, "that is too much at once; nothing was written")
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in there),
            ]
        await send(message)

    return sent
