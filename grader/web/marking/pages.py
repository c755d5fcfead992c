"""The pages of marking: checks that people decide, groups of equal answers, and one answer. Looking at them writes nothing."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from grader.answers import Answer
from grader.gradebook.nouns import Answered, Mark
from grader.web import pages
from grader.web.marking import views
from grader.web.marking.following import following
from grader.web.marking.opening import Open, number_of, opened, opened_at, to_mark
from grader.web.reviewing import Review, review_of


def items(request: Request) -> Response:
    """Return the checks that people decide."""
    review = review_of(request)
    checks = to_mark(review)
    numbers = [review.shelves.number(each.item, each.check) for each in checks]
    return pages.page(request, "marking/items.html", checks=checks, numbers=numbers)


def groups(request: Request) -> Response:
    """Return the answers to one check: what has changed since it was marked, groups, single ones."""
    at = opened(request)
    cards = [at.card(number) for number in range(1, len(at.shelf.groups) + 1)]
    rows = [row for card in cards for row in card.rows]
    return pages.page(
        request,
        "marking/groups.html",
        at=at,
        stale=[row for row in rows if row.state == "stale"],
        flagged=[row for row in rows if row.flagged],
        several=[card for card in cards if len(card.rows) > 1],
        single=[card.rows[0] for card in cards if len(card.rows) == 1],
        marked=len(rows) - at.left,
    )


def group(request: Request) -> Response:
    """Return one group, to be marked at once."""
    at = opened(request)
    return _group(request, at, number_of(request, "g", len(at.shelf.groups)))


def answer(request: Request) -> Response:
    """Return one answer, with the guide to mark it by."""
    return _answer(request, *opened_at(request))


def after(request: Request) -> Response:
    """Return the next page with something that waits, with its address; lead to the list where nothing does."""
    at = opened(request)
    place = number_of(request, "m", len(at.shelf.order), least=0) if "m" in request.path_params else 0
    found = following(at, place, who=review_of(request).who.name)
    if found is None:
        return RedirectResponse(at.address, 303)
    return _group(request, at, found) if isinstance(found, int) else _answer(request, at, found)


def _group(request: Request, at: Open, number: int) -> Response:
    found, card = at.shelf.groups[number - 1], at.card(number)
    members = [name for name in found.members if views.follows(at.answered[name], found.key)]
    marks = {name: mark for name in members if (mark := at.answered[name].mark) and mark.is_there}
    several = [k for k, each in enumerate(at.shelf.groups, 1) if len(each.members) > 1]
    about = {
        "group": found.key,
        "members": members,
        "version": {name: at.answered[name].version for name in members},
        "title": views.group_title(card, at.title),
        "address": f"{at.address}/group/{number}",
    }
    return _panel(
        request,
        at,
        next(iter(marks.values()), None),
        about,
        "marking/group.html",
        card=card,
        variants=[
            (_shown(review_of(request), at.answered[names[0]]), [at.row(name) for name in names])
            for names in found.variants
        ],
        alone=[at.row(name) for name in found.members if name not in members],
        taken=[(name, mark.version, at.row(name)) for name, mark in marks.items()],
        open=[at.row(name) for name in members if name not in marks],
        back=max((k for k in several if k < number), default=0),
        next=min((k for k in several if k > number), default=0),
    )


def _answer(request: Request, at: Open, name: str) -> Response:
    found, row = at.answered[name], at.row(name)
    number = at.shelf.group_of[name]
    others = len(at.shelf.groups[number - 1].members) - 1
    about = {
        "answer": name,
        "version": found.version,
        "title": views.title_of(row.place, at.title),
        "address": f"{at.address}/{row.place}",
    }
    return _panel(
        request,
        at,
        found.mark,
        about,
        "marking/answer.html",
        answer=_shown(review_of(request), found),
        row=row,
        found=found.found,
        note=found.note,
        group=number if others else 0,
        others=others,
    )


def _shown(review: Review, each: Answered) -> Answer:
    return review.answers.shown(each.folder, each.found.check)


def _panel(
    request: Request, at: Open, mark: Mark | None, about: dict[str, Any], template: str, **context: Any
) -> Response:
    book = review_of(request).book
    given = views.mark_data(mark)
    lines = views.lines(book.guide(at.item, at.check), given["entries"])
    data = {
        **about,
        "item": at.item,
        "check": at.check,
        "possible": at.possible,
        "mark": given,
        "lines": [{"id": each.id, "text": each.text, "points": each.points, "version": each.version} for each in lines],
    }
    page = pages.page(
        request,
        template,
        at=at,
        data=json.dumps(data),
        lines=lines,
        mark=given,
        total="" if mark is None or mark.points is None else views.in_words(mark.points),
        bank=book.bank(at.item, at.check),
        **context,
    )
    page.headers["content-location"] = about["address"]
    return page
