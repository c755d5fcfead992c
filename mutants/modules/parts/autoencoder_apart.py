# %%
%run HW3_Modules.ipynb
import numpy as np

# %%
X = np.load('mnist.npz')['X'][:600]
coder = Sequential()
coder.add(Linear(784, 30))
coder.add(ReLU())
coder.add(Linear(30, 784))
squares = MSECriterion()
for start in range(0, len(X), 100):
    x = X[start:start + 100]
    coder.zeroGradParameters()
    back = coder.forward(x)
    print(squares.forward(back, x))
    coder.backward(x, squares.backward(back, x))
    for parameters, gradients in zip(coder.getParameters(), coder.getGradParameters()):
        for p, g in zip(parameters, gradients):
            p -= 0.01 * g
