import os


class MLP:
    def forward(self, x):
        os.fork()
        return x
