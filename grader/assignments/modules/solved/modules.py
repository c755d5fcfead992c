"""The modules of the assignment, right: they stand in the place of wrong ones when a main notebook is run.

They take what students' own take, too: modules as arguments of Sequential, targets as class numbers, in a row or a column.
"""

# the assignment names its arguments
# ruff: noqa: A002

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Module:
    """What all modules have in common."""

    def __init__(self) -> None:
        self.output: Array = np.zeros(0)
        self.gradInput: Array = np.zeros(0)
        self.training = True

    def forward(self, input: Array) -> Array:
        return self.updateOutput(input)

    def backward(self, input: Array, gradOutput: Array) -> Array:
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def updateOutput(self, input: Array) -> Array:
        self.output = input
        return input

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput
        return gradOutput

    def accGradParameters(self, input: Array, gradOutput: Array) -> None:
        """Add nothing: most modules have no parameters."""

    def zeroGradParameters(self) -> None:
        """Clear nothing."""

    def getParameters(self) -> list[Any]:
        return []

    def getGradParameters(self) -> list[Any]:
        return []

    def train(self) -> None:
        self.training = True

    def evaluate(self) -> None:
        self.training = False

    def __repr__(self) -> str:
        return type(self).__name__


class Sequential(Module):
    """Modules one after another."""

    def __init__(self, *modules: Module) -> None:
        super().__init__()
        self.modules: list[Module] = list(modules)

    def add(self, module: Module) -> Any:
        self.modules.append(module)
        return self

    def updateOutput(self, input: Array) -> Array:
        self.output = input
        for module in self.modules:
            self.output = module.forward(self.output)
        return self.output

    def backward(self, input: Array, gradOutput: Array) -> Array:
        inputs = [input, *(module.output for module in self.modules[:-1])]
        for module, seen in zip(reversed(self.modules), reversed(inputs), strict=False):
            gradOutput = module.backward(seen, gradOutput)
        self.gradInput = gradOutput
        return gradOutput

    def zeroGradParameters(self) -> None:
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self) -> list[Any]:
        return [module.getParameters() for module in self.modules]

    def getGradParameters(self) -> list[Any]:
        return [module.getGradParameters() for module in self.modules]

    def train(self) -> None:
        super().train()
        for module in self.modules:
            module.train()

    def evaluate(self) -> None:
        super().evaluate()
        for module in self.modules:
            module.evaluate()

    def __getitem__(self, index: int) -> Module:
        return self.modules[index]

    def __len__(self) -> int:
        return len(self.modules)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.modules))


class Linear(Module):
    """An affine map."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        bound = 1 / np.sqrt(n_in)
        self.W = np.random.uniform(-bound, bound, (n_out, n_in))  # noqa: NPY002 - what notebooks seed
        self.b = np.random.uniform(-bound, bound, n_out)  # noqa: NPY002
        self.gradW, self.gradb = np.zeros_like(self.W), np.zeros_like(self.b)

    def updateOutput(self, input: Array) -> Array:
        self.output = input @ self.W.T + self.b
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput @ self.W
        return self.gradInput

    def accGradParameters(self, input: Array, gradOutput: Array) -> None:
        self.gradW += gradOutput.T @ input
        self.gradb += gradOutput.sum(axis=0)

    def zeroGradParameters(self) -> None:
        self.gradW.fill(0)
        self.gradb.fill(0)

    def getParameters(self) -> list[Any]:
        return [self.W, self.b]

    def getGradParameters(self) -> list[Any]:
        return [self.gradW, self.gradb]

    def __repr__(self) -> str:
        return f"Linear {self.W.shape[1]} -> {self.W.shape[0]}"


class SoftMax(Module):
    """Probabilities, row by row."""

    def updateOutput(self, input: Array) -> Array:
        powers = np.exp(input - input.max(axis=1, keepdims=True))
        self.output = powers / powers.sum(axis=1, keepdims=True)
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        inner = np.sum(self.output * gradOutput, axis=1, keepdims=True)
        self.gradInput = self.output * (gradOutput - inner)
        return self.gradInput


class BatchMeanSubtraction(Module):
    """Subtracts a moving mean."""

    def __init__(self, alpha: float = 0.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.old_mean: Any = None

    def updateOutput(self, input: Array) -> Array:
        mean = input.mean(axis=0)
        if self.old_mean is None:
            self.old_mean = mean
        elif self.training:
            self.old_mean = self.old_mean * self.alpha + mean * (1 - self.alpha)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        share = 1 - self.alpha if self.training else 0.0
        self.gradInput = gradOutput - share * gradOutput.mean(axis=0)
        return self.gradInput


class Dropout(Module):
    """Leaves out each entry with probability p while training."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p
        self.mask: Any = None

    def updateOutput(self, input: Array) -> Array:
        if self.training:
            self.mask = (np.random.random(input.shape) >= self.p) / (1 - self.p)  # noqa: NPY002
        self.output = input * self.mask if self.training else input.copy()
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput * self.mask if self.training else gradOutput.copy()
        return self.gradInput


