import ctypes


class MLP:
    def forward(self, x):
        ctypes.string_at(0)
