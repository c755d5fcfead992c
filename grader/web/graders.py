"""Several people who mark: a link for each, answers spread among them, who does what, and how far two agree."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import AuthorError
from grader.gradebook.book import Gradebook
from grader.gradebook.marking import Given
from grader.text import counted, printable
from grader.web import pages
from grader.web.asking import posted
from grader.web.doors import Doors
from grader.web.reviewing import Review, Who, review_of

MOST, LONGEST = 200, 100


def read(path: Path) -> tuple[str, ...]:
    """Return the names in a file, one on each line; what stands behind a # is a comment. AuthorError says what is wrong."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise AuthorError(
            f"--graders {path}: cannot be read ({error.strerror}); give a file with a name on each line"
        ) from error
    except UnicodeDecodeError as error:
        raise AuthorError(f"--graders {path}: is not UTF-8 (at byte {error.start}); save it as UTF-8") from error
    names = tuple(name for line in lines if (name := line.partition("#")[0].strip()))
    if not names:
        raise AuthorError(f"--graders {path}: names nobody; write a name on each line")
    if len(names) > MOST or max(map(len, names)) > LONGEST:
        raise AuthorError(f"--graders {path}: at most {MOST} names of at most {LONGEST} characters")
    return names


def known(book: Gradebook) -> Callable[[str], Who | None]:
    """Return what tells whose token it is."""

    def who(token: str) -> Who | None:
        found = book.grader_of(token)
        return Who(found.name, found.owner) if found else None

    return who


def page(request: Request) -> Response:
    """Return the page with who does what, and how far two agree."""
    book = review_of(request).book
    done = {each.name: each for each in book.progress()}
    rules = book.rules()
    zone = rules.zone if rules else None
    return pages.page(
        request,
        "graders.html",
        graders=book.graders(),
        done=done,
        agreement=book.agreement(),
        rows={(each.student, each.attempt): each.row for each in book.attempts()},
        at=lambda time: f"{time.astimezone(zone):%Y-%m-%d %H:%M}" if time else "not yet",
    )


async def spread(request: Request) -> Response:
    """Spread the answers that wait among the graders."""
    double, review = (await posted(request)).whole("double", most=100), review_of(request)
    count = await run_in_threadpool(
        lambda: review.book.spread(double=double, seed=secrets.randbelow(2**31), author=review.who.name)
    )
    return pages.fine(said=f"{counted(count, 'answer')} spread.", count=count)


async def renew(request: Request) -> Response:
    """Give a grader another link; the one from before opens nothing any more."""
    name = (await posted(request)).words("name", most=LONGEST)
    return await run_in_threadpool(_renewed, request, name)


def _renewed(request: Request, name: str) -> Response:
    review, doors = review_of(request), request.state.doors
    names = [each.name for each in review.book.graders()]
    if name not in names:
        return pages.refused("there is nobody of that name")
    tokens = review.book.set_graders(names, author=review.who.name, renew=[name])
    return pages.fine(said=f"The new link of {name}, which is shown only now: {doors.link(tokens[name])}")


async def choose(request: Request) -> Response:
    """Let count what one of the two gave who have marked the same answer."""
    asked = await posted(request)
    item, check, name = map(asked.words, ("item", "check", "name"))
    return await run_in_threadpool(_chosen, review_of(request), asked.whole("row"), item, check, name)


def _chosen(review: Review, row: int, item: str, check: str, name: str) -> Response:
    place, book = review.book.place(row), review.book
    pairs = (pair for each in book.agreement() if (each.item, each.check) == (item, check) for pair in each.pairs)
    pair = next(
        (each for each in pairs if place and (each.student, each.attempt) == (place.student, place.attempt)), None
    )
    mark = next((each for each in (pair.first, pair.second) if each.author == name), None) if pair else None
    if pair is None or mark is None:
        return pages.refused("the two do not differ there any more; load the page again")
    by_ticks = bool(mark.entries or mark.adjustment)
    given = Given(
        pair.student,
        pair.attempt,
        item,
        check,
        points=None if by_ticks else mark.points,
        comment=mark.comment,
        version=book.answered(pair.student, pair.attempt, item, check).version,
        entries=mark.entries,
        adjustment=mark.adjustment if by_ticks else None,
    )
    for step in book.mark(given, author=review.who.name):
        if step.wrong:
            return pages.refused(f"what {name} gave cannot be given any more: {step.wrong}")
        if step.conflict:
            return pages.refused("somebody has changed the mark meanwhile; load the page again", 409)
    return pages.fine(said=f"What {name} gave counts for {pair.name}.")


def links(doors: Doors, tokens: dict[str, str], names: Sequence[str]) -> list[str]:
    """Return what to tell the owner: the new links, and who has one already."""
    lines = [f"  {printable(name)}: {doors.link(token)}" for name, token in tokens.items()]
    told = ["\n".join(["Links for graders, which are shown only now; give each their own:", *lines])] if lines else []
    if there := [printable(name) for name in names if name not in tokens]:
        told.append(f"With the links that they have: {', '.join(there)}. The page Graders gives another one.")
    return told


OWNED = [
    Route("/graders", page, methods=["GET"]),
    Route("/api/spread", spread, methods=["POST"]),
    Route("/api/choose", choose, methods=["POST"]),
    Route("/api/renew", renew, methods=["POST"]),
]
