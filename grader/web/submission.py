"""One student's attempts beside each other: what changed, what people gave, who did what, more time, a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.classes import extending
from grader.errors import AuthorError, HarnessError
from grader.filenames import CLASS, EXECUTED
from grader.gradebook.nouns import Found
from grader.gradebook.standing import Standing
from grader.runs import SubmissionFolder
from grader.web import pages
from grader.web.asking import posted
from grader.web.commands import commands
from grader.web.differences import Changed, changed
from grader.web.reviewing import Review, review_of


@dataclass(frozen=True)
class Turn:
    """A check that came out otherwise in a later attempt: None where it was not judged in one of them."""

    title: str
    check: str
    before: Found | None
    after: Found | None

    @property
    def points(self) -> Decimal:
        """How many points more it gives."""
        earned = [each.earned if each else Decimal(0) for each in (self.before, self.after)]
        return earned[1] - earned[0]


@dataclass(frozen=True)
class Shown:
    """One attempt on the page, with the names of its notebooks as they were run."""

    standing: Standing
    notebooks: tuple[str, ...]
    has_pages: bool


def page(request: Request) -> Response:
    """Return the page of a student, at one attempt; `against` names the attempt that it is compared to, else the one before."""
    review = review_of(request)
    place = review.book.place(request.path_params["k"])
    if place is None:
        raise HTTPException(404)
    standings = tuple(review.book.standings([place.student]))
    here = next(each for each in standings if each.row == place.row)
    other = _other(standings, here, request.query_params.get("against", ""))
    code, trouble = _code(review, other, here) if other else ((), "")
    rules = review.book.rules()
    zone = rules.zone if rules else None
    chosen = review.book.chosen(place.student)
    return pages.page(
        request,
        "submission.html",
        here=here,
        attempts=[_shown(review, each) for each in standings],
        other=other,
        turns=list(turns(other.findings, here.findings)) if other else (),
        code=code,
        trouble=trouble,
        chosen=chosen,
        has_rules=rules is not None and rules.due is not None,
        due=_wall(rules.due_for([place.student]) if rules else None, zone),
        zone=zone.key if zone else "UTC",
        history=review.book.history(place.student, here.attempt),
        note=review.book.note_on(place.student, here.attempt),
        commands=list(commands(review.folder, here)),
        at=lambda time: _wall(time, zone),
    )


async def extension(request: Request) -> Response:
    """Give a student more time in the rules of the class."""
    asked = await posted(request)
    return await run_in_threadpool(_extended, review_of(request), asked.whole("row"), asked.words("until", most=40))


def _extended(review: Review, row: int, until: str) -> Response:
    place = review.book.place(row)
    if place is None:
        return pages.refused("there is no such submission")
    before = extending.extend(review.folder / CLASS, place.student, until.replace("T", " "))
    review.book.extended(place.student, before, until.replace("T", " "), author=review.who.name)
    return pages.fine(said=f"{place.name} has until {until.replace('T', ' ')}.")


async def note(request: Request) -> Response:
    """Keep a note for staff on an attempt."""
    asked = await posted(request)
    return await run_in_threadpool(_noted, review_of(request), asked.whole("row"), asked.words("text"))


def _noted(review: Review, row: int, text: str) -> Response:
    place = review.book.place(row)
    if place is None:
        return pages.refused("there is no such submission")
    review.book.set_note(place.student, place.attempt, "", "", text, author=review.who.name)
    return pages.fine(said="The note is kept.")


def turns(before: Sequence[Found], after: Sequence[Found]) -> Iterator[Turn]:
    """Yield the checks that came out otherwise, in the order of the rubric."""
    was, now = ({each.check: each for each in found} for found in (before, after))
    for check in dict.fromkeys([*now, *was]):
        one, two = was.get(check), now.get(check)
        if one is None or two is None or (one.verdict, one.earned) != (two.verdict, two.earned):
            known = two or one
            assert known is not None
            yield Turn(known.title, check, one, two)


def _other(standings: Sequence[Standing], here: Standing, asked: str) -> Standing | None:
    """Return the attempt that is compared: the one that is asked for, else the one before."""
    by_row = {str(each.row): each for each in standings if each.row != here.row}
    earlier = [each for each in standings if each.attempt < here.attempt]
    return by_row.get(asked) or (earlier[-1] if earlier else None)


def _code(review: Review, before: Standing, after: Standing) -> tuple[tuple[Changed, ...], str]:
    folders = [SubmissionFolder(review.folder / each.folder) for each in (before, after)]
    if not all(each.folder for each in (before, after)) or not all(each.has_evidence for each in folders):
        return (), "What was handed in is not kept of both attempts."
    try:
        return changed(review.children, *folders), ""
    except (AuthorError, HarnessError) as error:
        return (), str(error)


def _shown(review: Review, standing: Standing) -> Shown:
    folder = review.folder / standing.folder if standing.folder else None
    executed = sorted((folder / EXECUTED).glob("*.html")) if folder else []
    has_pages = folder is not None and SubmissionFolder(folder).staff_page.is_file()
    return Shown(standing, tuple(each.name for each in executed), has_pages)


def _wall(time: datetime | None, zone: Any) -> str:
    """Return a time by the clock of the course, empty where there is none."""
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M}" if time else ""


OWNED = [
    Route("/submission/{k:int}", page, methods=["GET"]),
    Route("/api/extension", extension, methods=["POST"]),
    Route("/api/attempt-note", note, methods=["POST"]),
]
