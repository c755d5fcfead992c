"""Points into one column of a platform's file, for those who are released; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from grader.errors import AuthorError
from grader.exports.final import Final
from grader.exports.platforms import numbers
from grader.exports.platforms.made import Change, Merged
from grader.exports.platforms.people import matched
from grader.exports.platforms.sheet import Sheet
from grader.exports.release import LeftOut, Released, name_of
from grader.model import Person
from grader.text import counted, listed

NAMED = 8
COMMENTED = "has a comment in the file already, which was left; the points are written"
MORE = "has more points than the platform takes ({points} of {possible})"
NEGATIVE = "has less than 0 points"


@dataclass(frozen=True)
class Places:
    """Where things stand in a file: the `column` of points, and whose the lines of students are.

    `kept` are lines that go back whatever happens; with `others`, so do those of students without a final mark. `maximum` is
    what the platform says the column is worth, None where it does not say. `fixed` are cells that a mark is not written over,
    with what to say. `comments` is the column of comments, -1 where there is none. With `extra`, more points than the maximum
    are taken. `comma` is how decimals are written.
    """

    column: int
    rows: Mapping[int, Person]
    maximum: Decimal | None
    kept: frozenset[int] = frozenset({0})
    others: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    comments: int = -1
    extra: bool = True
    comma: bool = False


def fill(sheet: Sheet, places: Places, released: Released, *, platform: str) -> Merged:
    """Return the file with the points of those who are released; AuthorError where its maximum is not ours."""
    told = [*sheet.told, *_compared(places, released.finals, platform)]
    found = matched(places.rows, released.finals)
    values: dict[tuple[int, int], str] = {}
    changes: list[Change] = []
    left_out = [*found.left_out, *released.held]
    kept = set(range(len(sheet.lines))) if places.others else set(places.kept)
    for line, final in sorted(found.lines.items()):
        was = sheet.value(line, places.column).strip()
        points = points_of(final)
        if reason := _reason(was, points, final.possible, places):
            left_out.append(LeftOut(name_of(final), reason))
            continue
        kept.add(line)
        now = was if numbers.read(was) == points else numbers.written(points, comma=places.comma)
        changes.append(Change(name_of(final), was, now))
        if now != was:
            values[line, places.column] = now
        remark = remark_on(final) if places.comments >= 0 else ""
        there = sheet.value(line, places.comments).strip()
        if remark and there and there != remark:
            left_out.append(LeftOut(name_of(final), COMMENTED))
        elif remark and not there:
            values[line, places.comments] = remark
    content = sheet.with_values(values).with_lines(kept).content
    return Merged(content, tuple(changes), tuple(left_out), tuple(told))


def points_of(final: Final) -> Decimal:
    """Return the points of somebody who got through the gate."""
    assert final.points is not None, "who is released has points"
    return final.points


def remark_on(final: Final) -> str:
    """Return what a student reads beside the points: the comment, and what being late costs."""
    return "\n".join(each for each in (final.comment.strip(), final.late.strip()) if each)


def worth(finals: Sequence[Final]) -> Decimal | None:
    """Return what a class is graded out of, None for nobody; AuthorError where that is not the same for all."""
    found = {final.possible.normalize() for final in finals}
    if len(found) > 1:
        all_of_them = listed([numbers.written(each) for each in sorted(found)], NAMED)
        raise AuthorError(
            f"the class is not graded out of one number of points ({all_of_them}); regrade it with one rubric"
        )
    return found.pop() if found else None


def one_column(
    columns: Mapping[int, str], title: str, *, file: str, bare: Callable[[str], str] = str.strip
) -> tuple[int, str]:
    """Return the column that is meant (place, header): that with the `title`, or the only one there is.

    `columns` are those that could be meant, `bare` takes from a header what the platform adds to a title. AuthorError otherwise.
    """
    wanted = title.strip()
    found = [place for place, header in columns.items() if wanted in (header.strip(), bare(header))]
    exact = [place for place in found if columns[place].strip() == wanted]
    if not wanted:
        found = list(columns)
    elif exact:
        found = exact
    if len(found) == 1:
        return found[0], columns[found[0]]
    there = listed([f"'{columns[place].strip()}'" for place in found or columns], NAMED) or "none"
    if not columns:
        raise AuthorError(
            f"{file}: has no column of an assignment; make the assignment there and download the file again"
        )
    if not wanted:
        raise AuthorError(
            f"{file}: has {counted(len(columns), 'column')} of assignments ({there}); say which with --title"
        )
    if found:
        raise AuthorError(f"{file}: more than one column is called '{wanted}'; give one of {there} as --title")
    raise AuthorError(f"{file}: no column is called '{wanted}'; there are {there}; say which with --title")


def _reason(was: str, points: Decimal, possible: Decimal, places: Places) -> str:
    """Return why a mark is not written, or nothing."""
    if was in places.fixed:
        return places.fixed[was]
    if points < 0:
        return NEGATIVE
    if points > possible and not places.extra:
        return MORE.format(points=numbers.written(points), possible=numbers.written(possible))
    return ""


def _compared(places: Places, finals: Sequence[Final], platform: str) -> Iterable[str]:
    possible = worth(finals)
    if possible is None:
        return
    if places.maximum is None:
        yield f"The file does not say what the column is worth; make sure that it is {numbers.written(possible)} at {platform}."
    elif places.maximum != possible:
        there, here = counted(float(places.maximum), "point"), numbers.written(possible)
        raise AuthorError(
            f"the column is worth {there} at {platform} and the class is graded out of {here}; "
            f"set it to {here} there and download the file again"
        )
