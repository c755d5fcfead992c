from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from grader.report.facts import Fact, facts, files


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        (None, Fact("k", "NoneType", "None")),
        (True, Fact("k", "bool", "True")),
        (0.5, Fact("k", "float", "0.5")),
        ("text", Fact("k", "str", "text")),
        (np.array([1.0, 2.5]), Fact("k", "float64 (2,)", "[1. , 2.5]")),
        (np.zeros((20, 3)), Fact("k", "float64 (20, 3)", "0 to 0, mean 0")),
        (np.ones(30, dtype=bool), Fact("k", "bool (30,)", "30 true")),
        (np.full(10, np.nan), Fact("k", "float64 (10,)", "nothing finite, 10 not finite")),
        (np.array([np.inf, *range(10)]), Fact("k", "float64 (11,)", "0 to 9, mean 4.5, 1 not finite")),
        (np.full(10, 1e308), Fact("k", "float64 (10,)", "1e+308 to 1e+308, mean inf")),
        (list(range(40)), Fact("k", "list of 40", "")),
        ({}, Fact("k", "dict of 0", "")),
    ],
)
def test_a_value_is_told_by_kind_and_content(value: object, fact: Fact) -> None:
    assert facts({"k": value}) == (fact,)


def test_nested_values_are_told_by_their_path() -> None:
    found = facts({"answers": [{"y": 1}, {"y": 2}]})
    assert [fact.key for fact in found] == ["answers[0].y", "answers[1].y"]


def test_deep_nesting_ends() -> None:
    deep = reduce(lambda inner, _: [inner], range(500), [])
    (fact,) = facts({"k": deep})
    assert fact.kind == "list of 1"


def test_many_values_are_cut_off_and_that_is_said() -> None:
    found = facts({f"k{number}": number for number in range(100_000)})
    assert (len(found), found[-1]) == (151, Fact("…", "", "and more"))


def test_a_long_text_is_cut_off_with_its_length() -> None:
    (fact,) = facts({"k": "x" * 1_000_000})
    assert fact.text == "x" * 300 + "… (1000000 characters)"


def test_python_files_come_first() -> None:
    assert [file.path for file in files({"a.txt": b"", "mlp.py": b"", "b/c.py": b""})] == ["b/c.py", "mlp.py", "a.txt"]


def test_lines_are_counted_as_python_counts_them() -> None:
    (file,) = files({"mlp.py": b"a = 1\r\nb = '\x0c'\rc = '\xe2\x80\xa8'\n"})
    assert file.lines == ("a = 1", "b = '\x0c'", "c = '\u2028'")


def test_bytes_that_are_no_text_do_not_stop_the_rest() -> None:
    (file,) = files({"mlp.py": b"caf\xe9\n"})
    assert file.lines == ("caf\\xe9",)


def test_a_file_that_is_not_text_is_named_but_not_shown() -> None:
    (file,) = files({"photo.png": b"\x89PNG\0"})
    assert (file.size, file.lines, file.note) == (5, (), "not text")


@pytest.mark.parametrize("content", [b"x\n" * 5000, b"x" * 300_000])
def test_of_a_long_file_the_beginning_is_shown(content: bytes) -> None:
    (file,) = files({"mlp.py": content})
    assert (file.size, file.note) == (len(content), "only the beginning is shown")
    assert sum(len(line) + 1 for line in file.lines) <= 200_001
