"""What every page of the review stands on: whose request it is, and the run that is reviewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from grader.gradebook.book import Gradebook
from grader.runs import Children, Today
from grader.runs.kept_answers import Answers
from grader.web.marking.shelves import Shelves
from grader.web.watching import Watch


@dataclass(frozen=True)
class Who:
    """A person at the review: the name for the audit, and whether the run is theirs or they only mark in it."""

    name: str
    owner: bool = True


@dataclass(frozen=True)
class Review:
    """A run as it is reviewed by somebody.

    The gradebook may be used by many threads at once: each of its functions takes a connection of its own. What was handed in is
    read in `children` alone.
    """

    folder: Path
    book: Gradebook
    today: Today
    children: Children
    who: Who
    watch: Watch
    answers: Answers
    shelves: Shelves = field(default_factory=Shelves)


def review_of(request: Request) -> Review:
    """Return the review that a request is about."""
    found: Review = request.state.review
    return found
