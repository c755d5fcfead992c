"""What lies beside a main notebook: the right file is found, the digits and the modules are what they should be."""

from __future__ import annotations

import io

import numpy as np
import pytest

from grader.assignments.modules.main import files
from grader.assignments.modules.main.module_cells import without_experiments
from grader.notebooks.reading import Cell, read
from kit.digits_samples import few

RUNS = files.as_notebook("%run HW3_Modules.ipynb")
OTHER = files.as_notebook("x = 1")


TOY = "toy.add(Linear(2, 2)); train(toy)"
DIGITS = "net.add(Linear(784, 10)); net.add(ELU()); net.add(Dropout(0.5)); net.add(SoftMax()); train(net)"
ALL, ONLY_TOY = (
    files.as_notebook("%run HW3_Modules.ipynb", TOY, DIGITS),
    files.as_notebook("%run HW3_Modules.ipynb", TOY),
)
ONLY_DIGITS = files.as_notebook("%run HW3_Modules.ipynb", DIGITS)
OPTIONAL = files.as_notebook("%run HW3_Modules.ipynb", "auto.add(Linear(784, 30)); auto.backward(x, g)")
CLASSES = files.as_notebook("class Linear(Module): pass\nclass ELU(Module): pass", TOY)
SCRIPT = b"from HW3_Modules import *\n# %%\n" + f"{TOY}\n{DIGITS}".encode()
REST = {"HW3_Modules.ipynb": OTHER, "HW3_differentiation.ipynb": OTHER}


@pytest.mark.parametrize(
    ("handed_in", "found"),
    [
        ({"HW3_main.ipynb": OTHER, "alice.ipynb": RUNS, **REST}, ["alice.ipynb"]),
        ({"HW3_main.ipynb": OTHER, **REST}, ["HW3_main.ipynb"]),
        ({"HW3_main.ipynb": ALL, "alice.ipynb": ALL, **REST}, ["HW3_main.ipynb"]),
        ({"alice.ipynb": RUNS, "notes.ipynb": OTHER, **REST}, ["alice.ipynb"]),
        ({"alice.ipynb": OTHER, **REST}, ["alice.ipynb"]),
        ({"HW3_autoencoder.ipynb": OPTIONAL, "My_main.ipynb": ALL, **REST}, ["My_main.ipynb"]),
        ({"a.ipynb": OPTIONAL, "z.ipynb": ALL, **REST}, ["z.ipynb"]),
        ({"a.ipynb": ALL, "z_main.ipynb": ALL, **REST}, ["z_main.ipynb"]),
        ({"a_toy.ipynb": ONLY_TOY, "mnist.ipynb": ONLY_DIGITS, **REST}, ["mnist.ipynb", "a_toy.ipynb"]),
        ({"HW3_main.ipynb": ONLY_TOY, "digits.ipynb": ONLY_DIGITS, **REST}, ["HW3_main.ipynb", "digits.ipynb"]),
        ({"HW3_main.ipynb": OTHER, "solved.ipynb": ALL, **REST}, ["solved.ipynb"]),
        ({"layers.ipynb": CLASSES, "digits.ipynb": ONLY_DIGITS}, ["digits.ipynb"]),
        ({"everything.ipynb": files.as_notebook("class Linear(Module): pass", TOY, DIGITS)}, ["everything.ipynb"]),
        ({"HW3_main.py": SCRIPT, "HW3_Modules.py": b"class Linear(Module): pass"}, ["HW3_main.py"]),
        (REST, []),
        ({}, []),
    ],
)
def test_the_main_notebook_is_known_by_its_name_and_by_what_is_in_it(
    handed_in: dict[str, bytes], found: list[str]
) -> None:
    chosen, note = files.main_files(handed_in)
    assert chosen == found
    assert all(name in note for name in chosen if chosen != [files.MAIN])


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("%run HW3_Modules.ipynb", ["HW3_Modules.ipynb"]),
        ("x = 1\n%run -i './my modules.ipynb'  ", ["my modules.ipynb"]),
        ("from HW3_Modules import *", ["HW3_Modules.py"]),
        ("import numpy as np\n# %run HW3_Modules.ipynb", []),
    ],
)
def test_files_of_modules_are_found_by_how_they_are_run_or_imported(source: str, names: list[str]) -> None:
    assert files.modules_used([Cell("code", source)]) == names


def test_the_digits_are_laid_as_the_course_has_them() -> None:
    digits = files.part_of(few(60, 40), 30, 20, np.random.default_rng(1))
    with np.load(io.BytesIO(files.as_npz(digits)), allow_pickle=False) as data:
        X, y = data["X"], data["y"]
    assert (X.dtype, X.shape, y.dtype, y.shape) == (np.float32, (50, 784), np.int64, (50,))
    assert X[30:].tolist() == (digits.test_images / np.float32(255)).tolist()
    assert y[:30].tolist() == digits.train_labels.tolist()


def test_the_file_has_an_array_for_each_key_that_the_rubric_gives() -> None:
    digits, keys = few(30, 20), ["X", "y", "Y", "x_train", "y_test"]
    with np.load(io.BytesIO(files.as_npz(digits, keys)), allow_pickle=False) as data:
        shapes = {key: data[key].shape for key in data.files}
        same = np.array_equal(data["Y"][:, 0], data["y"])
    assert shapes == {"X": (50, 784), "y": (50,), "Y": (50, 1), "x_train": (30, 784), "y_test": (20,)}
    assert same


def test_the_students_modules_are_laid_where_the_name_that_is_asked_for_is_not_there() -> None:
    cells = [Cell("code", "%run HW3_Modules.ipynb")]
    assert files.own_modules({"mine.ipynb": OTHER}, cells, "mine.ipynb", OTHER) == {"HW3_Modules.ipynb": OTHER}
    both = {"mine.ipynb": OTHER, "HW3_Modules.ipynb": RUNS}
    assert files.own_modules(both, cells, "mine.ipynb", OTHER) == {}


def test_a_module_notebook_that_ran_is_left_as_it_is() -> None:
    loaded = {"cells": [{"name": "cell 1", "skip": [0], "interrupted": 0}], "errors": []}
    assert without_experiments(OTHER, loaded) is OTHER


def test_what_failed_or_took_long_in_the_module_notebook_does_not_stop_the_main_one() -> None:
    content = files.as_notebook("class A: pass\nwhile True: pass", "class B: pass\nundefined", "def broken(:")
    loaded = {
        "cells": [{"name": "cell 1", "skip": [1], "interrupted": 1}],
        "errors": [{"cell": "cell 2"}, {"cell": "cell 3"}],
    }
    kept = [cell.source for cell in read(without_experiments(content, loaded)).cells]
    space: dict[str, object] = {}
    exec("\n".join(kept), space)
    assert "while" not in kept[0]
    assert {"A", "B"} <= space.keys()
