"""Coming in: the link of somebody is changed into a cookie, and vanishes from the address."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.web import pages
from grader.web.doors import Doors
from grader.web.marking.naming import run_name
from grader.web.reviewing import review_of

LONGEST = 200
KEPT_SECONDS = 14 * 24 * 3600


async def show(request: Request) -> Response:
    """Return the page whose script posts what stands behind the # of the link."""
    return pages.bare("enter.html")


async def enter(request: Request) -> Response:
    """Give whoever comes with a token its cookie, which no script can read and which no page of others brings along."""
    doors: Doors = request.state.doors
    token = (await request.body())[: LONGEST + 1].decode(errors="replace")
    cookie = await run_in_threadpool(doors.enter, token) if 0 < len(token) <= LONGEST else ""
    if not cookie:
        return pages.refused("nobody is known by this link; it may be of an earlier review, or withdrawn", 403)
    answer = pages.fine()
    answer.set_cookie(
        doors.cookie,
        cookie,
        max_age=KEPT_SECONDS,
        path="/",
        secure=doors.is_secure,
        httponly=True,
        samesite="strict",
    )
    return answer


async def token(request: Request) -> Response:
    """Return the token for writes, whose it is and of which run, for a page that was open while the review was started anew."""
    review = review_of(request)
    return pages.fine(token=request.state.token, run=run_name(review.book.secret), who=review.who.name)


ROUTES = [
    Route("/enter", show, methods=["GET"]),
    Route("/enter", enter, methods=["POST"]),
    Route("/api/token", token, methods=["GET"]),
]
