"""The pages of marking: checks that people decide, groups of equal answers, and one answer. Looking at them writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from grader.answers import Answer, Kind
from grader.gradebook.nouns import Answered, ToMark
from grader.web import pages
from grader.web.marking import views
from grader.web.marking.naming import answer_name
from grader.web.marking.shelves import Shelf
from grader.web.reviewing import Review, review_of


@dataclass(frozen=True)
class Open:
    """One check that is being marked: its number, its answers as they stand by name, and their order."""

    number: int
    item: str
    check: str
    answered: Mapping[str, Answered]
    shelf: Shelf

    @property
    def title(self) -> str:
        """The title of the check."""
        return self.one.found.title

    @property
    def possible(self) -> str:
        """What it is worth."""
        return views.in_words(self.one.found.possible)

    @property
    def one(self) -> Answered:
        """Any of the answers."""
        return next(iter(self.answered.values()))

    @property
    def left(self) -> int:
        """How many wait for a person."""
        return sum(each.why is not None for each in self.answered.values())

    def row(self, name: str) -> views.Row:
        """Return an answer as it stands in a list."""
        return views.row(self.answered[name], self.shelf.places[name], self.shelf.answers.get(name, Answer()))

    def card(self, number: int) -> views.Card:
        """Return a group as it stands in a list."""
        group = self.shelf.groups[number - 1]
        return views.card(number, group, [self.row(name) for name in group.members])


def items(request: Request) -> Response:
    """Return the checks that people decide."""
    return pages.page(request, "marking/items.html", checks=to_mark(review_of(request)))


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
    number = number_of(request, "g", len(at.shelf.groups))
    found, card = at.shelf.groups[number - 1], at.card(number)
    members = [name for name in found.members if views.follows(at.answered[name], found.key)]
    given = next((at.answered[name].mark for name in members if at.answered[name].mark), None)
    variants = [
        (shown(review_of(request), at.answered[names[0]]), [at.row(name) for name in names]) for names in found.variants
    ]
    about = {
        "group": found.key,
        "members": members,
        "version": {name: at.answered[name].version for name in members},
        "title": views.group_title(card, at.title),
    }
    several = [k for k, each in enumerate(at.shelf.groups, 1) if len(each.members) > 1]
    return _panel(
        request,
        at,
        given,
        about,
        "marking/group.html",
        card=card,
        variants=variants,
        alone=[at.row(name) for name in found.members if name not in members],
        taken=[(name, at.answered[name].version, at.row(name)) for name in members if at.answered[name].mark],
        open=[at.row(name) for name in members if not at.answered[name].mark],
        back=max((k for k in several if k < number), default=0),
        next=min((k for k in several if k > number), default=0),
    )


def answer(request: Request) -> Response:
    """Return one answer, with the guide to mark it by."""
    at = opened(request)
    place = number_of(request, "m", len(at.shelf.order))
    name = at.shelf.order[place - 1]
    found = at.answered[name]
    about = {"answer": name, "version": found.version, "title": views.title_of(place, at.title)}
    number = at.shelf.group_of[name]
    group = at.shelf.groups[number - 1]
    return _panel(
        request,
        at,
        found.mark,
        about,
        "marking/answer.html",
        answer=shown(review_of(request), found),
        row=at.row(name),
        found=found.found,
        note=found.note,
        group=number if len(group.members) > 1 else 0,
        others=len(group.members) - 1,
        is_empty=group.kind is Kind.EMPTY,
    )


def following(request: Request) -> Response:
    """Lead to the next answer that waits, stale ones first; to the list where none does."""
    at = opened(request)
    after = number_of(request, "m", len(at.shelf.order), least=0) if "m" in request.path_params else 0
    who = review_of(request).who.name
    waiting = [name for name, each in at.answered.items() if each.why is not None]
    mine = [name for name in waiting if who in (at.answered[name].assigned, at.answered[name].second)]
    places = at.shelf.places

    def rank(name: str) -> tuple[bool, bool, int]:
        return views.state_of(at.answered[name]) != "stale", places[name] <= after, places[name]

    chosen = mine or [name for name in waiting if not at.answered[name].assigned] or waiting
    here = f"/marking/{at.number}"
    others = [name for name in chosen if places[name] != after] or chosen
    return RedirectResponse(_address(at, min(others, key=rank), after) if others else here, 303)


def _address(at: Open, name: str, after: int) -> str:
    """Return where an answer is marked: with its group, where others of it wait too and one does not come from there."""
    number = at.shelf.group_of[name]
    group = at.shelf.groups[number - 1]
    waiting = [each for each in group.members if at.answered[each].why and views.follows(at.answered[each], group.key)]
    comes_from = at.shelf.group_of[at.shelf.order[after - 1]] if after else 0
    is_together = name in waiting and len(waiting) > 1 and number != comes_from
    return f"/marking/{at.number}/" + (f"group/{number}" if is_together else str(at.shelf.places[name]))


def opened(request: Request) -> Open:
    """Return the check that the address of a page names by its number."""
    review = review_of(request)
    number = number_of(request, "n", 10**6)
    if review.shelves.check(number) is None:
        to_mark(review)
    found = review.shelves.check(number)
    if found is None:
        raise HTTPException(404, "there is no such page")
    return open_check(review, *found)


def open_check(review: Review, item: str, check: str) -> Open:
    """Return a check with its answers as they stand now; 404 where there are none."""
    key, found = review.book.key, review.book.answers(item, check, grader=review.who.name)
    answered = {answer_name(key, each.student, each.attempt): each for each in found}
    if not answered:
        raise HTTPException(404, "nobody has answered this yet")

    def read(wanted: Mapping[str, Answered]) -> Mapping[str, Answer]:
        return {name: review.answers.said(each.folder, check) for name, each in wanted.items()}

    shelf = review.shelves.of(item, check, answered, read)
    return Open(review.shelves.number(item, check), item, check, answered, shelf)


def to_mark(review: Review) -> tuple[ToMark, ...]:
    """Return what people decide, and remember by which numbers pages know it."""
    found = review.book.to_mark()
    review.shelves.remember([(each.item, each.check) for each in found])
    return found


def shown(review: Review, each: Answered) -> Answer:
    """Return an answer as a person reads it."""
    return review.answers.shown(each.folder, each.found.check)


def number_of(request: Request, name: str, most: int, *, least: int = 1) -> int:
    """Return a number in an address; 404 where it is none, or there are not so many."""
    given = request.path_params[name]
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else -1
    if not least <= number <= most:
        raise HTTPException(404, "there is no such page")
    return number


def _panel(request: Request, at: Open, mark: Any, about: dict[str, Any], template: str, **context: Any) -> Response:
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
    total = "" if mark is None or mark.points is None else views.in_words(mark.points)
    return pages.page(
        request,
        template,
        at=at,
        data=json.dumps(data),
        lines=lines,
        mark=given,
        total=total,
        bank=book.bank(at.item, at.check),
        **context,
    )
