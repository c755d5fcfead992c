from __future__ import annotations

import numpy as np
import pytest

from grader.datasets.digits import Digits, idx
from grader.errors import AuthorError
from kit.digits_samples import few


def labelled(labels: list[int]) -> Digits:
    """Return digits with those labels, each image filled with its own number in the set."""
    images = np.repeat(np.arange(len(labels), dtype=np.uint8)[:, None], 784, axis=1)
    return Digits("drawn", images, np.array(labels, np.uint8), images, np.array(labels, np.uint8))


@pytest.mark.parametrize("shape", [(3,), (2, 28, 28), (0,), (0, 28, 28)])
def test_what_is_written_is_read_back(shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    assert np.array_equal(idx.read(idx.write(array), "labels"), array)


def test_the_header_is_that_of_mnist() -> None:
    assert idx.write(np.zeros((2, 28, 28), np.uint8))[:16].hex() == "000008030000000200 00001c0000001c".replace(" ", "")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is not an IDX file"),
        (b"\0\0\x08", "is not an IDX file"),
        (b"\0\0\x08\x00", "is not an IDX file"),
        (b"\0\0\x0d\x01\0\0\0\x01\x01", "is not an IDX file"),
        (b"\0\0\x08\x03\0\0\0\x01", "is not an IDX file"),
        (b"\0\0\x08\x01\0\0\0\x03\x01", "has 9 bytes where its header promises 11"),
        (b"\0\0\x08\x01\0\0\0\x01\x01\x01", "has 10 bytes where its header promises 9"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "has 16 bytes where its header promises"),
    ],
)
def test_what_is_not_idx_is_refused_by_name(raw: bytes, words: str) -> None:
    with pytest.raises(AuthorError, match=f"labels: {words}"):
        idx.read(raw, "labels")


def test_all_files_are_given_in_file_order_where_there_are_no_more_than_asked_for() -> None:
    digits = few()
    files = idx.files(digits, 60, 1000, np.random.default_rng(1))
    assert tuple(files) == idx.NAMES
    assert np.array_equal(idx.read(files[idx.TRAIN_IMAGES], "").reshape(-1, 784), digits.train_images)
    assert np.array_equal(idx.read(files[idx.TEST_LABELS], ""), digits.test_labels)


def test_a_part_has_as_many_of_each_class_and_keeps_images_with_labels() -> None:
    digits = labelled([3] * 150 + [1] * 10)
    files = idx.files(digits, 16, 6, np.random.default_rng(1))
    labels, images = idx.read(files[idx.TRAIN_LABELS], ""), idx.read(files[idx.TRAIN_IMAGES], "")
    assert np.bincount(labels).tolist() == [0, 8, 0, 8]
    assert np.array_equal(digits.train_labels[images[:, 0, 0]], labels)


def test_a_class_that_is_too_small_is_made_up_for_by_others() -> None:
    chosen = idx.balanced(labelled([0, 0, 0, 0, 1]).train_labels, 4, np.random.default_rng(1))
    assert len(chosen) == 4
    assert 4 in chosen


def test_another_draw_leaves_out_other_images() -> None:
    labels = np.zeros(1000, np.uint8)
    first, again, other = (idx.balanced(labels, 100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
