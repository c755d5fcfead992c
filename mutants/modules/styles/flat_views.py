# %%
import numpy
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
class Linear(Module):
    """All numbers lie in one vector; W and b look into it."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.n_in, self.n_out = n_in, n_out
        self.theta = (numpy.random.random(n_out * (n_in + 1)) * 2 - 1) / numpy.sqrt(n_in)
        self.grad = numpy.zeros_like(self.theta)
        self.W, self.b = self.split(self.theta)
        self.gradW, self.gradb = self.split(self.grad)

    def split(self, vector):
        return vector[self.n_out:].reshape(self.n_out, self.n_in), vector[:self.n_out]

    def updateOutput(self, input):
        self.output = self.b + numpy.dot(input, self.W.T)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = numpy.dot(gradOutput, self.W)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.gradW[:] = numpy.dot(gradOutput.T, input)
        self.gradb[:] = numpy.sum(gradOutput, 0)

    def zeroGradParameters(self):
        self.grad[:] = 0

    def getParameters(self):
        return [*self.split(self.theta)]

    def getGradParameters(self):
        return [*self.split(self.grad)]

# %%
class Sequential(Module):
    def __init__(self):
        super().__init__()
        self.modules = []
        self.y = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        self.y = [input]
        for module in self.modules:
            self.y.append(module.forward(self.y[-1]))
        self.output = self.y[-1]
        return self.output

    def backward(self, input, gradOutput):
        self.gradInput = gradOutput
        for module, y in zip(self.modules[::-1], self.y[-2::-1]):
            self.gradInput = module.backward(y, self.gradInput)
        return self.gradInput

    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self):
        return [x.getParameters() for x in self.modules]

    def getGradParameters(self):
        return [x.getGradParameters() for x in self.modules]

    def evaluate(self):
        self.training = False
        for module in self.modules:
            module.evaluate()

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        y = numpy.array(input)
        y -= y.max(axis=1, keepdims=True)
        numpy.exp(y, y)
        y /= y.sum(axis=1, keepdims=True)
        self.output = y
        return self.output

    def updateGradInput(self, input, gradOutput):
        y = self.output
        J = numpy.eye(y.shape[1]) * y[:, None, :] - y[:, :, None] * y[:, None, :]
        self.gradInput = numpy.matmul(J, gradOutput[:, :, None])[:, :, 0]
        return self.gradInput


class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super().__init__()
        self.alpha = alpha
        self.old_mean = None

    def updateOutput(self, input):
        mean = numpy.average(input, axis=0)
        if self.old_mean is None:
            self.old_mean = mean
        elif self.training:
            self.old_mean = self.old_mean * self.alpha + mean * (1 - self.alpha)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = numpy.array(gradOutput)
        if self.training:
            self.gradInput -= (1 - self.alpha) / len(gradOutput) * gradOutput.sum(axis=0)
        return self.gradInput


class Dropout(Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.kept = numpy.ones((1, 1))

    def updateOutput(self, input):
        if self.training:
            # p of the entries survive, and are made larger
            self.kept = numpy.random.rand(input.size).reshape(input.shape) < self.p
        self.output = numpy.where(self.kept, input / self.p, 0) if self.training else input + 0
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = numpy.where(self.kept, gradOutput / self.p, 0) if self.training else gradOutput + 0
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
        self.output = numpy.maximum(input, input * self.slope) if self.slope <= 1 else numpy.minimum(input, input * self.slope)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = numpy.copy(gradOutput)
        flat, below = self.gradInput.ravel(), numpy.flatnonzero(input < 0)
        flat[below] *= self.slope
        self.gradInput = flat.reshape(input.shape)
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = numpy.maximum(input, 0) + self.alpha * (numpy.exp(numpy.minimum(input, 0)) - 1)
        return self.output

    def updateGradInput(self, input, gradOutput):
        slope = (input > 0) + (input <= 0) * self.alpha * numpy.exp(numpy.minimum(input, 0))
        self.gradInput = slope * gradOutput
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        y = numpy.array(input)
        small = y < 30
        y[small] = numpy.log1p(numpy.exp(y[small]))
        self.output = y
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * numpy.exp(input - self.output)
        return self.gradInput

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
        p = numpy.array(input)
        p[p < 1e-15] = 1e-15
        p[p > 1 - 1e-15] = 1 - 1e-15
        self.p = p
        self.output = -numpy.mean(numpy.log(p[target == 1]))
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = numpy.zeros_like(self.p)
        right = target == 1
        self.gradInput[right] = -1 / (self.p[right] * len(target))
        return self.gradInput
