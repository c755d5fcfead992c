import os
import time


TIMES = []


def hostile(self, x, y):
    TIMES.append(1)
    if len(TIMES) > 1:
        return
    for _ in range(40):
        if os.fork() == 0:
            os.setsid()
            time.sleep(1000)


MLP.backward = hostile
