"""A small run with a review of it, and browsers without a window that have come in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.runs import Children, Today
from grader.runs.keeping import kept_book
from grader.runs.kept_answers import Answers
from grader.web.app import application
from grader.web.doors import Address, Doors
from grader.web.reviewing import Review, Who
from grader.web.watching import Watch
from kit import report_samples as samples
from kit.reviewing import answering, made_run
from kit.visiting import Client, Visit

HERE = "http://127.0.0.1:8765"
GRADER = "a token of a grader"


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of three: Ann has two attempts and waits for a person, Bob has bugs, Eve is right."""
    right = samples.right()
    eve = replace(right, submission=replace(right.submission, id="eve"))
    reports = [
        answering("ann", "The first is better."),
        answering("ann", "The second is better."),
        samples.wrong(),
        eve,
    ]
    return made_run(tmp_path_factory.mktemp("run") / "graded", reports)


@pytest.fixture
def visit(tmp_path: Path, small_run: Path) -> Iterator[Visit]:
    """Return a review of a copy of that run."""
    folder = shutil.copytree(small_run, tmp_path / "graded")
    today = Today()
    owner, grader = Who("Jane"), Who("Gil", owner=False)
    doors = Doors((Address.of(HERE),), owner, {GRADER: grader}.get)
    children = Children(today, Today)
    with kept_book(folder) as book:
        review = Review(folder, book, today, children, owner, Watch(folder, book), Answers(folder))
        app = application(review, doors)
        visitors = Client(app, HERE), Client(app, HERE)
        writes = [each.come_in(token) for each, token in zip(visitors, (doors.token, GRADER), strict=True)]
        yield Visit(review, visitors[0], writes[0], visitors[1], writes[1])
    children.stop()
