"""Layers of the third homework, worked on outside of Jupyter."""

import numpy as np

EPS = 1e-15

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


class Chain(Module):
    """Calls what is inside, one after another."""

    def __init__(self, *modules):
        super().__init__()
        self.modules = list(modules)

    def __len__(self):
        return len(self.modules)

    def __getitem__(self, k):
        return self.modules[k]

    def add(self, module):
        self.modules.append(module)


class Sequential(Chain):
    def forward(self, input):
        self.output = input
        for module in self:
            self.output = module.forward(self.output)
        return self.output

    def updateOutput(self, input):
        return self.forward(input)

    def backward(self, input, gradOutput):
        self.gradInput = gradOutput
        for k, module in reversed(list(enumerate(self))):
            self.gradInput = module.backward(self[k - 1].output if k else input, self.gradInput)
        return self.gradInput

    def zeroGradParameters(self):
        for module in self:
            module.zeroGradParameters()

    def getParameters(self):
        return [module.getParameters() for module in self]

    def getGradParameters(self):
        return [module.getGradParameters() for module in self]

    def train(self):
        self.training = True
        for module in self:
            module.train() if hasattr(module, "train") else setattr(module, "training", True)

    def evaluate(self):
        self.training = False
        for module in self:
            module.evaluate()


class Linear(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.W = np.random.uniform(-1, 1, size=(n_out, n_in)) * n_in**-0.5
        self.b = np.random.uniform(-1, 1, size=n_out) * n_in**-0.5
        self.zeroGradParameters()

    def zeroGradParameters(self):
        self.gradW, self.gradb = np.zeros(self.W.shape), np.zeros(self.b.shape)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

    def updateOutput(self, input):
        self.output = (self.W @ input.T).T + self.b
        return self.output

    def backward(self, input, gradOutput):
        self.gradb = gradOutput.sum(0)
        self.gradW = (input.T @ gradOutput).T
        self.gradInput = (self.W.T @ gradOutput.T).T
        return self.gradInput


class SoftMax(Module):
    def updateOutput(self, input):
        # all differences at once: y_i = 1 / sum_j exp(x_j - x_i)
        with np.errstate(over="ignore"):
            self.output = 1 / np.exp(input[:, None, :] - input[:, :, None]).sum(axis=2)
        return self.output

    def updateGradInput(self, input, gradOutput):
        y, g = self.output, gradOutput
        self.gradInput = y * ((g[:, :, None] - g[:, None, :]) * y[:, None, :]).sum(axis=2)
        return self.gradInput


class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.0):
        super().__init__()
        self.alpha = alpha
        self.old_mean = np.zeros(1)

    @property
    def rate(self):
        return 1 - self.alpha if self.training else 0

    def updateOutput(self, input):
        self.old_mean = self.old_mean + self.rate * (input.mean(0) - self.old_mean)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput - self.rate * gradOutput.mean(0)
        return self.gradInput


class Dropout(Module):
    """p is the chance that an entry is kept."""

    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.mask = 1.0

    def updateOutput(self, input):
        self.mask = np.random.binomial(1, self.p, input.shape) if self.training else 1.0
        self.output = self.mask * input
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = self.mask * gradOutput
        return self.gradInput


class LeakyReLU(Module):
    def __init__(self, slope=0.03):
        super().__init__()
        self.slope = slope

    def updateOutput(self, input):
        self.output = np.where(input < 0, self.slope, 1) * input
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.where(input < 0, self.slope, 1) * gradOutput
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        with np.errstate(over="ignore"):
            self.output = np.where(input < 0, self.alpha * np.expm1(input), input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        with np.errstate(over="ignore"):
            self.gradInput = np.where(input < 0, self.alpha * np.exp(input), 1) * gradOutput
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = np.logaddexp(input, np.zeros_like(input))
        return self.output

    def updateGradInput(self, input, gradOutput):
        with np.errstate(over="ignore"):
            self.gradInput = 1 / (1 + np.exp(-input)) * gradOutput
        return self.gradInput


class ClassNLLCriterion(Criterion):
    def forward(self, input, target):
        self.p = np.clip(input, EPS, 1 - EPS)
        self.output = -(np.log(self.p) * target).mean(0).sum()
        return self.output

    def backward(self, input, target):
        self.gradInput = -target / (self.p * len(target))
        return self.gradInput


if __name__ == "__main__":
    net = Sequential()
    net.add(Linear(4, 3))
    net.add(SoftMax())
    print(net.forward(np.random.randn(2, 4)))
