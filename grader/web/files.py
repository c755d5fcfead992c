"""Files that the review serves: those of ours by a fixed table, those of a run by number; no request names a path."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.filenames import EXECUTED, STAFF_PAGE, STUDENT_PAGE
from grader.web.reviewing import review_of

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
PAGES = {"staff": STAFF_PAGE, "student": STUDENT_PAGE}
NOTEBOOKS = {".html": "text/html", ".ipynb": "application/x-ipynb+json"}
# pages of a run tell what students wrote: no script, nothing fetched, no form; shown in a frame of ours at most
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-downloads"
)


@cache
def statics() -> Mapping[str, tuple[bytes, str, str]]:
    """Return our own files by name: content, kind, and by what it is known again."""
    found = {}
    for each in (*resources.files("grader.web").joinpath("static").iterdir(), _page_style(), *_of_the_class()):
        kind = KINDS.get(each.name.rpartition(".")[2])
        if kind:
            content = each.read_bytes()
            found[each.name] = content, kind, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return found


def static(request: Request) -> Response:
    """Return a file of ours."""
    found = statics().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404, "there is no such file")
    content, kind, known = found
    headers = {"etag": known, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


def page(request: Request) -> Response:
    """Return a page of the run that belongs to an attempt: the report for staff, or that for students."""
    folder = folder_of(request)
    name = PAGES.get(request.path_params["which"])
    if name is None:
        raise HTTPException(404)
    return _of_the_run(request, folder / name, "text/html")


def executed(request: Request) -> Response:
    """Return a notebook as it was run, or its page: one of those that lie there, by its name."""
    beside = {each.name: each for each in (folder_of(request) / EXECUTED).glob("*")}
    found = beside.get(request.path_params["name"])
    kind = NOTEBOOKS.get(found.suffix) if found else None
    if found is None or kind is None:
        raise HTTPException(404)
    return _of_the_run(request, found, kind)


def picture(request: Request) -> Response:
    """Return a picture in an answer, by the digest that it is called by."""
    content = review_of(request).answers.picture(request.path_params["name"])
    if content is None:
        raise HTTPException(404)
    headers = {"cache-control": "private, max-age=31536000, immutable", "content-security-policy": POLICY}
    return Response(content, media_type="image/png", headers=headers)


def folder_of(request: Request) -> Path:
    """Return the folder of the attempt whose number a request names."""
    review = review_of(request)
    place = review.book.place(request.path_params["k"])
    if place is None or not place.folder:
        raise HTTPException(404)
    return review.folder / place.folder


def _of_the_run(request: Request, path: Path, kind: str) -> Response:
    if path.is_symlink() or not path.resolve().is_relative_to(review_of(request).folder.resolve()):
        raise HTTPException(404)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HTTPException(404) from error
    headers = {"content-security-policy": POLICY, "content-disposition": "inline"}
    if kind == NOTEBOOKS[".ipynb"]:
        headers["content-disposition"] = f'attachment; filename="{path.name}"'
    return Response(content, media_type=kind, headers=headers)


def _page_style() -> Traversable:
    return resources.files("grader.report").joinpath("templates", "page.css")


def _of_the_class() -> tuple[Traversable, ...]:
    folder = resources.files("grader.insight").joinpath("templates")
    return folder.joinpath("class.css"), folder.joinpath("class.js")


ROUTES = [Route("/static/{name}", static, methods=["GET"])]
SHARED = [Route("/picture/{name}", picture, methods=["GET"])]
OWNED = [
    Route("/page/{k:int}/executed/{name}", executed, methods=["GET"]),
    Route("/page/{k:int}/{which}", page, methods=["GET"]),
]
