"""Handwritten digits as arrays."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Array


@dataclass(frozen=True)
class Digits:
    """A data set of handwritten digits: 28 x 28 intensities as MNIST stores them (ink is 255, paper 0), in file order.

    Images are uint8 (N, 784), labels uint8 (N,). `name` is ``mnist`` or ``drawn``.
    """

    name: str
    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array