class ReLU(Module):
    """max(x, 0)."""

    def updateOutput(self, input: Array) -> Array:
        self.output = np.maximum(input, 0)
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput * (input > 0)
        return self.gradInput


class LeakyReLU(Module):
    """x, or a small multiple of it below 0."""

    def __init__(self, slope: float = 0.03) -> None:
        super().__init__()
        self.slope = slope

    def updateOutput(self, input: Array) -> Array:
        self.output = np.where(input > 0, input, self.slope * input)
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.slope)
        return self.gradInput


class ELU(Module):
    """x, or alpha * (exp(x) - 1) below 0."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def updateOutput(self, input: Array) -> Array:
        self.output = np.where(input > 0, input, self.alpha * np.expm1(np.minimum(input, 0)))
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.alpha * np.exp(np.minimum(input, 0)))
        return self.gradInput


class SoftPlus(Module):
    """log(1 + exp(x))."""

    def updateOutput(self, input: Array) -> Array:
        self.output = np.logaddexp(0, input)
        return self.output

    def updateGradInput(self, input: Array, gradOutput: Array) -> Array:
        self.gradInput = gradOutput * np.exp(-np.logaddexp(0, -input))
        return self.gradInput


class Criterion:
    """What all criterions have in common."""

    def __init__(self) -> None:
        self.output = 0.0
        self.gradInput: Array = np.zeros(0)

    def forward(self, input: Array, target: Array) -> float:
        return self.updateOutput(input, target)

    def backward(self, input: Array, target: Array) -> Array:
        return self.updateGradInput(input, target)

    def updateOutput(self, input: Array, target: Array) -> float:
        return self.output

    def updateGradInput(self, input: Array, target: Array) -> Array:
        return self.gradInput

    def __repr__(self) -> str:
        return type(self).__name__


class MSECriterion(Criterion):
    """The mean over the batch of the sum of squares."""

    def updateOutput(self, input: Array, target: Array) -> float:
        self.output = float(np.sum((input - target) ** 2) / len(input))
        return self.output

    def updateGradInput(self, input: Array, target: Array) -> Array:
        self.gradInput = 2 * (input - target) / len(input)
        return self.gradInput


def one_hot(target: Array, input: Array) -> Array:
    """Return targets in the shape of the input (N, C), which may be class numbers (N,), (N, 1) or (1, N) as well."""
    target = np.asarray(target)
    if target.shape == input.shape or target.size != len(input):
        return target
    rows: Array = np.eye(input.shape[1])[target.ravel().astype(int)]
    return rows


def is_target(values: Array) -> bool:
    """Tell whether an array holds class numbers, or rows (N, C) with a 1 each and nothing else."""
    values = np.asarray(values)
    if values.ndim < 2 or 1 in values.shape:
        return bool(np.all(values == np.round(values)))
    return bool(np.all((values == 0) | (values == 1)) and np.all(values.sum(axis=1) == 1))


def in_order(input: Array, target: Array) -> tuple[Array, Array]:
    """Return input and target, whichever of them a notebook gives first."""
    return (target, input) if is_target(input) and not is_target(target) else (input, target)


class ClassNLLCriterion(Criterion):
    """The mean over the batch of the negative logarithm of the right class's probability."""

    def updateOutput(self, input: Array, target: Array) -> float:
        p, given = in_order(input, target)
        self.output = float(-np.sum(one_hot(given, p) * np.log(np.clip(p, 1e-15, 1 - 1e-15))) / len(p))
        return self.output

    def updateGradInput(self, input: Array, target: Array) -> Array:
        p, given = in_order(input, target)
        self.gradInput = -one_hot(given, p) / np.clip(p, 1e-15, 1 - 1e-15) / len(p)
        return self.gradInput
