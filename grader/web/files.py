"""Files that the review serves: those of ours by a fixed table, those of a run by number; no request names a path."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def statics() -> Mapping[str, tuple[bytes, str, str]]:
    """Return our own files by name: content, kind, and by what it is known again."""
    folder = resources.files("grader.web") / "static"
    found = {}
    for each in folder.iterdir():
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


ROUTES = [Route("/static/{name}", static, methods=["GET"])]
