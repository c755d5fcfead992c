"""Releasing and exporting in the browser: a preview of what each student will see, one button, and files for other programs."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.exports import archive
from grader.exports.final import Final
from grader.exports.platforms import (
    FOR_STAFF,
    FORMATS,
    MERGED,
    WRITTEN,
    Merged,
    Packed,
    change_lines,
    left_out_lines,
    merged,
    written,
)
from grader.exports.platforms.feedback import marks
from grader.exports.platforms.page import page_of
from grader.filenames import STUDENT_PAGE
from grader.gradebook import counting
from grader.gradebook.counting import Ready
from grader.model import Result
from grader.runs import SubmissionFolder
from grader.runs.keeping import refreshed
from grader.text import counted
from grader.web import files, pages
from grader.web.asking import posted
from grader.web.reviewing import Review, review_of

ENDINGS = {"junit": "xml", "classroom50": "json"}
# of what an export says, so many lines are shown
SHOWN = 200


@dataclass(frozen=True)
class Seen:
    """One student or group on the page: whether they are ready, and what they will see; `row` is the attempt that counts."""

    ready: Ready
    row: int | None
    words: str
    late: str


def page(request: Request) -> Response:
    """Return the page with who is ready, who is not and why, and what each will see."""
    review = review_of(request)
    ready = review.book.ready()
    return pages.page(
        request,
        "release.html",
        seen=_seen(review, ready),
        now=len(counting.meant(ready)),
        waiting=sum(bool(each.why_not) for each in ready),
        released=sum(bool(each.released) for each in ready),
        formats=FORMATS,
        into=tuple(MERGED),
        for_staff=tuple(FOR_STAFF),
    )


def preview(request: Request) -> Response:
    """Return the page of an attempt as its student will see it, with what people and lateness make of it."""
    review = review_of(request)
    folder = files.folder_of(request)
    final = next((each for each in review.book.finals() if each.folder == folder), None)
    if final is None or final.points is None or not (folder / STUDENT_PAGE).is_file():
        raise HTTPException(404, "there is nothing yet that a student would see")
    return Response(
        page_of(final, _result(folder)), media_type="text/html", headers={"content-security-policy": files.POLICY}
    )


async def release(request: Request) -> Response:
    """Release those students of the ones that are named who are ready, or withdraw them."""
    asked = await posted(request)
    return await run_in_threadpool(_release, review_of(request), asked.names("students"), asked.switch("withdraw"))


def _release(review: Review, students: Sequence[str], withdraw: bool) -> Response:
    now = counting.meant(review.book.ready(), withdraw=withdraw)
    chosen = {each.student for each in now} & set(students)
    done = review.book.release(chosen, author=review.who.name, withdraw=withdraw)
    refreshed(review.folder)
    what = "withdrawn" if withdraw else "released"
    return pages.fine(done=done, said=f"{counted(done, 'student or group', 'students or groups')} {what}.")


async def export(request: Request) -> Response:
    """Return a file for another program; with `preview`, what would be in it. The download that it goes into is the body."""
    download = await request.body()
    return await run_in_threadpool(_export, review_of(request), request.query_params, download)


def _export(review: Review, asked: Mapping[str, str], download: bytes) -> Response:
    name, title = asked.get("format", ""), asked.get("title", "")[:200]
    if name not in FORMATS:
        return pages.refused(f"there is no such format; choose one of {', '.join(FORMATS)}")
    if not download and name in MERGED and name not in WRITTEN:
        return pages.refused(f"{name} goes into the file that you have downloaded there; choose that file as well")
    if download and name not in MERGED:
        return pages.refused(f"{name} is a file of its own and goes into no download; choose no file for it")
    finals = review.book.finals()
    if download:
        made: Merged | Packed = merged(name, download, finals, title=title, file="the file that you have chosen")
    else:
        made = written(name, finals, results=_result, title=title, unreleased=asked.get("unreleased") == "yes")
    if asked.get("preview") == "yes" or not made.changes:
        lines = [*change_lines(made.changes), *left_out_lines(made.left_out), *made.told]
        more = [f"and {len(lines) - SHOWN} lines more"] if len(lines) > SHOWN else []
        return pages.fine(students=len(made.changes), lines=lines[:SHOWN] + more)
    content, ending = _content(made), "zip" if isinstance(made, Packed) else ENDINGS.get(name, "csv")
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _content(made: Merged | Packed) -> bytes:
    if isinstance(made, Merged):
        return made.content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        archive.write(path, made.files)
        return path.read_bytes()


def _seen(review: Review, ready: Sequence[Ready]) -> list[Seen]:
    rows = {each.folder: each.row for each in review.book.attempts()}
    students = {each.folder: each.student for each in review.book.attempts()}
    found: dict[str, Final] = {}
    for final in review.book.finals():
        if final.folder is not None:
            found.setdefault(students.get(final.folder.relative_to(review.folder).as_posix(), ""), final)
    return [_one(each, found.get(each.student), rows, review.folder) for each in ready]


def _one(ready: Ready, final: Final | None, rows: Mapping[str, int], folder: Path) -> Seen:
    if final is None or final.folder is None:
        return Seen(ready, None, "", "")
    words = marks(final) if final.points is not None else ""
    return Seen(ready, rows.get(final.folder.relative_to(folder).as_posix()), words, final.late)


def _result(folder: Path) -> Result | None:
    return SubmissionFolder(folder).result()


OWNED: list[Any] = [
    Route("/release", page, methods=["GET"]),
    Route("/preview/{k:int}", preview, methods=["GET"]),
    Route("/api/release", release, methods=["POST"]),
    Route("/api/export", export, methods=["POST"]),
]
