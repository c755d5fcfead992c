"""Arrays in nested lists, and rates among the names of the code that trains."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from grader.watching.recording.looking import ENTRIES, arrays_in, rate_in_frames


def test_arrays_are_found_in_nested_lists_in_order() -> None:
    a, b, c = np.zeros(1), np.zeros(2), np.zeros(3)
    assert [len(each) for each in arrays_in([a, [b, (c, "text")], None])] == [1, 2, 3]


def test_a_list_that_holds_itself_comes_to_an_end() -> None:
    endless: list[object] = [np.zeros(1)]
    endless.append(endless)
    assert len(list(arrays_in(endless))) == 12


@pytest.mark.parametrize("config", [{"learning_rate": 0.5}, SimpleNamespace(lr=0.5)])
def test_a_rate_that_is_kept_in_a_table_or_an_object_is_found(config: object) -> None:
    assert config is not None
    assert rate_in_frames() == 0.5


def test_what_can_be_no_rate_is_passed_over() -> None:
    eta = -3.0
    assert eta < 0
    assert rate_in_frames() != eta


def test_a_list_that_holds_itself_many_times_comes_to_an_end() -> None:
    endless: list[object] = [np.zeros(1)]
    endless += [endless] * 30
    assert len(list(arrays_in(endless))) <= ENTRIES
