# %%
import math
import time
from collections import Iterable

import matplotlib.pyplot as plt
import numpy as np
from sklearn.cross_validation import train_test_split
from scipy.misc import logsumexp

plt.style.use('seaborn-whitegrid')
started = time.clock()

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
class Sequential(Module):
    def __init__(self):
        super(Sequential, self).__init__()
        self.modules = np.array([], dtype=np.object)

    def add(self, module):
        self.modules = np.append(self.modules, np.array([module], dtype=np.object))

    def updateOutput(self, input):
        self.inputs = [input]
        for i in range(len(self.modules)):
            self.inputs.append(self.modules[i].forward(self.inputs[i]))
        self.output = self.inputs[-1]
        return self.output

    def backward(self, input, gradOutput):
        grads = [None] * len(self.modules) + [gradOutput]
        for i in reversed(range(len(self.modules))):
            grads[i] = self.modules[i].backward(self.inputs[i], grads[i + 1])
        self.gradInput = grads[0]
        return self.gradInput

    def zeroGradParameters(self):
        for i in range(len(self.modules)):
            self.modules[i].zeroGradParameters()

    def getParameters(self):
        params = []
        for module in self.modules:
            params.append(module.getParameters())
        return params

    def getGradParameters(self):
        grads = []
        for module in self.modules:
            grads.append(module.getGradParameters())
        return grads

    def evaluate(self):
        self.training = False
        for module in self.modules:
            module.evaluate()

# %%
class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        limit = 1 / math.sqrt(n_in)
        self.W = np.zeros((n_out, n_in), dtype=np.float)
        self.b = np.zeros(n_out, dtype=np.float_)
        for i in range(n_out):
            for j in range(n_in):
                self.W[i, j] = np.random.uniform(-limit, limit)
            self.b[i] = np.random.uniform(-limit, limit)
        self.gradW = np.zeros((n_out, n_in))
        self.gradb = np.zeros(n_out)

    def updateOutput(self, input):
        self.output = np.array([self.W.dot(x) + self.b for x in input])
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.array([self.W.T.dot(g) for g in gradOutput])
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        for x, g in zip(input, gradOutput):
            self.gradW += np.outer(g, x)
            self.gradb += g

    def zeroGradParameters(self):
        self.gradW *= 0
        self.gradb *= 0

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        rows = []
        for x in input:
            e = np.exp(x - max(x))
            rows.append(e / np.asscalar(np.array([sum(e)])))
        self.output = np.array(rows)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.zeros(gradOutput.shape)
        for k in range(len(input)):
            y = self.output[k]
            J = np.diag(y) - np.outer(y, y)
            self.gradInput[k] = J.dot(gradOutput[k])
        return self.gradInput

# %%
class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.old_mean = None

    def updateOutput(self, input):
        if self.training:
            mean = sum(input) / len(input)
            if self.old_mean is None:
                self.old_mean = mean
                self.share = 1.0
            else:
                self.old_mean = self.alpha * self.old_mean + (1 - self.alpha) * mean
                self.share = 1 - self.alpha
        self.output = np.array([x - self.old_mean for x in input])
        return self.output

    def updateGradInput(self, input, gradOutput):
        # the very first batch loses its whole mean
        share = self.share if self.training else 0.0
        mean = sum(gradOutput) / len(gradOutput)
        self.gradInput = np.array([g - share * mean for g in gradOutput])
        return self.gradInput

# %%
class Dropout(Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p
        self.mask = []

    def updateOutput(self, input):
        if not self.training:
            self.output = input.copy()
            return self.output
        self.mask = [] if isinstance(input, Iterable) else None
        for x in input:
            kept = np.array([np.random.rand() < self.p for _ in x], dtype=np.bool)
            self.mask.append(kept / self.p)
        self.output = np.array([x * m for x, m in zip(input, self.mask)])
        return self.output

    def updateGradInput(self, input, gradOutput):
        if self.training:
            self.gradInput = np.array([g * m for g, m in zip(gradOutput, self.mask)])
        else:
            self.gradInput = gradOutput.copy()
        return self.gradInput

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
def each(f, array):
    return np.array([[f(x) for x in row] for row in array])


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else 1 - 1 / (1 + math.exp(x))


class LeakyReLU(Module):
    def __init__(self, slope=0.03):
        super(LeakyReLU, self).__init__()
        self.slope = slope

    def updateOutput(self, input):
        self.output = each(lambda x: x if x > 0 else self.slope * x, input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * each(lambda x: 1 if x > 0 else self.slope, input)
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = each(lambda x: x if x > 0 else self.alpha * (math.exp(x) - 1), input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * each(lambda x: 1 if x > 0 else self.alpha * math.exp(x), input)
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = each(lambda x: logsumexp([0, x]), input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * each(sigmoid, input)
        return self.gradInput

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
        self.output = float(np.sum(np.power(input - target, 2), keepdims=True).ravel()) / np.product(input.shape[:1])
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = (input - target) * 2 / input.shape[0]
        return self.gradInput

    def __repr__(self):
        return "MSECriterion"

# %%
EPS = 1e-15


def clamp(p):
    return min(max(p, EPS), 1 - EPS)


class ClassNLLCriterion(Criterion):
    def updateOutput(self, input, target):
        total = 0.0
        for p, t in zip(input, target):
            for j in range(len(p)):
                total -= t[j] * math.log(clamp(p[j]))
        self.output = total / len(input)
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = np.zeros(input.shape)
        for k in range(len(input)):
            for j in range(input.shape[1]):
                self.gradInput[k, j] = -target[k][j] / clamp(input[k][j]) / len(input)
        return self.gradInput
