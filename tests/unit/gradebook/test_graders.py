from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from grader.errors import AuthorError
from grader.gradebook.book import Gradebook
from grader.gradebook.engine import reading
from grader.gradebook.tables import AUDIT, GRADERS
from kit.books import book_in


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with book_in(tmp_path) as found:
        yield found


def test_each_grader_is_known_by_a_token_of_their_own(book: Gradebook) -> None:
    tokens = book.set_graders(["kay", "prof"], author="prof")
    assert [(each.name, each.owner) for each in book.graders()] == [("kay", False), ("prof", True)]
    for name, token in tokens.items():
        found = book.grader_of(token)
        assert found
        assert found.name == name
        assert len(token) > 40


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\udc80", "0" * 64])
def test_nobody_is_known_by_another_token(book: Gradebook, token: str) -> None:
    book.set_graders(["kay"], author="prof")
    assert book.grader_of(token) is None


def test_no_token_is_kept_and_a_digest_opens_nothing(book: Gradebook) -> None:
    (token,) = book.set_graders(["kay"], author="prof").values()
    with reading(book.engine) as connection:
        kept = [str(row) for table in (GRADERS, AUDIT) for row in connection.execute(select(table))]
        digest = connection.scalar(select(GRADERS.c.digest))
    assert not any(token in row for row in kept)
    assert digest
    assert book.grader_of(digest) is None


def test_who_marks_already_keeps_the_link_and_who_is_left_out_is_withdrawn(book: Gradebook) -> None:
    first = book.set_graders(["kay", "lou"], author="prof")
    second = book.set_graders(["kay", "max"], author="prof")
    assert list(second) == ["max"]
    assert [each.name for each in book.graders()] == ["kay", "max"]
    assert book.grader_of(first["lou"]) is None
    kay = book.grader_of(first["kay"])
    assert kay
    assert kay.name == "kay"
    back = book.set_graders(["kay", "lou", "max"], author="prof")
    assert list(back) == ["lou"]
    assert back["lou"] != first["lou"]


def test_a_link_that_was_lost_is_made_anew(book: Gradebook) -> None:
    first = book.set_graders(["kay", "lou"], author="prof")
    second = book.set_graders(["kay", "lou"], author="prof", renew=["kay"])
    assert list(second) == ["kay"]
    assert book.grader_of(first["kay"]) is None
    assert book.grader_of(second["kay"])


def test_who_may_mark_stands_in_the_audit(book: Gradebook) -> None:
    book.set_graders(["kay"], author="prof")
    book.set_graders([], author="prof")
    assert [(each.author, each.change.student, each.change.after) for each in book.audit()] == [
        ("prof", "kay", "has a link"), ("prof", "kay", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(("names", "said"), [(["kay", " kay "], "'kay' is there twice"), ([" "], "a name is empty")])
def test_names_that_are_no_names_are_refused(book: Gradebook, names: list[str], said: str) -> None:
    with pytest.raises(AuthorError, match=said):
        book.set_graders(names, author="prof")
    assert book.graders() == ()


def test_when_somebody_was_here_is_kept_once_a_minute(book: Gradebook) -> None:
    (token,) = book.set_graders(["kay"], author="prof").values()
    now = book._now()
    times = iter(now + timedelta(seconds=k) for k in (0, 30, 61, 61))
    book._now = lambda: next(times)
    seen = []
    for _ in range(3):
        book.grader_of(token)
        seen.append(book.graders()[0].last_seen)
    assert seen == [now, now, now + timedelta(seconds=61)]


def test_graders_of_another_run_have_no_way_in(tmp_path: Path, book: Gradebook) -> None:
    (token,) = book.set_graders(["kay"], author="prof").values()
    with book_in(tmp_path, key="other") as other:
        assert other.graders() == ()
        assert other.grader_of(token) is None


def test_who_is_the_owner_no_more_only_marks(book: Gradebook) -> None:
    tokens = book.set_graders(["kay", "prof"], author="kay")
    assert book.set_graders(["kay", "prof"], author="prof") == {}
    kay, prof = (book.grader_of(tokens[name]) for name in ("kay", "prof"))
    assert kay
    assert prof
    assert (kay.owner, prof.owner) == (False, True)
    told = [(each.change.student, each.change.before, each.change.after) for each in book.audit()]
    assert told[-2:] == [("kay", "owner", ""), ("prof", "", "owner")]
