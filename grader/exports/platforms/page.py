"""The page of a student as it is handed out: above what the program found stands what it comes to with people and lateness."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from grader.exports.final import Final, rounded
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import points_of
from grader.filenames import STUDENT_PAGE
from grader.model import Result
from grader.text import printable

# each of these is once in a page, since all that a student wrote is escaped there
_MAIN, _TITLE = "<main>", re.compile(r"<title>[^<]*</title>")
_AROUND = Markup(
    '<div role="region" aria-label="Your result" style="margin-bottom: 3.5rem">\n<p class="kind">Your result</p>\n{}</div>\n'
)
_TOTAL = Markup(
    '<div class="score" style="margin-top: 0.75rem">\n<p class="total"><strong>{}</strong> of {} points</p>\n</div>\n'
)
_LIST, _LINE = Markup("<ul>\n{}</ul>\n"), Markup("<li>{}</li>\n")
_SAID = Markup('<p class="remark waits prose">{}</p>\n')
_LATE = Markup('<p class="remark">{}</p>\n')
_BELOW = Markup('<p class="setting">Below stands what the program found by itself: {} of {} points.</p>\n')


def page_of(final: Final, result: Result | None) -> bytes:
    """Return the page of somebody who is released; `result` is what the program found.

    It is the one of the run's folder, and where people or lateness have changed anything, the final points, what people wrote and
    what lateness costs stand at its top.
    """
    assert final.folder is not None
    page = (final.folder / STUDENT_PAGE).read_text(encoding="utf-8")
    if result is not None and not _is_changed(final, result):
        return page.encode()
    points, possible = numbers.written(points_of(final)), numbers.written(final.possible)
    title = escape(f"{points} of {possible} points")
    page = _TITLE.sub(lambda _: f"<title>{title}</title>", page, count=1)
    before, main, rest = page.partition(_MAIN)
    return f"{before}{main}\n{_said(final, result, points, possible)}{rest}".encode() if main else page.encode()


def _said(final: Final, result: Result | None, points: str, possible: str) -> Markup:
    said = [_TOTAL.format(points, possible)]
    if lines := list(map(_LINE.format, _items(final, result))):
        said.append(_LIST.format(Markup("").join(lines)))
    if final.comment.strip():
        said.append(_SAID.format(printable(final.comment.strip(), newlines=True)))
    if final.late.strip():
        said.append(_LATE.format(printable(final.late.strip())))
    if result:
        marks = result.marks
        said.append(_BELOW.format(*(numbers.written(numbers.exact(each)) for each in (marks.earned, marks.possible))))
    return _AROUND.format(Markup("").join(said))


def _items(final: Final, result: Result | None) -> Iterator[str]:
    """Yield a line for each item in which people have changed something."""
    for item in result.items if result else ():
        found, now = numbers.exact(item.marks.earned), final.items.get(item.id)
        if now is not None and now != rounded(found):
            points = f"{numbers.written(now)} of {numbers.written(numbers.exact(item.marks.possible))}"
            yield f"{printable(item.title)}: {points}, by a person; the program found {numbers.written(found)}"


def _is_changed(final: Final, result: Result) -> bool:
    same = points_of(final) == rounded(numbers.exact(result.marks.earned))
    return not same or bool(final.comment.strip() or final.late.strip() or any(_items(final, result)))
