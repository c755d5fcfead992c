# %% [markdown]
# # Layers
# Every layer with parameters keeps them in a dictionary.

# %%
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
class WithParameters(Module):
    """Parameters and their gradients by name."""

    def __init__(self, **params):
        super(WithParameters, self).__init__()
        self.params = params
        self.grads = {name: np.zeros_like(value) for name, value in params.items()}

    def zeroGradParameters(self):
        for name in self.grads:
            self.grads[name][:] = 0.0

    def getParameters(self):
        return [self.params[name] for name in self.params]

    def getGradParameters(self):
        return [self.grads[name] for name in self.params]


class Linear(WithParameters):
    def __init__(self, n_in, n_out):
        r = np.sqrt(1.0 / n_in)
        rng = np.random.RandomState(np.random.randint(2 ** 31))
        super(Linear, self).__init__(W=rng.uniform(-r, r, (n_out, n_in)), b=rng.uniform(-r, r, (n_out,)))

    def updateOutput(self, input):
        self.output = input @ self.params["W"].transpose() + self.params["b"]
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput @ self.params["W"]
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.grads["W"] += gradOutput.transpose() @ input
        self.grads["b"] += np.ones(len(input)) @ gradOutput

# %%
class Sequential(Module):
    def __init__(self):
        super(Sequential, self).__init__()
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        self.seen = {}
        for number, module in enumerate(self.modules):
            self.seen[number] = input
            input = module.forward(input)
        self.output = input
        return self.output

    def backward(self, input, gradOutput):
        for number in sorted(self.seen, reverse=True):
            gradOutput = self.modules[number].backward(self.seen[number], gradOutput)
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
        super(Sequential, self).evaluate()
        for module in self.modules:
            module.evaluate()

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        # by logarithms
        largest = np.amax(input, axis=1).reshape(-1, 1)
        self.log = input - largest - np.log(np.exp(input - largest).sum(1).reshape(-1, 1))
        self.output = np.exp(self.log)
        return self.output

    def updateGradInput(self, input, gradOutput):
        weighted = gradOutput * self.output
        self.gradInput = weighted - weighted.sum(1).reshape(-1, 1) * self.output
        return self.gradInput


class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.state = {}

    def updateOutput(self, input):
        alpha = self.alpha if self.training else 1.0
        old = self.state.setdefault("old_mean", np.zeros((1, input.shape[1])))
        self.state["old_mean"] = alpha * old + (1 - alpha) * input.mean(axis=0, keepdims=True)
        self.output = input - self.state["old_mean"]
        return self.output

    def updateGradInput(self, input, gradOutput):
        alpha = self.alpha if self.training else 1.0
        self.gradInput = gradOutput - (1 - alpha) * gradOutput.mean(axis=0, keepdims=True)
        return self.gradInput


class Dropout(Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p
        self.state = {"mask": None}

    def updateOutput(self, input):
        self.state["mask"] = np.random.choice([0.0, 1.0], size=input.shape, p=[self.p, 1 - self.p])
        self.output = np.multiply(input, self.state["mask"]) if self.training else input
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.multiply(gradOutput, self.state["mask"]) if self.training else gradOutput
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
        super(LeakyReLU, self).__init__()
        self.slope = slope

    def updateOutput(self, input):
        self.factor = np.choose(input > 0, [self.slope, 1.0])
        self.output = input * self.factor
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.factor
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = np.piecewise(np.array(input), [input > 0], [lambda x: x, lambda x: self.alpha * np.expm1(x)])
        return self.output

    def updateGradInput(self, input, gradOutput):
        slope = np.where(input > 0, 1.0, self.output + self.alpha)
        self.gradInput = gradOutput * slope
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = -np.minimum(-input, 0) + np.log(1 + np.exp(-np.abs(input)))
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput / (1 + np.exp(np.clip(-input, -700, 700)))
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
    def __init__(self):
        super(ClassNLLCriterion, self).__init__()
        self.eps = 1e-15

    def clamped(self, input):
        return np.clip(input, self.eps, 1 - self.eps)

    def updateOutput(self, input, target):
        self.output = -(target * np.log(self.clamped(input))).sum(axis=1).mean()
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = -(target / self.clamped(input)) / target.shape[0]
        return self.gradInput
