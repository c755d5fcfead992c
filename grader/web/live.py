"""A run that goes on while it is reviewed: what has changed is looked for, and told to every page that listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from grader.gradebook.places import Counts
from grader.web.reviewing import Review, review_of
from grader.web.watching import LOOK

# so often, in seconds, a page is told that the review is still there
STILL = 15.0
PARTS = 10


async def events(request: Request) -> Response:
    """Return what has changed as it changes, by server-sent events, until the page has gone."""
    told = _told(review_of(request), request.app.state.is_ending)
    return StreamingResponse(told, media_type="text/event-stream")


async def _told(review: Review, is_ending: Callable[[], bool]) -> AsyncIterator[str]:
    before: Counts | None = None
    silent = 0.0
    # after the review was started anew, a page comes back by itself
    yield "retry: 2000\n\n"
    while not is_ending():
        now = await review.watch.counts()
        if now != before:
            yield f"data: {json.dumps(asdict(now))}\n\n"
            before, silent = now, 0.0
        elif silent >= STILL:
            # what goes to a page that has gone fails, and ends this
            yield ": still here\n\n"
            silent = 0.0
        for _ in range(PARTS):
            # a review that ends does not wait for those who listen
            if not is_ending():
                await asyncio.sleep(LOOK / PARTS)
        silent += LOOK


SHARED = [Route("/events", events, methods=["GET"])]
