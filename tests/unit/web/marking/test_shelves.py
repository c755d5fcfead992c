"""Answers keep their order while they are marked, and are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from grader.answers import Answer
from grader.answers.words import normal
from grader.gradebook.nouns import Answered, Found
from grader.model import Verdict
from grader.web.marking.shelves import Shelves

FOUND = Found(0, "code", "Code", "says", "It says", Verdict.PENDING, *map(Decimal, (0, 2, 2, 0)))
SAID = {"a": "leaky is better", "b": "", "c": "is better: LEAKY", "d": "something else", "e": ""}


def answered(name: str) -> Answered:
    return Answered(f"student {name}", "Name", 1, name, FOUND, f"digest of {name}")


def read(wanted: Mapping[str, Answered]) -> dict[str, Answer]:
    return {name: Answer(SAID[name], normal=normal(SAID[name])) for name in wanted}


def test_answers_are_walked_through_by_groups() -> None:
    shelf = Shelves().of("code", "says", {name: answered(name) for name in SAID}, read)
    assert [group.members for group in shelf.groups] == [("b", "e"), ("a", "c"), ("d",)]
    assert (shelf.order, shelf.places["c"], shelf.group_of["d"]) == (("b", "e", "a", "c", "d"), 4, 3)
    assert shelf.keys["a"] == ("student a", 1)


def test_a_shelf_is_kept_until_something_else_is_handed_in() -> None:
    shelves, seen = Shelves(), {name: answered(name) for name in SAID}
    first = shelves.of("code", "says", seen, read)
    flagged = {name: replace(each, flagged=True) for name, each in seen.items()}
    assert shelves.of("code", "says", flagged, read) is first
    assert shelves.known("code", "says") is first
    again = seen | {"a": replace(seen["a"], digest="another")}
    assert shelves.of("code", "says", again, read) is not first


def test_while_a_run_goes_on_no_check_gets_another_number() -> None:
    shelves = Shelves()
    shelves.remember([("proof", "holds")])
    shelves.remember([("code", "says"), ("proof", "holds")])
    assert (shelves.number("proof", "holds"), shelves.number("code", "says")) == (1, 2)


def test_checks_have_the_numbers_that_were_remembered() -> None:
    shelves = Shelves()
    shelves.remember([("code", "says"), ("proof", "holds")])
    assert [shelves.check(number) for number in (0, 1, 2, 3)] == [None, ("code", "says"), ("proof", "holds"), None]
    assert (shelves.number("proof", "holds"), shelves.number("proof", "says")) == (2, 0)
