"""Accuracies in what a notebook prints: found in the forms that students use, and compared with the true ones."""

from __future__ import annotations

import pytest

from grader.notebooks.reported import TEST, TRAIN, Truth, numbers_in, of_the_wrong_set, printed, unstated
from kit.byomlp_notebooks import code

SMALL_TRAIN, SMALL_TEST = Truth("small", TRAIN, 56_688, 60_000), Truth("small", TEST, 9287, 10_000)
LARGE_TRAIN, LARGE_TEST = Truth("large", TRAIN, 57_516, 60_000), Truth("large", TEST, 9402, 10_000)
ALL = (SMALL_TRAIN, SMALL_TEST, LARGE_TRAIN, LARGE_TEST)


def missing(text: str, *truths: Truth, tolerance: float = 0.005) -> list[Truth]:
    """Return what a text does not state."""
    return unstated(list(numbers_in(text)), truths or ALL, tolerance)


@pytest.mark.parametrize(
    "text",
    [
        "test accuracy: 0.9287",
        "Test: 92.87%",
        "acc on test set 92.9 %",
        "test accuracy = 9287/10000",
        "9287 of 10000 test images right",
        "test error 0.0713",
        "Accuracy after training: train 0.9448 test 0.9287",
        "test acc: 9.287e-01",
        "accuracy on DigitsTest is 92.87",
        "Test results\n0.9287",
        "0.9287",
        "np.float64(0.9287)",
        "Test accuracy\n\n92.87",
        "| set | accuracy |\n| test | 0.9287 |",
        "       train     test\nsmall  0.9448  0.9287",
        "test loss 0.31, accuracy 0.9287",
        "test acc/loss: 0.9287 / 0.31",
    ],
)
def test_a_true_accuracy_is_found_in_many_forms(text: str) -> None:
    assert missing(text, SMALL_TEST) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "test accuracy: 0.99",
        "train accuracy: 0.9287",
        "epoch 93 of 100",
        "0.93",
        "test loss 3.9287",
        "net0.9287x",
        "after training for 92.87 s",
        "test loss 0.9287",
        "Epoch 3: test loss = 0.9287",
        "test set: rate 0.9287",
        "test  train\n0.9448  0.9287",
    ],
)
def test_what_does_not_state_the_accuracy_is_not_taken_for_it(text: str) -> None:
    assert missing(text, SMALL_TEST) == [SMALL_TEST]


def test_all_four_are_found_in_a_report_of_both_networks() -> None:
    text = "small: train 0.9448, test 0.9287\nlarge: train 0.9586, test 0.9402"
    assert missing(text) == []


def test_unlabelled_numbers_with_enough_digits_are_found() -> None:
    assert missing("[0.9448, 0.9287, 0.9586, 0.9402]") == []


def test_one_number_states_one_accuracy_only() -> None:
    assert missing("test 0.934", SMALL_TEST, LARGE_TEST, tolerance=0.02) == [LARGE_TEST]


def test_numbers_are_given_away_so_that_most_accuracies_are_stated() -> None:
    assert missing("test 0.934 and 0.929", SMALL_TEST, LARGE_TEST, tolerance=0.0065) == []


def test_the_words_after_training_name_no_set() -> None:
    assert [number.label for number in numbers_in("accuracy after training: 0.9287")] == [""]


def test_the_training_accuracy_printed_as_test_accuracy_is_noticed() -> None:
    found = of_the_wrong_set(list(numbers_in("train 0.9448 test 0.9448")), (SMALL_TRAIN, SMALL_TEST))
    assert found is not None
    assert found[0] == SMALL_TEST


def test_the_true_test_accuracy_beside_it_makes_that_good() -> None:
    numbers = list(numbers_in("train 0.9448 test 0.9448\ntest 0.9287"))
    assert of_the_wrong_set(numbers, (SMALL_TRAIN, SMALL_TEST)) is None


def test_only_text_of_cells_that_ran_is_read() -> None:
    cell = code("print(1)", 1, "test 0.5")
    cell["outputs"].append({"kind": "error", "text": "test 0.25", "png": None})
    assert [number.value for number in printed([cell])] == [0.5]


COUNTING = """
small = MLP(784, loss)
for epoch in range(100):
    print("Accuracy", correct(small))
"""


@pytest.mark.parametrize("count", [100, 1000])
def test_of_many_numbers_without_a_label_none_is_the_accuracy_by_chance(count: int) -> None:
    cell = code("X_test = load('test')\n" + COUNTING, 1, "\n".join(f"Accuracy {k / count:.5f}" for k in range(count)))
    assert unstated(printed([cell]), [Truth("small", TEST, 500, 1000)], 0.005) != []


def test_a_number_without_a_label_states_nothing_of_a_set_that_its_cell_does_not_look_at() -> None:
    cell = code(COUNTING, 1, "Accuracy 0.9287")
    assert unstated(printed([cell]), [SMALL_TEST], 0.005) == [SMALL_TEST]


@pytest.mark.parametrize(
    "sources",
    [
        ["print(accuracy(small, X_test, Y_test))"],
        ["A, B = get_digits('DigitsTest')", "print(accuracy(small, A, B))"],
        ["A = load('test'); C = A / 255", "def right():\n    return net(C)", "right()"],
        ["for A, B in [get_digits('Digits'), get_digits('DigitsTest')]:\n    print(accuracy(A, B))"],
        ["va = order[n:]; X_va = X[va]", "np.mean(net.forward(X_va).argmax(1) == y[va])"],
    ],
)
def test_a_number_without_a_label_is_of_the_test_set_where_that_is_looked_at(sources: list[str]) -> None:
    cells = [code(source, number, "0.9287") for number, source in enumerate(sources, start=1)]
    cells[:-1] = [{**cell, "outputs": []} for cell in cells[:-1]]
    assert unstated(printed(cells), [SMALL_TEST], 0.005) == []


def test_a_number_is_found_in_a_table_and_in_markdown_that_are_shown() -> None:
    cell = code("display(Markdown(...))", 1, "<IPython.core.display.Markdown object>")
    cell["outputs"][0]["rich"] = {"text/markdown": "**test accuracy**: 0.9287"}
    table = code("frame", 2, "")
    table["outputs"][0]["rich"] = {
        "text/html": "<tr>\n<th>train</th>\n<th>test</th></tr>\n<td>0.9448</td>\n<td>0.9287</td>"
    }
    assert [unstated(printed([each]), [SMALL_TEST], 0.005) for each in (cell, table)] == [[], []]
