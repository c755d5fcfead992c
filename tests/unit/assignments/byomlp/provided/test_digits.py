"""`digits.py` as students have it: where it finds digits, what it gives, and what it draws."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import platformdirs
import pytest

from grader.datasets.digits import drawing, idx, kept
from grader.model import Array
from kit import ROOT
from kit.digits_samples import FILES, PACKED, few, lay

PROVIDED = ROOT / "grader" / "assignments" / "byomlp" / "provided" / "digits.py"
SIZES = {"Digits": 60, "DigitsTest": 40}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a student's folder with digits.py and drawn_digits.py; it is the current one, and the cache is empty."""
    folder = lay(tmp_path / "work")
    for path in folder.iterdir():
        path.unlink()
    shutil.copy(PROVIDED, folder / "digits.py")
    shutil.copy(drawing.__file__, folder / "drawn_digits.py")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLPGRADER_DATA", raising=False)
    return folder


@pytest.fixture
def digits(work: Path) -> Iterator[ModuleType]:
    """Return the student's digits.py, freshly imported, without its neighbours of other tests."""
    sys.modules.pop("drawn_digits", None)
    spec = importlib.util.spec_from_file_location("students_digits", work / "digits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("drawn_digits", None)
    plt.close("all")


class Model:
    """A network as far as the pictures need one: the code is two averages of the image, the output a paler image."""

    def __init__(self, outputs: int = 784, code: int = 2, scale: float = 1.0) -> None:
        self.outputs, self.code, self.scale = outputs, code, scale

    def forward(self, x: Array, end: str | None = None) -> Array:
        assert x.shape == (784,)
        if end == "latent":
            return self.scale * np.array([x[:392].mean(), x[392:].mean(), 0.0])[: self.code]
        return (0.5 + 0.5 * x)[: self.outputs]


@pytest.mark.parametrize("name", ["Digits", "DigitsTest"])
def test_digits_are_numbers_with_paper_1_sorted_by_what_they_show(digits: ModuleType, work: Path, name: str) -> None:
    lay(work / "digits_data")
    X, Y = digits.get_digits(name)
    assert (X.shape, X.dtype, Y.shape, Y.dtype) == ((SIZES[name], 784), np.float64, (SIZES[name],), np.int64)
    assert np.all(np.diff(Y) >= 0)
    images, labels = (
        (few().train_images, few().train_labels) if name == "Digits" else (few().test_images, few().test_labels)
    )
    order = np.argsort(labels, kind="stable")
    assert np.array_equal(X, 1.0 - images[order] / 255.0)
    assert np.array_equal(Y, labels[order])


@pytest.mark.parametrize("split", ["Digits", "DigitsTest", "train", "test"])
def test_load_images_gives_the_same(digits: ModuleType, work: Path, split: str) -> None:
    lay(work / "digits_data")
    same = {"train": "Digits", "test": "DigitsTest"}.get(split, split)
    assert np.array_equal(digits.load_images(split)[0], digits.get_digits(same)[0])


@pytest.mark.parametrize("folder", ["./Digits", "Digits/", "data/Digits"])
def test_a_folder_counts_by_its_name(digits: ModuleType, work: Path, folder: str) -> None:
    lay(work / "digits_data")
    assert len(digits.get_digits(folder)[1]) == 60


@pytest.mark.parametrize("folder", ["digits", "Digit", "train", ""])
def test_any_other_name_is_answered_with_the_two_that_there_are(digits: ModuleType, folder: str) -> None:
    with pytest.raises(ValueError, match=f'"Digits" and "DigitsTest", but none is called {folder!r}'):
        digits.get_digits(folder)


def test_which_digits_are_used_is_said_once(digits: ModuleType, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(work / "digits_data")
    digits.get_digits("Digits")
    digits.get_digits("DigitsTest")
    assert capsys.readouterr().out == "Digits: from the files in digits_data\n"


def test_gzipped_files_will_do(digits: ModuleType, work: Path) -> None:
    lay(work / "digits_data", PACKED)
    assert len(digits.get_digits("Digits")[1]) == 60


def test_the_files_are_found_beside_the_module_from_anywhere(
    digits: ModuleType, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(work / "digits_data")
    monkeypatch.chdir(tmp_path)
    assert len(digits.get_digits("Digits")[1]) == 60


def test_what_was_fetched_is_found(digits: ModuleType, tmp_path: Path) -> None:
    lay(tmp_path / "cache" / "mnist")
    assert len(digits.get_digits("Digits")[1]) == 60


def test_the_folder_that_the_variable_names_goes_first(
    digits: ModuleType, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(work / "digits_data", dict.fromkeys(FILES, b"damaged"))
    monkeypatch.setenv("MLPGRADER_DATA", str(lay(tmp_path / "named")))
    assert len(digits.get_digits("Digits")[1]) == 60


def test_a_variable_that_names_an_empty_folder_is_an_error(
    digits: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLPGRADER_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"MLPGRADER_DATA names the folder {tmp_path}, but there is no train-"):
        digits.get_digits("Digits")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a file of MNIST"),
        (b"<html>", "is not a file of MNIST"),
        (FILES[idx.TRAIN_LABELS], "is not a file of MNIST"),
        (FILES[idx.TRAIN_IMAGES][:12], "is not a file of MNIST"),
        (FILES[idx.TRAIN_IMAGES][:-1], "is damaged"),
        (idx.write(np.zeros((2, 20, 20), np.uint8)), "is damaged"),
        (idx.write(np.zeros((2, 28, 28), np.uint8)), "there are 2 images but 60 labels for Digits"),
        (PACKED[f"{idx.TRAIN_IMAGES}.gz"][:-9], "cannot be read"),
    ],
    ids=("empty", "page", "labels", "header cut", "cut", "other sides", "too few", "archive cut"),
)
def test_a_damaged_file_is_named_with_what_to_do(digits: ModuleType, work: Path, content: bytes, words: str) -> None:
    lay(work / "digits_data", {**FILES, idx.TRAIN_IMAGES: content})
    with pytest.raises(ValueError, match=rf"(?s)digits_data.*({words}).*again"):
        digits.get_digits("Digits")


def drawing_few(digits: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only few digits be drawn."""
    import drawn_digits

    sample = few()
    arrays = (sample.train_images, sample.train_labels, sample.test_images, sample.test_labels)
    monkeypatch.setattr(digits, "DRAWN", SIZES)
    monkeypatch.setattr(drawn_digits, "data_set", lambda: arrays)


def test_without_mnist_digits_are_drawn_and_that_is_said(
    digits: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing_few(digits, monkeypatch)
    X, Y = digits.get_digits("DigitsTest")
    assert np.array_equal(X, 1.0 - few().test_images[np.argsort(few().test_labels, kind="stable")] / 255.0)
    assert np.array_equal(Y, np.sort(few().test_labels))
    assert capsys.readouterr().out.startswith("Digits: drawn ones, because MNIST is not on this machine")


def test_they_are_drawn_once(digits: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    import drawn_digits

    drawing_few(digits, monkeypatch)
    first = digits.get_digits("Digits")
    monkeypatch.delattr(drawn_digits, "data_set")
    assert np.array_equal(digits.get_digits("Digits")[0], first[0])


def test_half_a_file_in_the_cache_is_not_used(
    digits: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing_few(digits, monkeypatch)
    digits.get_digits("Digits")
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"\x63")
    assert digits.get_digits("DigitsTest")[1].max() <= 9


def test_a_cache_that_cannot_be_written_costs_only_time(
    digits: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing_few(digits, monkeypatch)
    (tmp_path / "cache").write_text("a file is in the way")
    assert len(digits.get_digits("Digits")[1]) == 60


def test_without_the_file_that_draws_the_message_says_what_to_get(digits: ModuleType, work: Path) -> None:
    (work / "drawn_digits.py").unlink()
    with pytest.raises(FileNotFoundError, match=r"mlpgrader data fetch.*drawn_digits\.py"):
        digits.get_digits("Digits")


def test_students_and_the_grader_keep_drawn_digits_in_one_file(digits: ModuleType, tmp_path: Path) -> None:
    sizes = ((60_000, 784), (60_000,), (10_000, 784), (10_000,))
    first, second, third, fourth = (np.full(size, k, np.uint8) for k, size in enumerate(sizes))
    kept.drawn(lambda: (first, second, third, fourth))
    X, Y = digits.get_digits("DigitsTest")
    assert X.shape == (10_000, 784)
    assert np.all(Y == 3)


def test_students_and_the_grader_have_one_cache(digits: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLPGRADER_CACHE")
    assert digits._cache() == platformdirs.user_cache_path("mlpgrader", appauthor=False)


def test_importing_it_imports_no_plots() -> None:
    text = PROVIDED.read_text(encoding="utf-8")
    assert re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE) == [
        "gzip",
        "hashlib",
        "os",
        "sys",
        "tempfile",
        "zlib",
        "pathlib",
        "numpy",
    ]


def test_the_scatter_puts_digits_where_the_model_says(digits: ModuleType) -> None:
    class Corner(Model):
        def forward(self, x: Array, end: str | None = None) -> Array:
            return np.array([0.0, 1.0])

    X, Y = np.zeros((1, 784)), np.array([3])
    digits.scatter_digits(Corner(), X, Y)
    picture = plt.gca().images[0].get_array()
    assert np.allclose(picture[:28, :28], np.tile(matplotlib.colormaps["tab10"](3)[:3], (28, 28, 1)))
    assert np.all(picture[28:] == 1.0)
    assert np.all(picture[:, 28:] == 1.0)


def test_the_middle_of_a_digit_is_its_place(digits: ModuleType) -> None:
    digits.scatter_digits(Model(), np.zeros((1, 784)), np.array([3]))
    left, right, bottom, top = plt.gca().images[0].get_extent()
    width = 28 / 1200 * (right - left)
    assert (left + width / 2, bottom + width / 2) == pytest.approx((0.0, 0.0))
    assert (right - width / 2, top - width / 2) == pytest.approx((1.0, 1.0))


def test_codes_beyond_the_unit_box_get_room(digits: ModuleType, work: Path) -> None:
    lay(work / "digits_data")
    digits.scatter_digits(Model(scale=7.0), *digits.get_digits("Digits"))
    assert plt.gca().images[0].get_extent()[1] > 5.0


def test_the_scatter_draws_no_more_than_asked_for_and_leaves_np_random_alone(digits: ModuleType, work: Path) -> None:
    lay(work / "digits_data")
    X, Y = digits.get_digits("Digits")
    asked: list[int] = []

    class Counting(Model):
        def forward(self, x: Array, end: str | None = None) -> Array:
            asked.append(1)
            return super().forward(x, end)

    np.random.seed(4)  # noqa: NPY002  what students use
    digits.scatter_digits(Counting(), X, Y, n_scatter=10)
    after = np.random.rand()  # noqa: NPY002
    np.random.seed(4)  # noqa: NPY002
    assert np.random.rand() == after  # noqa: NPY002
    assert len(asked) == 10


def test_the_figure_has_digits_what_the_model_makes_of_them_and_the_scatter(digits: ModuleType, work: Path) -> None:
    lay(work / "digits_data")
    X, Y = digits.get_digits("Digits")
    digits.plot_digits_dimreduced_examples(X, Y, Model(), n_examples=8)
    above, below, scatter = plt.gcf().axes
    assert above.images[0].get_array().shape == (28, 8 * 28)
    assert np.allclose(below.images[0].get_array(), 0.5 + 0.5 * above.images[0].get_array())
    assert len(scatter.get_legend().get_texts()) == len(np.unique(Y))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Model(code=1), "a place has two numbers"),
        (Model(code=3), "a place has two numbers"),
        (Model(outputs=10), "a digit has 784 pixels, but model.forward.* gives 10 numbers"),
        (Model(scale=np.nan), "not finite: did the training diverge"),
    ],
)
def test_a_model_that_does_not_fit_is_told_how(digits: ModuleType, model: Model, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        digits.plot_digits_dimreduced_examples(np.ones((3, 784)), np.arange(3), model)
