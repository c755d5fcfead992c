# %% [markdown]
# # HW3 modules (tried out as I went along)

# %%
%load_ext autoreload
%autoreload 2
%matplotlib inline
import time

import matplotlib.pyplot as plt
import numpy as np
from IPython import display
from sklearn.datasets import fetch_mldata

# %%
!pip list | grep numpy
np.random.seed(17)

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
mnist = fetch_mldata("MNIST original")
X_small = mnist.data[:100] / 255.

# %%
class Sequential(Module):
    pass

# %%
# first version, see below
net = Sequential()
net.add(Linear(2, 3))

# %%
class Sequential(Module):
    def __init__(self):
        super(Sequential, self).__init__()
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        self.in_ = []
        y = input
        for module in self.modules:
            self.in_.append(y)
            y = module.forward(y)
        self.output = y
        return self.output

    def backward(self, input, gradOutput):
        g = gradOutput
        for module, x in zip(reversed(self.modules), reversed(self.in_)):
            g = module.backward(x, g)
        self.gradInput = g
        return self.gradInput

    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()

    def getParameters(self):
        return [x.getParameters() for x in self.modules]

    def getGradParameters(self):
        return [x.getGradParameters() for x in self.modules]

    def __repr__(self):
        return "".join([str(x) + "\n" for x in self.modules])

    def __getitem__(self, x):
        return self.modules.__getitem__(x)

    def evaluate(self):
        self.training = False
        for module in self.modules:
            module.evaluate()

# %%
class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        stdv = 1. / np.sqrt(n_in)
        self.W = np.random.uniform(-stdv, stdv, size=(n_out, n_in))
        self.b = np.random.uniform(-stdv, stdv, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def updateOutput(self, input):
        self.output = np.dot(input, self.W.T)
        self.output += self.b
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.dot(gradOutput, self.W)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.gradW = np.dot(gradOutput.T, input)
        self.gradb = np.sum(gradOutput, axis=0)

    def zeroGradParameters(self):
        self.gradW.fill(0)
        self.gradb.fill(0)

    def getParameters(self):
        return [self.W, self.b]

    def getGradParameters(self):
        return [self.gradW, self.gradb]

# %%
layer = Linear(3, 2)
print(layer.forward(np.ones((4, 3))))
layer.backward(np.ones((4, 3)), np.ones((4, 2)))
layer.gradW, layer.gradb

# %%
print "gradient:", layer.gradW

# %%
class SoftMax(Module):
    def __init__(self):
        super(SoftMax, self).__init__()

    def updateOutput(self, input):
        self.output = np.subtract(input, input.max(axis=1, keepdims=True))
        self.output = np.exp(self.output)
        self.output /= np.sum(self.output, axis=1, keepdims=True)
        return self.output

    def updateGradInput(self, input, gradOutput):
        batch_size, n_feats = self.output.shape
        a = self.output.reshape(batch_size, n_feats, -1)
        b = self.output.reshape(batch_size, -1, n_feats)
        self.gradInput = np.multiply(gradOutput.reshape(batch_size, -1, n_feats),
                                     np.subtract(np.multiply(np.eye(n_feats), a),
                                                 np.multiply(a, b))).sum(axis=2)
        return self.gradInput

# %%
%timeit -n 2 -r 1 SoftMax().forward(np.random.randn(10, 10))
s = SoftMax()
x = np.random.randn(5, 4)
s.forward(x).sum(axis=1)

# %%
def check_gradient(module, x, eps=1e-5):
    y = module.forward(x)
    r = np.random.randn(*y.shape)
    got = module.backward(x, r).copy()
    want = np.zeros_like(x)
    for k in np.ndindex(*x.shape):
        x[k] += eps
        up = np.sum(r * module.forward(x))
        x[k] -= 2 * eps
        down = np.sum(r * module.forward(x))
        x[k] += eps
        want[k] = (up - down) / 2 / eps
    return abs(got - want).max()


assert check_gradient(SoftMax(), np.random.randn(3, 4)) < 1e-6
check_gradient(Softmax(), x)

# %%
class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.old_mean = None

    def updateOutput(self, input):
        alpha = self.alpha if self.training else 1
        batch_mean = np.mean(input, axis=0)
        if self.old_mean is None:
            self.old_mean = batch_mean
        self.old_mean = self.old_mean * alpha + batch_mean * (1 - alpha)
        self.output = input - self.old_mean
        return self.output

    def updateGradInput(self, input, gradOutput):
        alpha = self.alpha if self.training else 1
        self.gradInput = gradOutput - np.mean(gradOutput, axis=0) * (1 - alpha)
        return self.gradInput

# %%
class Dropout(Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p
        self.mask = None

    def updateOutput(self, input):
        if self.training:
            self.mask = np.random.binomial(n=1, p=1 - self.p, size=input.shape)
            self.output = input * self.mask
        else:
            self.output = input
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.mask if self.training else gradOutput
        return self.gradInput

# %%
plt.hist(Dropout(0.3).forward(np.ones((100, 100))).ravel())
plt.title("how many are left")
plt.show()

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
        self.output = input.copy()
        self.output[input < 0] *= self.slope
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.copy()
        self.gradInput[input < 0] *= self.slope
        return self.gradInput


class ELU(Module):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha

    def updateOutput(self, input):
        self.output = input.copy()
        self.output[input < 0] = (np.exp(self.output[input < 0]) - 1) * self.alpha
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.ones(input.shape)
        self.gradInput[input < 0] = np.exp(input[input < 0]) * self.alpha
        self.gradInput *= gradOutput
        return self.gradInput


class SoftPlus(Module):
    def __init__(self):
        super(SoftPlus, self).__init__()

    def updateOutput(self, input):
        self.output = np.log(1 + np.exp(-np.abs(input))) + np.maximum(input, 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput / (1 + np.exp(-np.clip(input, -500, 500)))
        return self.gradInput

# %%
xs = np.linspace(-3, 3, 100).reshape(1, -1)
for Layer in (ReLU, LeakyReLU, ELU, SoftPlus):
    plt.plot(xs[0], Layer().forward(xs)[0], label=Layer.__name__)
plt.legend()
display.clear_output(wait=True)
plt.show()

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
        a = super(ClassNLLCriterion, self)
        super(ClassNLLCriterion, self).__init__()

    def updateOutput(self, input, target):
        eps = 1e-15
        input_clamp = np.clip(input, eps, 1 - eps)
        self.output = -np.sum(np.multiply(target, np.log(input_clamp))) / input.shape[0]
        return self.output

    def updateGradInput(self, input, target):
        eps = 1e-15
        input_clamp = np.clip(input, eps, 1 - eps)
        self.gradInput = -np.multiply(target, 1.0 / input_clamp) / input.shape[0]
        return self.gradInput
