from __future__ import annotations

import pytest

from grader.text import as_call, at_entry, counted, listed, number, one_or_more, points, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a plain line", "a plain line"),
        ("naïve 数字 🙂", "naïve 数字 🙂"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\nc\td", "a\\rb\\nc\\td"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("lone \udc80", "lone \\udc80"),
        ("\x9b31m\u2028", "\\x9b31m\\u2028"),
    ],
)
def test_what_could_steer_a_terminal_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_line_ends_can_be_kept_while_other_controls_are_escaped() -> None:
    assert printable("a\r\nb\n\tc\rd\x07", newlines=True) == "a\nb\n    c\\rd\\x07"


@pytest.mark.parametrize(("value", "shown"), [(8.0, "8"), (1.5, "1.5"), (0.25, "0.25"), (0.1 + 0.2, "0.3"), (0, "0")])
def test_points_are_written_as_people_write_them(value: float, shown: str) -> None:
    assert points(value) == shown


def test_a_whole_number_is_an_int_and_another_a_float() -> None:
    assert (type(number(9.0)), type(number(9.5))) == (int, float)


def test_a_call_and_an_entry_are_written_as_python_writes_them() -> None:
    assert (as_call("ELU", [0.5]), as_call("ELU", []), as_call("Linear", [2.0, 3.0])) == (
        "ELU(0.5)",
        "ELU()",
        "Linear(2, 3)",
    )
    assert at_entry("output", (0, 1), 2.0, 0.25, of=" of batch 1") == "output[0, 1] of batch 1 is 2, expected 0.25"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 numbers"), (1, "1 number"), (1.0, "1 number"), (0.5, "0.5 numbers"), (12000, "12,000 numbers")],
)
def test_what_is_counted_is_one_or_more(count: float, said: str) -> None:
    assert counted(count, "number") == said


def test_a_plural_that_is_not_made_with_an_s_can_be_given() -> None:
    assert (one_or_more("entry", 1, "entries"), one_or_more("entry", 2, "entries")) == ("entry", "entries")


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [(-0.8428123, -0.8428134, "x[0] is -0.842812, expected -0.842813"), (1.0, 1.0, "x[0] is 1, expected 1")],
)
def test_two_numbers_that_differ_are_written_so_that_one_sees_it(got: float, want: float, said: str) -> None:
    assert at_entry("x", (0,), got, want) == said


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (float("nan"), 2.0, "x[0] is nan, expected 2"),
        (float("inf"), 2.0, "x[0] is infinity, expected 2"),
        (2.0, float("nan"), "x[0] is 2"),
        (float("nan"), float("-inf"), "x[0] is nan"),
    ],
)
def test_what_is_not_finite_is_told_and_never_expected(got: float, want: float, said: str) -> None:
    assert at_entry("x", (0,), got, want) == said


@pytest.mark.parametrize(
    ("names", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_of_many_names_the_first_are_told_and_how_many_more(names: list[str], told: str) -> None:
    assert listed(names, 2) == told
