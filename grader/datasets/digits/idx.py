"""The IDX format, in which MNIST is published: a big-endian header, then one byte a pixel or label."""

from __future__ import annotations

import numpy as np

from grader.datasets.digits.arrays import Digits
from grader.errors import AuthorError
from grader.model import Array

SIDE = 28
TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
NAMES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)

UNSIGNED_BYTES = 0x08


def read(raw: bytes, name: str) -> Array:
    """Return the unsigned bytes of an IDX file in the shape that its header states; AuthorError names the file `name`."""
    axes = raw[3] if len(raw) > 3 else 0
    start = 4 + 4 * axes
    if raw[:2] != b"\0\0" or raw[2:3] != bytes([UNSIGNED_BYTES]) or not axes or len(raw) < start:
        raise AuthorError(f"{name}: is not an IDX file of unsigned bytes; take it from where MNIST is published")
    shape = tuple(int(length) for length in np.frombuffer(raw, ">u4", axes, 4))
    promised = start + int(np.prod([float(length) for length in shape]))
    if len(raw) != promised:
        raise AuthorError(f"{name}: has {len(raw)} bytes where its header promises {promised}; get it again")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def write(array: Array) -> bytes:
    """Return unsigned bytes of any shape as an IDX file."""
    header = bytes([0, 0, UNSIGNED_BYTES, array.ndim]) + np.asarray(array.shape, ">u4").tobytes()
    return b"".join([header, np.ascontiguousarray(array, np.uint8).data])


def files(digits: Digits, train: int, test: int, rng: np.random.Generator) -> dict[str, bytes]:
    """Return name -> content of the four IDX files of `train` and `test` images, or of all where there are not as many.

    What is left out is drawn by `rng` so that every class has as many images as any other, as far as they go.
    """
    first = balanced(digits.train_labels, train, rng)
    second = balanced(digits.test_labels, test, rng)
    return {
        TRAIN_IMAGES: write(digits.train_images[first].reshape(-1, SIDE, SIDE)),
        TRAIN_LABELS: write(digits.train_labels[first]),
        TEST_IMAGES: write(digits.test_images[second].reshape(-1, SIDE, SIDE)),
        TEST_LABELS: write(digits.test_labels[second]),
    }


def balanced(labels: Array, count: int, rng: np.random.Generator) -> Array:
    """Return the ascending indices of `count` of the labels (N,), as many of each class as of any other if there are."""
    if count >= len(labels):
        return np.arange(len(labels))
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # the first of every class, then the second of every class, ...
    sizes = np.bincount(labels)
    place = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(by_class[np.lexsort((rng.random(len(labels)), place))[:count]])
