"""Which networks are put aside, by what was found out of each, and which rows of theirs are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.main.believing import STILL, Belief
from grader.assignments.modules.main.files import as_ink
from grader.assignments.modules.main.looking import FROM_ANOTHER, Looking
from grader.assignments.modules.main.measuring import Measuring
from grader.datasets.digits.scaling import Scaling
from grader.model import Array
from kit.digits_samples import few

DIGITS = few(60, 20)


def network(index: int, outputs: int = 10, backwards: int = 9) -> dict[str, Any]:
    return {"index": index, "inputs": 784, "outputs": outputs, "backwards": backwards, "layers": []}


def settled(*beliefs: Belief) -> dict[str, Any]:
    """Return what is noted of networks of which this is believed, and of one that was never looked at."""
    looking = Looking(np.random.default_rng(1), 5)
    looking._found = {each.index: each for each in beliefs}
    seen: dict[str, Any] = {"file": "HW3_main.ipynb", "networks": [network(k) for k in (*looking._found, 99)]}
    looking.settle(seen)
    return seen


def numbers(listed: list[dict[str, Any]]) -> list[int]:
    return [each["index"] for each in listed]


def test_networks_that_are_doubted_are_put_aside_with_the_reason() -> None:
    seen = settled(Belief(1, "", "fine"), Belief(2, "it leapt", "odd"))
    assert (numbers(seen["networks"]), numbers(seen["doubted"])) == ([1], [2, 99])
    assert {"index": 2, "told": "odd", "doubt": "it leapt"} in seen["beliefs"]


def test_one_that_goes_on_from_a_doubted_one_does_not_count_either() -> None:
    seen = settled(
        Belief(1, "it leapt"), Belief(2, origins=frozenset({1})), Belief(3, origins=frozenset({2})), Belief(4)
    )
    assert numbers(seen["networks"]) == [4]
    assert [each["doubt"] for each in seen["beliefs"]][:3] == ["it leapt", FROM_ANOTHER, FROM_ANOTHER]


def test_what_may_be_a_mere_mistake_is_no_notice() -> None:
    assert settled(Belief(1, STILL), Belief(2, "it leapt"))["noticed"] == ["network 3 of HW3_main.ipynb: it leapt"]


def known(samples: Array, scaling: Scaling) -> bool:
    asked = Measuring(Any, DIGITS, 0.0, lambda rows: rows)  # type: ignore[arg-type]
    return asked.knows({"samples": samples.astype(np.float32)}, scaling)  # type: ignore[typeddict-item]


@pytest.mark.parametrize("scaling", [Scaling(), Scaling(a=2.0, c=-1.0), Scaling(a=-1.0, c=1.0)], ids=str)
def test_rows_that_were_laid_are_known_however_they_were_scaled(scaling: Scaling) -> None:
    assert known(scaling.applied(as_ink(DIGITS.test_images[3:5])), scaling)


def test_other_rows_are_not_known() -> None:
    assert not known(np.random.default_rng(1).random((4, 784)), Scaling())
    assert not known(np.zeros((0, 784)), Scaling())
    assert not known(np.zeros((2, 30)), Scaling())
