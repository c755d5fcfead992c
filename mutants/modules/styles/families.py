# %% [markdown]
# Layers of one family share a class.

# %%
from __future__ import division, print_function

import numpy as np

# %%
class Module(object):
    def __init__(self):
        self.output = None
        self.gradInput = None
        self.training = True

    def forward(self, input):
        return self.updateOutput(input)

    def backward(self, input, gradOutput):
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def updateOutput(self, input):
        pass

    def updateGradInput(self, input, gradOutput):
        pass

    def accGradParameters(self, input, gradOutput):
        pass

    def zeroGradParameters(self):
        pass

    def getParameters(self):
        return []

    def getGradParameters(self):
        return []

    def training(self):
        self.training = True

    def evaluate(self):
        self.training = False

    def __repr__(self):
        return "Module"

# %%
class Container(Module):
    def __init__(self):
        super(Container, self).__init__()
        self.modules = []

    def each(self, method):
        return [getattr(module, method)() for module in self.modules]

    def evaluate(self):
        super(Container, self).evaluate()
        self.each("evaluate")

    def zeroGradParameters(self):
        self.each("zeroGradParameters")

    def getParameters(self):
        return self.each("getParameters")

    def getGradParameters(self):
        return self.each("getGradParameters")


class Sequential(Container):
    def add(self, module):
        self.modules.append(module)
        return self

    def updateOutput(self, input):
        self.output = self._forward(input, self.modules)
        return self.output

    def _forward(self, input, modules):
        if not modules:
            return input
        return self._forward(modules[0].forward(input), modules[1:])

    def _backward(self, input, gradOutput, modules):
        """Back through modules, the first of which saw input."""
        if not modules:
            return gradOutput
        first = modules[0]
        return first.backward(input, self._backward(first.output, gradOutput, modules[1:]))

    def backward(self, input, gradOutput):
        self.gradInput = self._backward(input, gradOutput, self.modules)
        return self.gradInput

# %%
class OnlyWhenTraining(Module):
    """A layer that has one way to work while training and another one after."""

    def updateOutput(self, input):
        self.output = self.train_output(input) if self.training else self.test_output(input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = self.train_grad(gradOutput) if self.training else gradOutput
        return self.gradInput


class Dropout(OnlyWhenTraining):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p

    def train_output(self, input):
        self.mask = (np.random.uniform(0, 1, input.shape) > self.p).astype(float)
        self.mask /= 1 - self.p
        return self.mask * input

    def train_grad(self, gradOutput):
        return self.mask * gradOutput

    def test_output(self, input):
        return input


class BatchMeanSubtraction(OnlyWhenTraining):
    def __init__(self, alpha=0.):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.old_mean = 0

    def train_output(self, input):
        self.old_mean = self.alpha * self.old_mean + (1 - self.alpha) * np.mean(input, 0)
        return input - self.old_mean

    def train_grad(self, gradOutput):
        return gradOutput - (1 - self.alpha) * np.mean(gradOutput, 0)

    def test_output(self, input):
        return input - self.old_mean

# %%
class Elementwise(Module):
    """y = f(x), entry by entry."""

    def updateOutput(self, input):
        self.output = self.f(input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.df(input)
        return self.gradInput

    def __repr__(self):
        return type(self).__name__


class ELU(Elementwise):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha

    def f(self, x):
        return np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))

    def df(self, x):
        return np.where(x > 0, 1, self.alpha * np.exp(np.minimum(x, 0)))


class LeakyReLU(Elementwise):
    def __init__(self, slope=0.03):
        super(LeakyReLU, self).__init__()
        self.slope = slope

    def f(self, x):
        return x * self.df(x)

    def df(self, x):
        return 1.0 * (x > 0) + self.slope * (x <= 0)


class SoftPlus(Elementwise):
    def f(self, x):
        return np.log1p(np.exp(-np.abs(x))) + x * (x > 0)

    def df(self, x):
        e = np.exp(-np.abs(x))
        return np.where(x > 0, 1 / (1 + e), e / (1 + e))

# %%
class ReLU(Module):
    def __init__(self):
        super(ReLU, self).__init__()

    def updateOutput(self, input):
        self.output = np.maximum(input, 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.multiply(gradOutput, input > 0)
        return self.gradInput

    def __repr__(self):
        return "ReLU"

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        e = np.exp((input.T - input.max(axis=1)).T)
        self.output = (e.T / e.sum(axis=1)).T
        return self.output

    def updateGradInput(self, input, gradOutput):
        y = self.output
        self.gradInput = np.array([g.dot(np.diag(p) - p[:, None] * p) for g, p in zip(gradOutput, y)])
        return self.gradInput


class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        stdv = 1. / np.sqrt(n_in)
        self.W = np.random.uniform(-stdv, stdv, size=(n_out, n_in))
        self.b = np.random.uniform(-stdv, stdv, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def updateOutput(self, input):
        # the bias as a column of ones
        self.output = np.hstack([input, np.ones((len(input), 1))]).dot(np.column_stack([self.W, self.b]).T)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.dot(self.W)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        both = gradOutput.T.dot(np.hstack([input, np.ones((len(input), 1))]))
        self.gradW = self.gradW + both[:, :-1]
        self.gradb = self.gradb + both[:, -1]

    def zeroGradParameters(self):
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

# %%
class Criterion(object):
    def __init__(self):
        self.output = None
        self.gradInput = None

    def forward(self, input, target):
        return self.updateOutput(input, target)

    def backward(self, input, target):
        return self.updateGradInput(input, target)

    def updateOutput(self, input, target):
        return self.output

    def updateGradInput(self, input, target):
        return self.gradInput

    def __repr__(self):
        return "Criterion"

# %%
class MSECriterion(Criterion):
    def __init__(self):
        super(MSECriterion, self).__init__()

    def updateOutput(self, input, target):
        self.output = np.sum(np.power(input - target, 2)) / input.shape[0]
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = (input - target) * 2 / input.shape[0]
        return self.gradInput

    def __repr__(self):
        return "MSECriterion"

# %%
class ClassNLLCriterion(Criterion):
    def __init__(self):
        super(ClassNLLCriterion, self).__init__()

    def updateOutput(self, input, target):
        input_clamp = np.maximum(1e-15, np.minimum(input, 1 - 1e-15))
        self.output = np.mean(-np.log(input_clamp[np.arange(len(target)), target.argmax(axis=1)]))
        return self.output

    def updateGradInput(self, input, target):
        input_clamp = np.maximum(1e-15, np.minimum(input, 1 - 1e-15))
        self.gradInput = np.divide(target, -input_clamp * len(target))
        return self.gradInput
