"""Which address is which page of marking, and which write."""

from __future__ import annotations

from starlette.routing import Route

from grader.web.marking import pages, writes

WRITES = (
    writes.mark,
    writes.undo,
    writes.entry,
    writes.note,
    writes.flag,
    writes.name,
    writes.comment,
)
ROUTES = (
    Route("/marking", pages.items, methods=["GET"]),
    Route("/marking/{n}", pages.groups, methods=["GET"]),
    Route("/marking/{n}/next", pages.after, methods=["GET"]),
    Route("/marking/{n}/next/{m}", pages.after, methods=["GET"]),
    Route("/marking/{n}/group/{g}", pages.group, methods=["GET"]),
    Route("/marking/{n}/{m}", pages.answer, methods=["GET"]),
    *(Route(f"/api/{write.__name__}", writes.writing(write), methods=["POST"]) for write in WRITES),
)
