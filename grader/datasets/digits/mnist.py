"""MNIST: four IDX files, and from where they can be fetched."""

from __future__ import annotations

from collections.abc import Mapping

from grader.datasets.dataset import Files
from grader.datasets.digits import idx
from grader.datasets.digits.arrays import Digits

NAME = "mnist"
# of the decompressed bytes: the headers of gzip differ between copies
SHA256 = {
    idx.TRAIN_IMAGES: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    idx.TRAIN_LABELS: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    idx.TEST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    idx.TEST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
# MNIST's own address answers rarely; the others are copies that have been up for years
MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
    "http://yann.lecun.com/exdb/mnist/",
)


def digits(contents: Mapping[str, bytes]) -> Digits:
    """Return the digits that four IDX files hold, name -> content."""
    train_images, train_labels, test_images, test_labels = (idx.read(contents[name], name) for name in idx.NAMES)
    return Digits(NAME, train_images.reshape(-1, 784), train_labels, test_images.reshape(-1, 784), test_labels)


FILES = Files(NAME, "MNIST", SHA256, digits, variable="MLPGRADER_DATA", mirrors=MIRRORS, suffix=".gz")
