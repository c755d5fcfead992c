import sys

sys.setrecursionlimit(10**9)


class MLP:
    def forward(self, x):
        return max([x], key=self.forward)
