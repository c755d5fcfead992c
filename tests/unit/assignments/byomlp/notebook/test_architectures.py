"""The network that an assignment asks for is found among all that a notebook made."""

from __future__ import annotations

from grader.assignments.byomlp.notebook.architectures import (
    AUTOENCODER,
    LARGE,
    SMALL,
    choose,
    described,
    wrong_activations,
)
from kit.byomlp_notebooks import autoencoder, large, network, sgd_log, small


def test_each_network_is_found_by_its_layers() -> None:
    networks = [autoencoder(), large(), small()]
    assert [choose(networks, wanted) for wanted in (SMALL, LARGE, AUTOENCODER)] == [2, 1, 0]


def test_of_two_alike_the_one_that_was_trained_more_is_taken() -> None:
    assert choose([small(log=sgd_log(2)), small(log=sgd_log(9)), small(log=sgd_log(1))], SMALL) == 1


def test_right_activations_go_before_much_training() -> None:
    other = network((20, "logistic"), (10, "softmax"), log=sgd_log(100))
    assert choose([other, small(log=sgd_log(1))], SMALL) == 1


def test_without_the_right_one_the_nearest_is_taken() -> None:
    assert choose([network((300, "relu"), (10, "softmax")), network((25, "relu"), (10, "softmax"))], SMALL) == 1


def test_networks_with_another_number_of_outputs_are_not_candidates() -> None:
    assert choose([network((20, "relu"), (1, "logistic"))], SMALL) is None


def test_relu_is_accepted_for_leaky_relu_and_the_other_way_round() -> None:
    other = network((40, "leaky_relu"), (20, "relu"), (10, "softmax"))
    assert wrong_activations(other, LARGE) == []


def test_a_derivative_of_another_function_is_named() -> None:
    other = small()
    other["layers"][0]["slope"] = "logistic"
    assert wrong_activations(other, SMALL) == ["layer 1 (20) is leaky ReLU with the derivative of logistic"]


def test_the_derivative_of_the_last_layer_does_not_matter() -> None:
    other = small()
    other["layers"][1]["slope"] = ""
    assert wrong_activations(other, SMALL) == []


def test_a_network_is_described_as_students_write_it() -> None:
    assert described(small()) == "784 -> 20 leaky ReLU -> 10 softmax"
