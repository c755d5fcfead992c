# %%
%run HW3_Modules.ipynb
import numpy as np

# %%
points = np.vstack([np.random.randn(500, 2) + 2, np.random.randn(500, 2) - 2])
classes = np.repeat(np.eye(2), 500, axis=0)
model = Sequential()
model.add(Linear(2, 2))
model.add(SoftMax())
nll = ClassNLLCriterion()
for epoch in range(20):
    order = np.random.permutation(1000)
    for start in range(0, 1000, 100):
        rows = order[start:start + 100]
        model.zeroGradParameters()
        p = model.forward(points[rows])
        loss = nll.forward(p, classes[rows])
        model.backward(points[rows], nll.backward(p, classes[rows]))
        for parameters, gradients in zip(model.getParameters(), model.getGradParameters()):
            for w, g in zip(parameters, gradients):
                w -= 0.5 * g
print('loss', loss)
