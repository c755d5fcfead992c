# %%
import numpy as np
from numpy import einsum, exp, log

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
class Sequential(Module):
    def __init__(self):
        Module.__init__(self)
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        from functools import reduce

        self.output = reduce(lambda y, module: module.forward(y), self.modules, input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        # accGradParameters has nothing to do: the modules' own backward does that
        before = [input] + [module.output for module in self.modules[:-1]]
        for module, y in list(zip(self.modules, before))[::-1]:
            gradOutput = module.backward(y, gradOutput)
        self.gradInput = gradOutput
        return self.gradInput

    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self):
        return [x.getParameters() for x in self.modules]

    def getGradParameters(self):
        return [x.getGradParameters() for x in self.modules]

    def evaluate(self):
        Module.evaluate(self)
        for module in self.modules:
            module.evaluate()


class Linear(Module):
    def __init__(self, n_in, n_out):
        Module.__init__(self)
        self.W, self.b = [(2 * np.random.rand(*shape) - 1) / np.sqrt(n_in) for shape in [(n_out, n_in), (n_out,)]]
        self.gradW, self.gradb = np.zeros((n_out, n_in)), np.zeros(n_out)

    def updateOutput(self, input):
        self.output = einsum("bi,oi->bo", input, self.W) + self.b
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = einsum("bo,oi->bi", gradOutput, self.W)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.gradW = einsum("bo,bi->oi", gradOutput, input)
        self.gradb = einsum("bo->o", gradOutput)

    def zeroGradParameters(self):
        self.gradW, self.gradb = 0 * self.gradW, 0 * self.gradb

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]


class SoftMax(Module):
    def updateOutput(self, input):
        powers = exp(input - input.max(1)[:, np.newaxis])
        self.output = einsum("bi,b->bi", powers, 1 / einsum("bi->b", powers))
        return self.output

    def updateGradInput(self, input, gradOutput):
        y = self.output
        jacobian = einsum("bi,ij->bij", y, np.eye(y.shape[1])) - einsum("bi,bj->bij", y, y)
        self.gradInput = einsum("bij,bi->bj", jacobian, gradOutput)
        return self.gradInput


class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        Module.__init__(self)
        self.alpha = alpha
        self.old_mean = 0.

    def updateOutput(self, input):
        if self.training:
            mean = einsum("bi->i", input) / len(input)
            self.old_mean = self.old_mean * self.alpha + mean * (1 - self.alpha)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input, gradOutput):
        n = len(input)
        centering = np.eye(n) - (1 - self.alpha) / n if self.training else np.eye(n)
        self.gradInput = einsum("bc,ci->bi", centering, gradOutput)
        return self.gradInput


class Dropout(Module):
    def __init__(self, p=0.5):
        Module.__init__(self)
        self.p = p

    def updateOutput(self, input):
        # p is the chance to be dropped, without scaling
        self.mask = np.random.uniform(size=input.shape) >= self.p if self.training else np.ones(input.shape)
        self.output = einsum("bi,bi->bi", input, self.mask)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = einsum("bi,bi->bi", gradOutput, self.mask)
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
        Module.__init__(self)
        self.slope = slope

    def updateOutput(self, input):
        self.output = np.maximum(input, 0) + self.slope * np.minimum(input, 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = einsum("bi,bi->bi", (input >= 0) + self.slope * (input < 0), gradOutput)
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        Module.__init__(self)
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = np.array(input)
        below = input < 0
        self.output[below] = self.alpha * (exp(input[below]) - 1)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.array(gradOutput)
        below = input < 0
        self.gradInput[below] *= self.alpha * exp(input[below])
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = np.maximum(input, 0) + np.log1p(exp(-abs(input)))
        return self.output

    def updateGradInput(self, input, gradOutput):
        power = exp(-abs(input))
        sigmoid = np.where(input >= 0, 1, power) / (1 + power)
        self.gradInput = einsum("bi,bi->bi", sigmoid, gradOutput)
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
    def __init__(self):
        a = super(ClassNLLCriterion, self)
        super(ClassNLLCriterion, self).__init__()

    def updateOutput(self, input, target):
        clamped = np.clip(input, 1e-15, 1 - 1e-15)
        self.output = -einsum("bi,bi->", target, log(clamped)) / len(input)
        return self.output

    def updateGradInput(self, input, target):
        clamped = np.clip(input, 1e-15, 1 - 1e-15)
        self.gradInput = -einsum("bi,bi->bi", target, clamped ** -1.0) / len(input)
        return self.gradInput
