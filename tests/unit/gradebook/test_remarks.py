from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.gradebook.book import Gradebook
from grader.gradebook.nouns import Noted
from grader.model import Result
from kit.books import book_in, given, noted, result

WRONG = {"code": {"runs": ("passed", 2.0)}, "proof": {"holds": ("failed", 5.0)}}


def mistaken(diagnosis: str, pattern: str) -> Result:
    """Return a result that fails a check in some way."""
    made = result(WRONG)
    code, proof = made.items
    (scored,) = proof.findings
    finding = replace(scored.finding, diagnosis=diagnosis, pattern=pattern, margin=1.5)
    return replace(made, items=(code, replace(proof, findings=(replace(scored, finding=finding),))))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    mistakes = {
        "ann": ("sign", "W x-1"), "bob": ("sign", "b x-1"), "cay": ("", "W x-1"), "dan": ("", "W x2"), "eve": ("", ""),
    }  # fmt: skip
    with book_in(tmp_path) as found:
        found.note(*(noted(name, of=mistaken(*how)) for name, how in mistakes.items()))
        found.note(noted("fay", of=result({"code": {"runs": ("passed", 2.0)}})))
        yield found


def told(book: Gradebook) -> dict[str, str]:
    return {final.who.name: final.comment for final in book.finals() if final.comment}


@pytest.mark.parametrize(
    ("mistake", "members"),
    [
        (("sign", ""), ["ann", "bob"]), (("sign", "W x-1"), ["ann"]), (("", "W x-1"), ["cay"]), (("", "W x2"), ["dan"]),
        (("other", ""), []),
    ],
)  # fmt: skip
def test_a_remark_reaches_all_who_made_the_mistake(
    book: Gradebook, mistake: tuple[str, str], members: list[str]
) -> None:
    book.remark("holds", *mistake, "See page 3.", author="prof")
    assert told(book) == dict.fromkeys(members, "It holds.: See page 3.")
    assert {name: score.comment for name, score in book.marked().items()} == told(book)
    (remark,) = book.remarks()
    assert (remark.text, remark.author) == ("See page 3.", "prof")


def test_a_remark_can_be_changed_and_taken_away(book: Gradebook) -> None:
    for text in ("one", "one", "two", " "):
        book.remark("holds", "sign", "", text, author="prof")
    assert book.remarks() == ()
    assert told(book) == {}
    assert [(each.change.before, each.change.after) for each in book.audit() if each.change.what == "remark"] == [
        ("", "sign: one"), ("sign: one", "sign: two"), ("sign: two", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("mistake", [("", "sign", ""), ("holds", "", "")])
def test_a_remark_on_no_mistake_is_refused(book: Gradebook, mistake: tuple[str, str, str]) -> None:
    with pytest.raises(AuthorError, match="needs a check"):
        book.remark(*mistake, "text", author="prof")


def test_a_remark_stands_beside_what_people_wrote_unless_they_gave_everything(book: Gradebook) -> None:
    book.remark("holds", "sign", "", "See page 3.", author="prof")
    place = {"item": "proof", "check": "holds"}
    book.mark(given("2", "nearly", **place), given("5", "fine", student="bob", **place), author="kay")
    assert told(book) == {"ann": "It holds.: nearly; See page 3.", "bob": "It holds.: fine"}


def test_who_repairs_the_mistake_is_told_nothing_any_more(book: Gradebook) -> None:
    book.remark("holds", "sign", "", "See page 3.", author="prof")
    book.note(noted("ann", of=result({"code": {"runs": ("passed", 2.0)}, "proof": {"holds": ("passed", 5.0)}})))
    assert list(told(book)) == ["bob"]


def test_how_something_is_wrong_is_kept_and_brought_up_to_date_without_a_grading(book: Gradebook) -> None:
    def holds() -> tuple[str, str, float | None]:
        (standing,) = book.standings(["eve"])
        found = standing.findings[1]
        return found.diagnosis, found.pattern, found.margin

    before = len(book.audit())
    assert holds() == ("", "", 1.5)
    assert book.note(Noted("eve", 1, mistaken("sign", "W x-1"), folder="eve", stamp="later")) == 0
    assert holds() == ("sign", "W x-1", 1.5)
    assert len(book.audit()) == before
