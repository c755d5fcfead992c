"""Numbers as platforms write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.exports.platforms import numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45.00", "45"), ("45,00", "45"), (" 12,5 ", "12.5"), ("1,234.5", "1234.5"), ("1.234,5", "1234.5"), ("1,234", "1.234"),
        ("-3", "-3"), ("٣", "3"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_canvas_reads_it(text: str, value: str) -> None:
    assert numbers.read(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "EX", "12 %", "1,2,3", "(read only)", "1e3"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert numbers.read(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [("31.50", "31.5"), ("40", "40"), ("0.00", "0"), ("-0", "0"), ("1E+2", "100"), ("12.25", "12.25")],
)
def test_points_are_written_without_zeros_at_the_end(value: str, text: str) -> None:
    assert numbers.written(Decimal(value)) == text


def test_decimals_have_a_comma_where_the_file_has_one() -> None:
    assert numbers.written(Decimal("31.5"), comma=numbers.has_commas(["8", "12,50"])) == "31,5"
