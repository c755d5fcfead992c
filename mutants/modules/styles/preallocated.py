# %%
import numpy as np


def room(old, shape):
    """The old array, if it still fits: nothing is allocated in the inner loop."""
    if old is None or old.shape != tuple(shape):
        return np.empty(shape)
    return old

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
        super().__init__()
        self.modules = []

    def add(self, module):
        self.modules += [module]
        return self

    def updateOutput(self, input):
        self.inputs = []
        for module in self.modules:
            self.inputs.append(input)
            input = module.forward(input)
        self.output = input
        return input

    def backward(self, input, gradOutput):
        k = len(self.modules)
        while k:
            k -= 1
            gradOutput = self.modules[k].backward(self.inputs[k], gradOutput)
        self.gradInput = gradOutput
        return gradOutput

    def zeroGradParameters(self):
        [module.zeroGradParameters() for module in self.modules]

    def getParameters(self):
        return list(map(lambda module: module.getParameters(), self.modules))

    def getGradParameters(self):
        return list(map(lambda module: module.getGradParameters(), self.modules))

    def evaluate(self):
        super().evaluate()
        for module in self.modules:
            module.evaluate()

# %%
class Linear(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        bound = n_in ** -0.5
        self.W = np.empty((n_out, n_in))
        self.b = np.empty(n_out)
        for array in (self.W, self.b):
            np.copyto(array, np.random.uniform(-bound, bound, array.shape))
        self.gradW = np.zeros((n_out, n_in))
        self.gradb = np.zeros(n_out)

    def updateOutput(self, input):
        self.output = room(self.output, (len(input), len(self.b)))
        np.matmul(input, self.W.T, out=self.output)
        np.add(self.output, self.b, out=self.output)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        return np.matmul(gradOutput, self.W, out=self.gradInput)

    def accGradParameters(self, input, gradOutput):
        np.matmul(gradOutput.T, input, out=self.gradW)
        np.sum(gradOutput, axis=0, out=self.gradb)

    def zeroGradParameters(self):
        self.gradW[...] = 0
        self.gradb[...] = 0

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        self.output = room(self.output, input.shape)
        np.subtract(input, np.max(input, axis=1)[:, None], out=self.output)
        np.exp(self.output, out=self.output)
        np.divide(self.output, np.sum(self.output, axis=1)[:, None], out=self.output)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        np.multiply(gradOutput, self.output, out=self.gradInput)
        total = np.sum(self.gradInput, axis=1)[:, None]
        self.gradInput -= self.output * total
        return self.gradInput

# %%
class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super().__init__()
        self.alpha = alpha
        self.old_mean = None

    def updateOutput(self, input):
        if self.old_mean is None:
            self.old_mean = np.zeros(input.shape[1])
        if self.training:
            np.multiply(self.old_mean, self.alpha, out=self.old_mean)
            self.old_mean += np.mean(input, axis=0) * (1 - self.alpha)
        self.output = room(self.output, input.shape)
        return np.subtract(input, self.old_mean, out=self.output)

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        np.copyto(self.gradInput, gradOutput)
        if self.training:
            self.gradInput -= (1 - self.alpha) * np.mean(gradOutput, axis=0)
        return self.gradInput

# %%
class Dropout(Module):
    """p is the chance to be kept; nothing is scaled."""

    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def updateOutput(self, input):
        self.output = room(self.output, input.shape)
        if not self.training:
            np.copyto(self.output, input)
            return self.output
        self.mask = np.random.random_sample(input.shape) < self.p
        np.multiply(input, self.mask, out=self.output)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        np.multiply(gradOutput, self.mask if self.training else 1, out=self.gradInput)
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
class LeakyReLU(Module):
    def __init__(self, slope=0.03):
        super().__init__()
        self.slope = slope

    def updateOutput(self, input):
        self.output = room(self.output, input.shape)
        np.copyto(self.output, input)
        np.multiply(input, self.slope, out=self.output, where=input < 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        np.copyto(self.gradInput, gradOutput)
        np.multiply(gradOutput, self.slope, out=self.gradInput, where=input < 0)
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = room(self.output, input.shape)
        np.copyto(self.output, input)
        np.expm1(input, out=self.output, where=input < 0)
        np.multiply(self.output, self.alpha, out=self.output, where=input < 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        np.copyto(self.gradInput, gradOutput)
        # the derivative of a negative part is its value plus alpha
        np.multiply(gradOutput, self.output + self.alpha, out=self.gradInput, where=input < 0)
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = room(self.output, input.shape)
        np.abs(input, out=self.output)
        np.negative(self.output, out=self.output)
        np.exp(self.output, out=self.output)
        np.log1p(self.output, out=self.output)
        self.output += np.maximum(input, 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = room(self.gradInput, input.shape)
        # log(1 + e^x) = s gives a derivative of 1 - e^-s
        np.expm1(-self.output, out=self.gradInput)
        np.multiply(self.gradInput, -gradOutput, out=self.gradInput)
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
        self.output = np.sum(np.power(input - target, 2)) / input.shape[0]
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = (input - target) * 2 / input.shape[0]
        return self.gradInput

    def __repr__(self):
        return "MSECriterion"

# %%
class ClassNLLCriterion(Criterion):
    def updateOutput(self, input, target):
        self.clamped = np.minimum(np.maximum(input, 1e-15), 1 - 1e-15)
        self.output = -np.vdot(target, np.log(self.clamped)) / len(target)
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = room(self.gradInput, input.shape)
        np.divide(target, self.clamped, out=self.gradInput)
        self.gradInput /= -len(target)
        return self.gradInput
