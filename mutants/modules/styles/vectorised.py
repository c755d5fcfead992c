# %% [markdown]
# # Homework 3: layers
#
# All layers in numpy, without a loop over the batch.

# %%
%matplotlib inline
import numpy as np

# %% [markdown]
# ## Module, as given

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
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        self.output = input
        for module in self.modules:
            self.output = module.forward(self.output)
        return self.output

    def backward(self, input, gradOutput):
        grad = gradOutput
        for i in range(len(self.modules) - 1, 0, -1):
            grad = self.modules[i].backward(self.modules[i - 1].output, grad)
        self.gradInput = self.modules[0].backward(input, grad)
        return self.gradInput

    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self):
        return [module.getParameters() for module in self.modules]

    def getGradParameters(self):
        return [module.getGradParameters() for module in self.modules]

    def evaluate(self):
        self.training = False
        for module in self.modules:
            module.evaluate()

    def train(self):
        self.training = True
        for module in self.modules:
            module.training = True

    def __getitem__(self, i):
        return self.modules[i]

    def __repr__(self):
        return "\n".join(str(module) for module in self.modules)

# %% [markdown]
# ## Layers

# %%
class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        stdv = 1.0 / np.sqrt(n_in)
        self.W = np.random.uniform(-stdv, stdv, size=(n_out, n_in))
        self.b = np.random.uniform(-stdv, stdv, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def updateOutput(self, input):
        self.output = input.dot(self.W.T) + self.b
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.dot(self.W)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.gradW += gradOutput.T.dot(input)
        self.gradb += gradOutput.sum(axis=0)

    def zeroGradParameters(self):
        self.gradW.fill(0)
        self.gradb.fill(0)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

    def __repr__(self):
        s = self.W.shape
        return "Linear %d -> %d" % (s[1], s[0])

# %%
class SoftMax(Module):
    def updateOutput(self, input):
        shifted = np.subtract(input, input.max(axis=1, keepdims=True))
        powers = np.exp(shifted)
        self.output = powers / powers.sum(axis=1, keepdims=True)
        return self.output

    def updateGradInput(self, input, gradOutput):
        inner = np.sum(gradOutput * self.output, axis=1, keepdims=True)
        self.gradInput = self.output * (gradOutput - inner)
        return self.gradInput

    def __repr__(self):
        return "SoftMax"

# %%
class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.0):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.old_mean = None

    def updateOutput(self, input):
        if self.training:
            batch_mean = input.mean(axis=0)
            if self.old_mean is None:
                self.old_mean = batch_mean
            self.old_mean = self.old_mean * self.alpha + batch_mean * (1 - self.alpha)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input, gradOutput):
        if self.training:
            self.gradInput = gradOutput - (1 - self.alpha) * gradOutput.mean(axis=0)
        else:
            self.gradInput = gradOutput
        return self.gradInput

    def __repr__(self):
        return "BatchMeanSubtraction"

# %%
class Dropout(Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p
        self.mask = None

    def updateOutput(self, input):
        if self.training:
            self.mask = np.random.binomial(1, 1 - self.p, size=input.shape) / (1 - self.p)
            self.output = input * self.mask
        else:
            self.output = input
        return self.output

    def updateGradInput(self, input, gradOutput):
        if self.training:
            self.gradInput = gradOutput * self.mask
        else:
            self.gradInput = gradOutput
        return self.gradInput

    def __repr__(self):
        return "Dropout"

# %% [markdown]
# ## Activations

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
        self.output = np.where(input > 0, input, self.slope * input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.slope)
        return self.gradInput

    def __repr__(self):
        return "LeakyReLU"


class ELU(Module):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        negative = np.minimum(input, 0)
        self.output = np.where(input > 0, input, self.alpha * np.expm1(negative))
        return self.output

    def updateGradInput(self, input, gradOutput):
        negative = np.minimum(input, 0)
        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.alpha * np.exp(negative))
        return self.gradInput

    def __repr__(self):
        return "ELU"


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = np.logaddexp(0, input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * 0.5 * (1 + np.tanh(input / 2))
        return self.gradInput

    def __repr__(self):
        return "SoftPlus"

# %% [markdown]
# ## Criterions

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
        eps = 1e-15
        input_clamp = np.clip(input, eps, 1 - eps)
        self.output = -np.sum(target * np.log(input_clamp)) / input.shape[0]
        return self.output

    def updateGradInput(self, input, target):
        eps = 1e-15
        input_clamp = np.clip(input, eps, 1 - eps)
        self.gradInput = -target / input_clamp / input.shape[0]
        return self.gradInput

    def __repr__(self):
        return "ClassNLLCriterion"
