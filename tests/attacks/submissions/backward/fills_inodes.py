import os
import tempfile


TIMES = []


def hostile(self, x, y):
    TIMES.append(1)
    if len(TIMES) > 1:
        return
    folder = tempfile.mkdtemp()
    for number in range(5_000):
        os.mkdir(os.path.join(folder, str(number)))


MLP.backward = hostile
