"""Which file is which part of the homework, whatever it is called."""

from __future__ import annotations

import pytest

from grader import locations
from grader.assignments.byomlp.notebook.files import cells_besides, part_file
from grader.assignments.modules.main.files import as_notebook

IMPORTS = "from losses import (squared_loss_deriv,\n    softmax_est_crossentropy_deriv)\nfrom layers import softmax"
DIGITS = "net = MLP(784, softmax_est_crossentropy_deriv)\nnet.add_layer(m=10, f=softmax, fderiv=None)"
CODES = "auto = MLP(784, squared_loss_deriv)\nauto.add_layer(2, logistic, logistic_deriv, 'latent')"
DISC = "net = MLP(2, logistic_est_loss_deriv)\nnet.add_layer(1, logistic, None)"
ONE, OTHER = as_notebook(IMPORTS, DIGITS), as_notebook(IMPORTS, CODES)
BOTH = as_notebook(IMPORTS, DIGITS, "train(net)", CODES, "train(auto)")
NEITHER = as_notebook(IMPORTS, DISC)
SCRIPT = f"# %% [markdown]\n# # Digits\n# %%\n{IMPORTS}\n# %%\n{DIGITS}\n".encode()
HELPER = f"def build():\n    {CODES}\n    return auto\n".replace("\nauto", "\n    auto").encode()
MLP = (
    b"class MLP:\n    pass\nif __name__ == '__main__':\n    net = MLP(784, None)\n    net.add_layer(10, softmax, None)"
)
NAMES = {"classification": "Classification.ipynb", "autoencoder": "Autoencoder.ipynb"}


@pytest.mark.parametrize(
    ("handed_in", "found"),
    [
        ({"Classification.ipynb": ONE, "Autoencoder.ipynb": OTHER}, ("Classification.ipynb", "Autoencoder.ipynb")),
        ({"part1.ipynb": OTHER, "part2.ipynb": ONE, "DiscTest.ipynb": NEITHER}, ("part2.ipynb", "part1.ipynb")),
        ({"HW6.ipynb": BOTH, "notes.ipynb": NEITHER}, ("HW6.ipynb", "HW6.ipynb")),
        ({"Classification.ipynb": BOTH, "Autoencoder.ipynb": NEITHER}, ("Classification.ipynb", "Classification.ipynb")),
        ({"old/classification.ipynb": ONE, "a.ipynb": BOTH}, ("old/classification.ipynb", "a.ipynb")),
        ({"classification (1).ipynb": NEITHER, "my_classification.ipynb": ONE}, ("my_classification.ipynb", "")),
        ({"digits.py": MLP, "mlp.py": MLP, "train_digits.py": SCRIPT}, ("train_digits.py", "")),
        ({"main.ipynb": as_notebook("from nets import build"), "nets.py": HELPER}, ("", "main.ipynb")),
        ({"main.py": b"from nets import build", "nets.py": HELPER}, ("", "main.py")),
        ({"Classification.ipynb": NEITHER, "Auto-Encoder.ipynb": NEITHER}, ("Classification.ipynb", "Auto-Encoder.ipynb")),
        ({"DiscTest.ipynb": BOTH}, ("", "")),
        ({}, ("", "")),
    ],
)  # fmt: skip
def test_each_part_is_known_by_its_name_and_by_what_is_in_it(
    handed_in: dict[str, bytes], found: tuple[str, str]
) -> None:
    chosen = {part: part_file(handed_in, name, part) for part, name in NAMES.items()}
    assert tuple(path for path, _ in chosen.values()) == found
    assert all(path in note for part, (path, note) in chosen.items() if path != NAMES[part])


def test_what_is_said_of_the_choice_names_the_others() -> None:
    assert part_file({"a.ipynb": ONE, "b.ipynb": BOTH}, NAMES["classification"], "classification")[1] == (
        "of 2 files that could be Classification.ipynb, a.ipynb was run, not b.ipynb"
    )
    assert part_file({"a.ipynb": ONE, NAMES["classification"]: NEITHER}, NAMES["classification"], "classification") == (
        "a.ipynb",
        "a.ipynb was taken for Classification.ipynb, since Classification.ipynb makes no such network",
    )


def test_a_template_that_nobody_has_written_into_is_neither_part_but_by_its_name() -> None:
    folder = locations.template_folder("byomlp")
    empty = {f"{part[0]}.ipynb": (folder / name).read_bytes() for part, name in NAMES.items()}
    assert [part_file(empty, name, part) for part, name in NAMES.items()] == [("", ""), ("", "")]


def test_where_one_notebook_has_both_parts_the_cells_of_each_are_told_apart() -> None:
    names = {f"{part}_notebook": name for part, name in NAMES.items()}
    assert cells_besides({"HW6.ipynb": BOTH}, names, "HW6.ipynb", "classification") == {3, 4}
    assert cells_besides({"HW6.ipynb": BOTH}, names, "HW6.ipynb", "autoencoder") == {1, 2}
    assert cells_besides({"HW6.ipynb": BOTH, "b.ipynb": ONE}, names, "b.ipynb", "classification") == set()
