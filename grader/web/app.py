"""All pages of the review in one application, behind its guard; what only the owner of a run may do says so here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from grader.errors import AuthorError, HarnessError
from grader.text import printable
from grader.web import entering, files, glance, graders, live, pages, releasing, submission
from grader.web.doors import Doors
from grader.web.guarding import HEADERS, Guard
from grader.web.marking import table
from grader.web.reviewing import Review


class OwnersOnly:
    """Lets only the owner of the run through to the `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["state"]["review"].who.owner:
            raise HTTPException(403, "only the owner of the run sees this; you can mark")
        await self._app(scope, receive, send)


def application(review: Review, doors: Doors) -> Starlette:
    """Return the application that serves `review` to whoever comes in by these doors."""
    made = Starlette(
        routes=[*entering.ROUTES, *files.ROUTES, *(_owned(each) for each in owned()), *shared()],
        middleware=[Middleware(Guard, doors=doors, review=review)],
        exception_handlers={
            HTTPException: _http,
            AuthorError: _wrong,
            HarnessError: _fault,
            Exception: _fault,
        },
    )
    made.state.glance = glance.Glance()
    # whoever serves it says otherwise in time
    made.state.is_ending = lambda: False
    return made


def owned() -> Sequence[Route]:
    """Return what only the owner sees."""
    return [*glance.OWNED, *files.OWNED, *submission.OWNED, *releasing.OWNED, *graders.OWNED]


def shared() -> Sequence[Route]:
    """Return what everybody sees who marks."""
    return [Route("/help", help_page, methods=["GET"]), *live.SHARED, *files.SHARED, *table.ROUTES]


def help_page(request: Request) -> Response:
    """Return what can be done, and by which keys."""
    return pages.page(request, "help.html")


def _owned(route: Route) -> Route:
    methods = sorted((route.methods or set()) - {"HEAD"})
    return Route(route.path, route.endpoint, methods=methods, middleware=[Middleware(OwnersOnly)])


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    review = getattr(request.state, "review", None)
    if error.status_code == 403 and request.url.path == "/" and review is not None:
        return RedirectResponse("/marking", 303)
    said = error.detail if error.detail != HTTPStatus.NOT_FOUND.phrase else "there is no such page"
    return pages.trouble(request.url.path, said, error.status_code, error.headers)


def _wrong(request: Request, error: Exception) -> Response:
    return pages.trouble(request.url.path, str(error), 400)


def _fault(request: Request, error: Exception) -> Response:
    review = getattr(request.state, "review", None)
    what = printable(f"{type(error).__name__}: {error}")
    print(f"mlpgrader: this is a fault of the grader: {what}", file=sys.stderr)
    # it may name students, as an address of a file or a question to the gradebook does
    told = what if review and review.who.owner else "what it is was told in the terminal of the review"
    # nothing of ours stands around the answer to what nobody has expected
    return pages.trouble(request.url.path, f"this is a fault of the grader: {told}", 500, HEADERS)
