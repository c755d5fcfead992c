import ctypes


def hostile(self, x, y):
    ctypes.string_at(0)


MLP.backward = hostile
