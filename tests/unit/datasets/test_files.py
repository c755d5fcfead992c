"""Files of a data set are known by what is in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.datasets import files
from grader.datasets.digits import idx, mnist
from grader.errors import AuthorError
from kit.digits_samples import FEW, FILES, PACKED, few, lay

FIRST = idx.TRAIN_IMAGES


@pytest.mark.parametrize("laid", [FILES, PACKED])
def test_four_files_are_read_gzipped_or_not(laid: dict[str, bytes], tmp_path: Path) -> None:
    digits, expected = files.read(FEW.files, lay(tmp_path, laid)), few()
    assert digits.name == "mnist"
    assert np.array_equal(digits.train_images, expected.train_images)
    assert np.array_equal(digits.train_labels, expected.train_labels)
    assert np.array_equal(digits.test_images, expected.test_images)
    assert np.array_equal(digits.test_labels, expected.test_labels)


def test_a_file_is_unpacked_for_what_is_in_it_not_for_its_name(tmp_path: Path) -> None:
    lay(tmp_path, FILES | {FIRST: PACKED[f"{FIRST}.gz"]})
    assert len(files.read(FEW.files, tmp_path).train_labels) == 60


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"gone: there is no such folder; .*mlpgrader data fetch"):
        files.read(mnist.FILES, tmp_path / "gone")


def test_a_file_in_the_place_of_the_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "digits").touch()
    with pytest.raises(AuthorError, match="digits: is a file; give a folder with the files of MNIST"):
        files.read(mnist.FILES, tmp_path / "digits")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=f"holds neither {idx.TEST_LABELS} nor {idx.TEST_LABELS}.gz"):
        files.read(FEW.files, lay(tmp_path, {name: FILES[name] for name in idx.NAMES[:3]}))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (FIRST, FILES[FIRST][:-1], "bytes that are not those of MNIST's file of this name"),
        (FIRST, FILES[idx.TEST_IMAGES], "bytes that are not those of MNIST's file of this name"),
        (f"{FIRST}.gz", PACKED[f"{FIRST}.gz"][:-30], "cannot be read"),
        (
            f"{FIRST}.gz",
            PACKED[f"{FIRST}.gz"][:40] + b"damage" + PACKED[f"{FIRST}.gz"][46:],
            "cannot be read|not those",
        ),
    ],
)
def test_a_damaged_or_wrong_file_is_refused(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    others = {other: FILES[other] for other in idx.NAMES[1:]}
    with pytest.raises(AuthorError, match=f"{name}: .*({words}).*mlpgrader data fetch"):
        files.read(FEW.files, lay(tmp_path, others | {name: content}))


def test_other_digits_in_the_names_of_mnist_are_not_mnist(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="not those of MNIST"):
        files.read(mnist.FILES, lay(tmp_path))


def test_a_file_that_unpacks_to_more_than_it_can_hold_is_not_read_to_its_end(tmp_path: Path) -> None:
    lay(tmp_path)
    assert len(files.unpacked(tmp_path / FIRST, 100)) == 101


@pytest.mark.mnist
def test_the_real_files_are_mnist(request: pytest.FixtureRequest) -> None:
    digits = files.read(mnist.FILES, request.getfixturevalue("mnist"))
    assert digits.train_images.shape == (60_000, 784)
    assert digits.test_images.shape == (10_000, 784)
    assert digits.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
