# %%
%pylab inline
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
class Layer(Module):
    """Forward keeps a function that takes gradients back: nothing is computed from input again."""

    def updateOutput(self, input):
        self.output, self.pull = self.run(input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = self.pull(gradOutput)
        return self.gradInput

# %%
class Sequential(Layer):
    def __init__(self):
        super().__init__()
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def run(self, input):
        pulls = []
        for module in self.modules:
            output = module.forward(input)
            pulls.insert(0, lambda g, module=module, input=input: module.backward(input, g))
            input = output

        def pull(g):
            for back in pulls:
                g = back(g)
            return g

        return input, pull

    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self):
        return [module.getParameters() for module in self.modules]

    def getGradParameters(self):
        return [module.getGradParameters() for module in self.modules]

    def evaluate(self):
        super().evaluate()
        for module in self.modules:
            module.evaluate()

# %%
class Linear(Layer):
    def __init__(self, n_in, n_out):
        super().__init__()
        s = n_in ** -0.5
        self.W = np.random.uniform(low=-s, high=s, size=[n_out, n_in])
        self.b = np.random.uniform(low=-s, high=s, size=[n_out])
        self.gradW = self.W * 0
        self.gradb = self.b * 0

    def run(self, x):
        return np.tensordot(x, self.W, axes=(1, 1)) + self.b, lambda g: np.tensordot(g, self.W, axes=1)

    def accGradParameters(self, input, gradOutput):
        np.add(self.gradW, np.tensordot(gradOutput, input, axes=(0, 0)), out=self.gradW)
        np.add(self.gradb, np.add.reduce(gradOutput), out=self.gradb)

    def zeroGradParameters(self):
        for array in self.getGradParameters():
            array.fill(0)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

# %%
class SoftMax(Layer):
    def run(self, x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        y = e / np.sum(e, axis=-1, keepdims=True)
        return y, lambda g: y * g - y * np.einsum("bi,bi->b", y, g)[:, None]


class BatchMeanSubtraction(Layer):
    def __init__(self, alpha=0.0):
        super().__init__()
        self.alpha = alpha
        self.old_mean = None

    def run(self, x):
        if not self.training:
            kept = 0 if self.old_mean is None else self.old_mean
            return x - kept, lambda g: g
        mean, share = np.mean(x, axis=0), 1 - self.alpha
        old = mean if self.old_mean is None else self.old_mean
        self.old_mean = old * self.alpha + mean * share
        return x - self.old_mean, lambda g: g - share * np.mean(g, axis=0)


class Dropout(Layer):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def run(self, x):
        if not self.training:
            return np.copy(x), np.copy
        mask = np.floor(np.random.uniform(size=x.shape) + (1 - self.p))
        return x * mask, lambda g: g * mask

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
class LeakyReLU(Layer):
    def __init__(self, slope=0.03):
        super().__init__()
        self.slope = slope

    def run(self, x):
        d = np.select([x >= 0], [1.0], self.slope)
        return x * d, lambda g: g * d


class ELU(Layer):
    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = alpha

    def run(self, x):
        y = np.where(x >= 0, x, self.alpha * np.expm1(-np.abs(x)))
        return y, lambda g: g * np.where(x >= 0, 1.0, y + self.alpha)


class SoftPlus(Layer):
    def run(self, x):
        y = np.logaddexp(0.0, x)
        return y, lambda g: g * -np.expm1(-y)

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
        p = np.clip(input, 1e-15, 1 - 1e-15)
        self.d = -target / p / len(p)
        self.output = float(np.sum(self.d * p * np.log(p)))
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = self.d
        return self.gradInput
