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
from grader.web.marking.opening import GONE, Open, answered_now, open_check
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
        return _wrong(step)
    if step.conflict:
        texts = _texts(review, asked)
        return pages.refused("somebody has changed this meanwhile", CONFLICT, theirs=views.theirs(step.before, texts))
    return pages.fine(version=step.after.version if step.after else 0)


def _mark_group(review: Review, asked: Asked) -> Response:
    group, versions = asked.filled("group", most=100), asked.versions("version")
    # one who has handed in again meanwhile does not keep the others from what they are given
    keys = _keys(review, asked, asked.names("answers"))
    if not keys:
        raise Unfit(GONE)
    wanted = [_given(asked, *key, versions.get(name, 0)) for name, key in keys.items()]
    made = review.book.mark(*wanted, author=review.who.name, group=group)
    by_key = {(step.given.student, step.given.attempt): step for step in made}
    steps = {name: by_key[key] for name, key in keys.items() if key in by_key}
    wrong = [step for step in steps.values() if step.wrong]
    if len(wrong) == len(keys) or not all(step.is_gone for step in wrong):
        return _wrong(min(wrong, key=lambda step: step.is_gone))
    at = open_check(review, asked.words("item"), asked.words("check"))
    conflicts = [(name, step) for name, step in steps.items() if step.conflict]
    done = {name: step.after.version for name, step in steps.items() if step.after and not step.conflict}
    # who has it already, as where the same was sent twice
    had = {name: at.answered[name].version for name in keys if name not in steps and name in at.answered}
    return pages.fine(version=had | done, conflicts=_conflicts(review, asked, at, conflicts))


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


def _wrong(step: Step) -> Response:
    return pages.refused(GONE if step.is_gone else step.wrong)


def undo(review: Review, asked: Asked) -> Response:
    """Take back for one answer what its group was given: it waits again, and what the group is given later leaves it alone."""
    student, attempt = _key(review, asked, asked.words("answer", most=64))
    place = asked.words("item"), asked.words("check")
    given = Given(student, attempt, *place, delete=True, version=asked.whole("version"))
    for step in review.book.mark(given, author=review.who.name):
        if step.wrong:
            return _wrong(step)
        if step.conflict:
            return pages.refused("somebody has changed this meanwhile; load the page again and look")
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
    return answered_now(review, student, attempt, *place)


def _key(review: Review, asked: Asked, name: str) -> tuple[str, int]:
    """Return student and attempt of an answer's name."""
    found = _keys(review, asked, [name])
    if not found:
        raise Unfit(GONE)
    return found[name]


def _keys(review: Review, asked: Asked, names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return student and attempt of those of these names that are known."""
    item, check = asked.words("item"), asked.words("check")
    shelf = review.shelves.known(item, check)
    if shelf is None or not shelf.keys.keys() >= set(names):
        shelf = open_check(review, item, check).shelf
    return {name: shelf.keys[name] for name in names if name in shelf.keys}


def _texts(review: Review, asked: Asked) -> Mapping[int, str]:
    guide: Sequence[Entry] = review.book.guide(asked.words("item"), asked.words("check"))
    return {each.id: each.text for each in guide}
