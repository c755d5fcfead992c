"""Pages and answers of the review: templates in one frame, JSON, and errors as either."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from grader import __version__
from grader.report import templating
from grader.web.marking.naming import run_name
from grader.web.reviewing import review_of

API = "/api/"


@cache
def templates() -> Environment:
    """Return the templates of the review, those of marking included."""
    return templating.environment("grader.web")


class Json(JSONResponse):
    """JSON in ASCII, which holds whatever was posted, halves of characters included."""

    def render(self, content: Any) -> bytes:
        """Return the content as bytes."""
        return json.dumps(content).encode()


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page within the frame; a template extends ``frame.html`` and fills the blocks ``title`` and ``main``."""
    review = review_of(request)
    html = (
        templates()
        .get_template(template)
        .render(
            version=__version__,
            who=review.who,
            run=run_name(review.book.secret),
            token=request.state.token,
            path=request.url.path,
            **context,
        )
    )
    return HTMLResponse(html, status)


def bare(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page for whoever is not known, which says nothing of the run."""
    return HTMLResponse(templates().get_template(template).render(version=__version__, **context), status)


def fine(**data: Any) -> JSONResponse:
    """Return the answer to a write that was done."""
    return Json({"ok": True, **data})


def refused(message: str, status: int = 400, **data: Any) -> JSONResponse:
    """Return the answer to a write that was not done, and why."""
    return Json({"error": message, **data}, status)


def trouble(path: str, message: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return what is wrong, as JSON or as a page by what was asked for."""
    made = refused(message, status) if path.startswith(API) else bare("trouble.html", status=status, message=message)
    made.headers.update(headers or {})
    return made
