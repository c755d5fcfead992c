"""Whose line of a file is whose."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.exports.final import Final
from grader.exports.platforms.people import NO_LINE, TWO_LINES, matched, plain_name
from grader.model import Person


def final(**who: str) -> Final:
    return Final(Person(**who), Decimal(3), Decimal(4), released=True)


def lines(rows: list[Person], *finals: Final) -> dict[int, Final]:
    return dict(matched(dict(enumerate(rows)), finals).lines)


def reasons(rows: list[Person], *finals: Final) -> list[str]:
    return [each.why for each in matched(dict(enumerate(rows)), finals).left_out]


JANE = Person(id="5", name="Doe, Jane", login="jdoe", mail="jane@uni.example", sis="0042")


@pytest.mark.parametrize(
    "who",
    [
        {"id": "5"},
        {"sis": "42"},
        {"login": "JDoe"},
        {"mail": "Jane@uni.example "},
        {"name": "Jane Doe"},
        {"name": "Doe,  Jane\u200f"},
        {"name": "Doe, Jane"},
        {"id": "5", "name": "doejane"},
        {"id": "77", "login": "jdoe"},
        {"id": "5", "mail": "jane@home.example", "name": "Jane Q. Doe-Smith"},
    ],
)
def test_somebody_is_known_by_whatever_fits(who: dict[str, str]) -> None:
    rows = [Person(id="4", name="Doe, John", login="john"), JANE]
    assert list(lines(rows, final(**who))) == [1]


def test_a_login_that_is_an_address_is_found_by_mail() -> None:
    assert list(lines([Person(login="jane@uni.example")], final(mail="jane@uni.example", login="jdoe"))) == [0]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ({"id": "6"}, NO_LINE),
        ({"id": "5", "name": "Smith, John"}, "the line that fits by id says another name"),
        ({"id": "5", "sis": "43"}, "the line that fits by id says another student number"),
        ({"name": "Jane Doe", "id": "6"}, "the line that fits by name says another id"),
        ({"name": "Jane Doe", "login": "jd2"}, "the line that fits by name says another login"),
        ({"id": "5", "login": "john"}, TWO_LINES),
    ],
)
def test_nobody_is_guessed(who: dict[str, str], reason: str) -> None:
    assert reasons([Person(id="4", name="Doe, John", login="john"), JANE], final(**who)) == [reason]


def test_two_of_one_name_are_asked_about() -> None:
    assert reasons([Person(id="1", name="Kim, Min"), Person(id="2", name="Kim, Min")], final(name="Min Kim")) == [
        TWO_LINES
    ]


def test_two_who_claim_one_line_both_go_without() -> None:
    told = reasons([JANE], final(login="jdoe", name="Jane Doe"), final(sis="42"))
    assert told == ["fits the same line of the file as others: Jane Doe, 42"] * 2


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ('="=SUM(A1), Eve"', "=SUM(A1), Eve"),
        ("Zoe\u0308", "Zoë"),
        ("a,  b", "a, b"),
        ("نام\u200cخانوادگی", "نام\u200cخانوادگی"),
    ],
)
def test_a_name_is_compared_as_it_is_read(name: str, plain: str) -> None:
    assert plain_name(name) == plain
