"""Of networks as much is kept as evidence has room for; and what a network was fed with is kept as two numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.notebook import network_keeping
from grader.assignments.byomlp.notebook.measuring import outputs_of
from grader.assignments.byomlp.notebook.network_keeping import Keeper
from grader.assignments.byomlp.notebook.probe import Task, questions_about
from grader.datasets.digits.principal import principal_components
from grader.datasets.digits.scaling import Scaling
from grader.errors import HarnessError
from grader.model import Array, Problem, ProblemKind, Setting
from grader.sandbox import Answer
from kit.byomlp_notebooks import sgd_log, small

NETWORK: Any = {"name": "net-0", "vouched": None}
IMAGES = np.random.default_rng(8).integers(256, size=(50, 784)).astype(np.uint8)


def watched(examples: int, index: int = 0) -> dict[str, Any]:
    """Return a network as the watch tells of it, with what it was trained on."""
    return small(log=sgd_log(examples=examples, inputs=2 * (1 - IMAGES[:20] / 255)), index=index)


def test_intensities_are_kept_instead_of_inputs() -> None:
    seen: dict[str, Any] = {}
    Keeper(seen, IMAGES).keep([watched(9)])
    assert seen["networks"][0]["rescaling"] == pytest.approx([2.0, 0.0])
    assert "inputs" not in seen["networks"][0]["log"]


def test_intensities_are_found_once_however_often_networks_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    monkeypatch.setattr(network_keeping, "scaling_of", lambda inputs, *_: found.append(len(inputs)) or Scaling())
    keeper = Keeper({}, IMAGES)
    keeper.keep([watched(9)])
    keeper.keep([watched(20)])
    assert len(found) == 1


def test_of_very_many_networks_those_that_were_trained_most_are_kept_in_order() -> None:
    seen: dict[str, Any] = {}
    Keeper(seen, IMAGES).keep([watched(k % 50, k) for k in range(100)])
    names = [network["name"] for network in seen["networks"]]
    assert names[:2] == ["net-38", "net-39"]
    assert (len(names), seen["networks_found"]) == (network_keeping.NETWORKS, 100)


def test_looking_at_many_networks_again_and_again_is_given_up() -> None:
    keeper = Keeper({}, IMAGES)
    keeper.keep([watched(9)] * 60)
    assert not keeper.may_look()


def test_two_components_give_back_what_lies_in_a_plane() -> None:
    rng = np.random.default_rng(9)
    rows = rng.standard_normal((40, 2)) @ rng.standard_normal((2, 7)) + 3
    assert np.allclose(principal_components(rows, 2).back(rows), rows)


def test_one_component_is_the_direction_of_most_variance() -> None:
    rows = np.random.default_rng(10).standard_normal((500, 3)) * [1, 9, 2]
    assert abs(principal_components(rows, 1).directions[0, 1]) > 0.99


def asked(answer: Answer, rows: Array, until: float) -> tuple[Array | None, dict[str, str] | None]:
    """Return what is made of a network that always answers so."""
    session: Any = SimpleNamespace(run=lambda *_: [answer])
    return outputs_of(session, NETWORK, rows, until=until)


def test_the_engine_is_asked_where_it_vouches_for_a_network() -> None:
    asked_for: list[Any] = []

    def ask_beside(question: Any, *, seconds: float) -> Array:
        asked_for.append((question["op"], question["network"], question["where"], len(question["rows"]), seconds > 0))
        return np.ones((len(question["rows"]), 2))

    network: Any = {**NETWORK, "vouched": True, "doubt": ""}
    output, problem = outputs_of(
        SimpleNamespace(ask_beside=ask_beside),
        network,
        np.ones((6000, 784)),
        until=1e12,
        end="latent",  # type: ignore[arg-type]
    )
    assert output is not None
    assert (output.shape, output.dtype, problem) == ((6000, 2), np.float32, None)
    assert asked_for == [("outputs", 0, {"end": "latent"}, rows, True) for rows in (5000, 1000)]


def test_a_network_that_is_not_vouched_for_is_not_measured() -> None:
    network: Any = {**NETWORK, "vouched": False, "doubt": "layer 2 uses a function that we do not know"}
    output, problem = outputs_of(SimpleNamespace(), network, np.ones((9, 784)), until=1e12)  # type: ignore[arg-type]
    assert output is None
    assert problem is not None
    assert "we could not follow how this network was trained: layer 2" in problem["message"]


def test_rows_travel_in_pieces() -> None:
    output, problem = asked(Answer({"results": np.ones((500, 10))}), np.ones((1000, 784)), until=1e12)
    assert output is not None
    assert (output.shape, problem) == ((1000, 10), None)


def test_what_the_network_raises_is_the_problem() -> None:
    _, problem = asked(Answer(problem=Problem(ProblemKind.RAISED, "ValueError")), np.ones((9, 784)), until=1e12)
    assert problem is not None
    assert problem["message"] == "ValueError"


def test_measuring_is_given_up_when_time_is_over() -> None:
    _, problem = asked(Answer({"results": np.ones((500, 10))}), np.ones((1000, 784)), until=0.0)
    assert problem is not None
    assert problem["kind"] == "timeout"


def second_question(earlier: dict[str, Any]) -> dict[str, Any]:
    """Ask the second question about a notebook, where there are no digits to run it on."""
    _, second = questions_about(Task("Classification.ipynb", "classification", {}), lambda *_: None)
    session: Any = SimpleNamespace(earlier={"classification": earlier}, setting=Setting(), files={})
    seen: dict[str, Any] = {}
    second(session, seen, np.random.default_rng(0))
    return seen


def test_without_a_reason_no_notebook_is_run_twice() -> None:
    assert second_question({"mode": "engine", "why_own": []}) == {"needed": False}


def test_what_ran_on_the_own_class_already_is_not_run_again() -> None:
    assert second_question({"mode": "own", "why_own": ["layers"]}) == {"needed": False}


def test_what_the_engine_lacks_is_a_reason_to_run_it_again() -> None:
    with pytest.raises(HarnessError, match="no digits"):
        second_question({"mode": "engine", "why_own": ["layers"]})
