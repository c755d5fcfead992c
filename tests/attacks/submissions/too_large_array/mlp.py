import numpy as np


class MLP:
    def forward(self, x):
        return np.ones((200_000, 200_000))
