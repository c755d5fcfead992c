import atexit
import os
import sys
import threading


def late():
    for number in range(3, 64):
        try:
            os.write(number, b"\x00\x00\x00\x02{}")
        except OSError:
            pass


def hostile(self, x, y):
    atexit.register(late)
    threading._register_atexit(late)
    sys.exitfunc = late


MLP.backward = hostile
