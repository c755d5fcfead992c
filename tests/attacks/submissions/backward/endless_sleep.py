import time


def hostile(self, x, y):
    while True:
        time.sleep(1000)


MLP.backward = hostile
