"""Modules of ours around a student's, so that each class is judged by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.worker.alarm import Overtime

Array = np.ndarray[Any, Any]


class Curved:
    """Repeats its input side by side as u, as wide as w and t are, and returns w * u + t * u**2; w and t are learned.

    Offers all methods of a module.
    """

    def __init__(self, w: Array, t: Array) -> None:
        self.w, self.t = w.copy(), t.copy()
        self.gradw, self.gradt = np.zeros_like(w), np.zeros_like(t)
        # how often it has gone forward
        self.calls = np.zeros(1)
        self.training = True
        self.output: Any = None
        self.gradInput: Any = None

    def wide(self, input: Array) -> Array:  # noqa: A002 - called by this name in the course
        return np.tile(input, (1, len(self.w) // input.shape[1]))

    def forward(self, input: Array) -> Any:  # noqa: A002
        return self.updateOutput(input)

    def backward(self, input: Array, gradOutput: Array) -> Any:  # noqa: A002
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def updateOutput(self, input: Array) -> Any:  # noqa: A002
        u = self.wide(input)
        self.calls += 1
        self.output = self.w * u + self.t * u**2
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Any:  # noqa: A002
        u = self.wide(input)
        grads = gradOutput * (self.w + 2 * self.t * u)
        self.gradInput = grads.reshape(len(input), -1, input.shape[1]).sum(axis=1)
        return self.gradInput

    def accGradParameters(self, input: Array, gradOutput: Array) -> None:  # noqa: A002
        u = self.wide(input)
        self.gradw += (gradOutput * u).sum(axis=0)
        self.gradt += (gradOutput * u**2).sum(axis=0)

    def zeroGradParameters(self) -> None:
        self.gradw.fill(0)
        self.gradt.fill(0)

    def getParameters(self) -> list[Array]:
        return [self.w, self.t]

    def getGradParameters(self) -> list[Array]:
        return [self.gradw, self.gradt]

    def train(self) -> None:
        self.training = True

    def evaluate(self) -> None:
        self.training = False


class Squared(Curved):
    """Returns input + input**2 / 4; nothing of it is learned."""

    def __init__(self) -> None:
        Curved.__init__(self, np.ones(1), np.full(1, 0.25))

    def wide(self, input: Array) -> Array:  # noqa: A002
        return input

    def accGradParameters(self, input: Array, gradOutput: Array) -> None:  # noqa: A002
        return None

    def getParameters(self) -> list[Array]:
        return []

    def getGradParameters(self) -> list[Array]:
        return []


class Normalised(Squared):
    """Returns (1 + u**2) by the sum of these in its row: probabilities; nothing of it is learned."""

    def updateOutput(self, input: Array) -> Any:  # noqa: A002
        shares = 1 + input**2
        self.output = shares / shares.sum(axis=1, keepdims=True)
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Any:  # noqa: A002
        p = self.updateOutput(input)
        spread = gradOutput - (gradOutput * p).sum(axis=1, keepdims=True)
        self.gradInput = spread * 2 * input / (1 + input**2).sum(axis=1, keepdims=True)
        return self.gradInput


def as_kind_of(base: Any, kind: type[Any]) -> type[Any]:
    """Return `kind` as a subclass of the student's `base`, for containers that ask; `kind` itself where that cannot be."""
    try:
        ours = reversed(kind.__mro__[:-1])
        members = {name: value for each in ours for name, value in vars(each).items() if callable(value)}
        return type(kind.__name__, (base,), members)
    except Overtime:
        raise
    except BaseException:  # noqa: BLE001 - a base class of the student's may refuse for any reason
        return kind
