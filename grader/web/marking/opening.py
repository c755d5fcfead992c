"""One check as somebody opens it to mark: its answers as they stand now, and the order in which they are walked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.answers import Answer
from grader.errors import AuthorError
from grader.gradebook.nouns import Answered, ToMark
from grader.web.marking import views
from grader.web.marking.naming import answer_name
from grader.web.marking.shelves import Shelf
from grader.web.reviewing import Review, review_of

GONE = "this answer is not there any more; somebody may have handed in again, or it was graded again"


@dataclass(frozen=True)
class Open:
    """One check that is being marked: its number, those of its answers that are looked at, by name, and the order of all."""

    number: int
    item: str
    check: str
    answered: Mapping[str, Answered]
    shelf: Shelf

    @property
    def title(self) -> str:
        """The title of the check."""
        return self._one.found.title

    @property
    def possible(self) -> str:
        """What it is worth."""
        return views.in_words(self._one.found.possible)

    @property
    def _one(self) -> Answered:
        return next(iter(self.answered.values()))

    @property
    def left(self) -> int:
        """How many of them wait for a person."""
        return sum(each.why is not None for each in self.answered.values())

    @property
    def address(self) -> str:
        """Where its answers are listed."""
        return f"/marking/{self.number}"

    def row(self, name: str) -> views.Row:
        """Return an answer as it stands in a list."""
        return views.row(self.answered[name], self.shelf.places[name], self.shelf.answers.get(name, Answer()))

    def card(self, number: int) -> views.Card:
        """Return a group as it stands in a list."""
        group = self.shelf.groups[number - 1]
        return views.card(number, group, [self.row(name) for name in group.members])


def opened(request: Request) -> Open:
    """Return the check that an address names by its number, with all of its answers; 404 where there is none."""
    return open_check(review_of(request), *_check(request))


def opened_at(request: Request) -> tuple[Open, str]:
    """Return the check that an address names with the one answer that it names by its place, and what that is called."""
    review, (item, check) = review_of(request), _check(request)
    shelf = review.shelves.known(item, check) or open_check(review, item, check).shelf
    name = shelf.order[number_of(request, "m", len(shelf.order)) - 1]
    answered = {name: answered_now(review, *shelf.keys[name], item, check)}
    return Open(_number(review, item, check), item, check, answered, shelf), name


def answered_now(review: Review, student: str, attempt: int, item: str, check: str) -> Answered:
    """Return how one answer stands, to whoever asks; 404 where it was judged anew and is none any more."""
    try:
        return review.book.answered(student, attempt, item, check, grader=review.who.name)
    except AuthorError:
        # its words name the student
        raise HTTPException(404, GONE) from None


def open_check(review: Review, item: str, check: str) -> Open:
    """Return a check with all of its answers as they stand now; 404 where there are none."""
    secret, found = review.book.secret, review.book.answers(item, check, grader=review.who.name)
    answered = {answer_name(secret, each.student, each.attempt): each for each in found}
    if not answered:
        raise HTTPException(404, "nobody has answered this yet")

    def read(wanted: Mapping[str, Answered]) -> Mapping[str, Answer]:
        return {name: review.answers.said(each.folder, check) for name, each in wanted.items()}

    shelf = review.shelves.of(item, check, answered, read)
    return Open(_number(review, item, check), item, check, answered, shelf)


def to_mark(review: Review) -> tuple[ToMark, ...]:
    """Return what people decide, and remember by which numbers pages know it."""
    found = review.book.to_mark()
    review.shelves.remember([(each.item, each.check) for each in found])
    return found


def number_of(request: Request, name: str, most: int, *, least: int = 1) -> int:
    """Return a number in an address; 404 where it is none, or there are not so many."""
    given = request.path_params[name]
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else -1
    if not least <= number <= most:
        raise HTTPException(404, "there is no such page")
    return number


def _number(review: Review, item: str, check: str) -> int:
    """Return the number by which pages know a check; after another start, the first to ask may be a mark that was kept."""
    found = review.shelves.number(item, check)
    if not found:
        to_mark(review)
    return found or review.shelves.number(item, check)


def _check(request: Request) -> tuple[str, str]:
    review, number = review_of(request), number_of(request, "n", 10**6)
    if review.shelves.check(number) is None:
        to_mark(review)
    found = review.shelves.check(number)
    if found is None:
        raise HTTPException(404, "there is no such page")
    return found
