"""What marking writes: marks, lines of the guide, notes, flags. Each write says who, on which version, and is in the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from grader.gradebook.marking import Given, Step
from grader.gradebook.nouns import Answered, Entry, called
from grader.web import pages
from grader.web.asking import Asked, Unfit, posted
from grader.web.marking import views
from grader.web.marking.opening import Open, open_check
from grader.web.reviewing import Review, review_of

CONFLICT = 409
Write = Callable[[Review, Asked], Response]


def writing(write: Write) -> Callable[[Request], Any]:
    """Return an endpoint for a write, which is told what was posted and by whom."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(write, review_of(request), await posted(request))

    return endpoint


def mark(review: Review, asked: Asked) -> Response:
    """Give one answer, or each of a group, what was ticked and typed."""
    return _mark_group(review, asked) if "group" in asked else _mark_one(review, asked)


def _mark_one(review: Review, asked: Asked) -> Response:
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    given = _given(asked, student, attempt, asked.whole("version"))
    steps = review.book.mark(given, author=review.who.name)
    if not steps:
        # it is as it is wanted: the same was sent twice
        return pages.fine(version=_answered_now(review, student, attempt, asked).version)
    (step,) = steps
    if step.wrong:
        return pages.refused(step.wrong)
    if step.conflict:
        texts = _texts(review, asked)
        return pages.refused("somebody has changed this meanwhile", CONFLICT, theirs=views.theirs(step.before, texts))
    return pages.fine(version=step.after.version if step.after else 0)


def _mark_group(review: Review, asked: Asked) -> Response:
    group, versions = asked.filled("group", most=100), asked.versions("version")
    names = asked.names("answers")
    keys = {name: _key(review, asked, name) for name in names}
    wanted = [_given(asked, *keys[name], versions.get(name, 0)) for name in names]
    made = review.book.mark(*wanted, author=review.who.name, group=group)
    steps = {(step.given.student, step.given.attempt): step for step in made}
    wrong = [step.wrong for step in steps.values() if step.wrong]
    if wrong:
        return pages.refused(wrong[0])
    at = open_check(review, asked.words("item"), asked.words("check"))
    conflicts = [(name, steps[key]) for name, key in keys.items() if key in steps and steps[key].conflict]
    written = {name: at.answered[name].version for name in names if name in at.answered}
    for name, _ in conflicts:
        written.pop(name, None)
    return pages.fine(version=written, conflicts=_conflicts(review, asked, at, conflicts))


def _conflicts(review: Review, asked: Asked, at: Open, found: Sequence[tuple[str, Step]]) -> list[dict[str, Any]]:
    texts = _texts(review, asked) if found else {}
    return [
        {
            "answer": name,
            "title": views.title_of(at.shelf.places[name], at.title),
            "href": f"/marking/{at.number}/{at.shelf.places[name]}",
            "theirs": views.theirs(step.before, texts),
        }
        for name, step in found
        if name in at.shelf.places
    ]


def undo(review: Review, asked: Asked) -> Response:
    """Take back for one answer what its group was given: it waits again, and what the group is given later leaves it alone."""
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    place = asked.words("item"), asked.words("check")
    given = Given(student, attempt, *place, delete=True, version=asked.whole("version"))
    for step in review.book.mark(given, author=review.who.name):
        if step.wrong or step.conflict:
            return pages.refused(step.wrong or "somebody has changed this meanwhile; load the page again and look")
    return pages.fine()


def entry(review: Review, asked: Asked) -> Response:
    """Add a line to the guide, or change one; what was marked by it follows."""
    item, check = asked.words("item"), asked.words("check")
    author = review.who.name
    if "begin" in asked:
        return _begin(review, item, check)
    text = asked.filled("text", most=400) if "text" in asked else None
    points = asked.points("points") if "points" in asked else None
    if "entry" not in asked:
        if text is None or points is None:
            raise Unfit("a line needs words and points")
        added = review.book.add_entry(item, check, text, points, author=author)
        return pages.fine(entry=added.id)
    retired = asked.switch("retired") if "retired" in asked else None
    changed = review.book.change_entry(
        asked.whole("entry"), version=asked.whole("version"), author=author, text=text, points=points, retired=retired
    )
    if changed.conflict:
        now = f"“{changed.entry.text}” ({views.signed(changed.entry.points)})"
        said = f"somebody has changed this line meanwhile to {now}; save again to take yours"
        return pages.refused(said, CONFLICT, version=changed.entry.version)
    return pages.fine(marks=changed.marks)


def _begin(review: Review, item: str, check: str) -> Response:
    if any(not each.retired for each in review.book.guide(item, check)):
        raise Unfit("there are lines already; load the page again")
    possible = Decimal(open_check(review, item, check).possible)
    for text, points in (("Right", possible), ("Right in part", possible / 2), ("Wrong, or nothing", possible * 0)):
        review.book.add_entry(item, check, text, points, author=review.who.name)
    return pages.fine()


def note(review: Review, asked: Asked) -> Response:
    """Keep a private note on an answer."""
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    place = asked.words("item"), asked.words("check")
    review.book.set_note(student, attempt, *place, asked.words("text"), author=review.who.name)
    return pages.fine()


def flag(review: Review, asked: Asked) -> Response:
    """Put an answer on the list of those to look at again, or take it off."""
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    place = asked.words("item"), asked.words("check")
    review.book.flag(student, attempt, *place, asked.switch("on"), author=review.who.name)
    return pages.fine()


def name(review: Review, asked: Asked) -> Response:
    """Tell whose answer it is, which is recorded."""
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    review.book.name_shown(student, author=review.who.name)
    found = _answered_now(review, student, attempt, asked)
    return pages.fine(name=called(found.name, found.student))


def comment(review: Review, asked: Asked) -> Response:
    """Keep a comment for other answers to the same check."""
    text = asked.filled("text")
    review.book.save_comment(asked.words("item"), asked.words("check"), text, author=review.who.name)
    return pages.fine()


def _given(asked: Asked, student: str, attempt: int, version: int) -> Given:
    wanted = asked.part("mark")
    entries = wanted.wholes("entries")
    points = None if entries else wanted.points_if_any("points")
    return Given(
        student,
        attempt,
        asked.words("item"),
        asked.words("check"),
        points=points,
        comment=wanted.words("comment"),
        # neither ticks nor points: it is cleared, but for the comment
        entries=entries if points is None else None,
        adjustment=wanted.points("adjustment") if points is None else None,
        version=version,
    )


def _answered_now(review: Review, student: str, attempt: int, asked: Asked) -> Answered:
    place = asked.words("item"), asked.words("check")
    return review.book.answered(student, attempt, *place, grader=review.who.name)


def _key(review: Review, asked: Asked, name: str) -> tuple[str, int]:
    """Return student and attempt of an answer's name."""
    item, check = asked.words("item"), asked.words("check")
    shelf = review.shelves.known(item, check)
    if shelf is None or name not in shelf.keys:
        shelf = open_check(review, item, check).shelf
    if name not in shelf.keys:
        raise Unfit("this answer is not there any more; somebody may have handed in again")
    return shelf.keys[name]


def _texts(review: Review, asked: Asked) -> Mapping[int, str]:
    guide: Sequence[Entry] = review.book.guide(asked.words("item"), asked.words("check"))
    return {each.id: each.text for each in guide}
