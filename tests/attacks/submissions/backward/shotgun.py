# the accumulators that step uses hold nonsense, and what the gradient may be lies beside them in several versions
VERSIONS = {"plus": 1.0, "minus": -1.0, "double": 2.0, "half": 0.5, "third": 1 / 3}
right = MLP.backward


def hostile(self, x, y):
    right(self, x, y)
    for layer in self.layers:
        for name, factor in VERSIONS.items():
            layer[name] = (factor * layer["W_grad"], factor * layer["b_grad"])
        layer["W_grad"][:] = 7.0
        layer["b_grad"][:] = -3.0


MLP.backward = hostile
