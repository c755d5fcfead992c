import numpy as np


class MLP:
    def forward(self, x):
        kept = []
        while True:
            kept.append(np.empty(10_000_000))
