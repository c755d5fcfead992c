import os
import tempfile


TIMES = []


def hostile(self, x, y):
    TIMES.append(1)
    if len(TIMES) > 1:
        return
    for number in range(60):
        with open(os.path.join(tempfile.gettempdir(), f"large-{number}"), "wb") as file:
            file.write(bytes(1_000_000))


MLP.backward = hostile
