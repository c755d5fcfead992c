"""The class at a glance, worked out anew when anything of the run has changed, and comments on a whole mistake."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader import insight
from grader.classes.policy import Policy
from grader.filenames import CLASS_PAGE, STAFF_PAGE
from grader.gradebook.places import Counts
from grader.insight import page as insight_page
from grader.runs import RunFolder
from grader.web import pages
from grader.web.asking import posted
from grader.web.reviewing import Review, review_of


@dataclass
class Glance:
    """The content of the page as it was worked out last; several who ask at once wait for one."""

    _of: tuple[Counts, Policy | None] | None = None
    _main: Markup = field(default_factory=Markup)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def main(self, review: Review, now: Counts) -> Markup:
        """Return the content of the page for a run that is as far as `now`, by the rules that its folder has at this moment."""
        with self._turn:
            of = now, review.book.rules()
            if self._of != of:
                self._main, self._of = _worked_out(review, of[1]), of
            return self._main


def _overview(review: Review, rules: Policy | None, *, sizes: bool) -> insight.Overview:
    run = RunFolder(review.folder)
    run.look()
    noticed = {name for name, entry in run.entries.items() if entry.row.notices}
    return insight.of_run(review.book, rules, noticed=noticed, unmatched=review.book.unmatched(), sizes=sizes)


def _worked_out(review: Review, rules: Policy | None) -> Markup:
    remarks = {(each.check, each.diagnosis, each.pattern): each.text for each in review.book.remarks()}
    overview = _overview(review, rules, sizes=False)
    return insight_page.main(overview, links=lambda who: f"/submission/{who.row}", live=True, remarks=remarks)


def page(request: Request) -> Response:
    """Return the page of the class."""
    review, glance = review_of(request), request.app.state.glance
    now = review.book.counts()
    return pages.page(request, "class.html", counts=now, content=glance.main(review, now))


def file(request: Request) -> Response:
    """Return the class as the file that ``grade --class`` leaves: in the folder of the run, its links lead to the reports."""
    review = review_of(request)
    overview = _overview(review, review.book.rules(), sizes=True)
    html = insight_page.html(overview, links=lambda who: quote(f"{who.folder}/{STAFF_PAGE}"))
    headers = {"content-disposition": f'attachment; filename="{CLASS_PAGE}"'}
    return Response(html, media_type="text/html", headers=headers)


async def remark(request: Request) -> Response:
    """Comment on all findings of one mistake; an empty text takes that away."""
    asked, review = await posted(request), review_of(request)
    check, diagnosis, pattern, text = map(asked.words, ("check", "diagnosis", "pattern", "text"))
    await run_in_threadpool(lambda: review.book.remark(check, diagnosis, pattern, text, author=review.who.name))
    return pages.fine()


OWNED = [
    Route("/", page, methods=["GET"]),
    Route(f"/{CLASS_PAGE}", file, methods=["GET"]),
    Route("/api/remark", remark, methods=["POST"]),
]
