import os


def hostile(self, x, y):
    os._exit(0)


MLP.backward = hostile
