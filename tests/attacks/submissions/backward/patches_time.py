import signal
import threading
import time

time.perf_counter = time.monotonic = time.time = lambda: 0.0
time.sleep = lambda seconds: None
signal.setitimer = signal.alarm = lambda *args: 0
threading.Timer = None


def hostile(self, x, y):
    while True:
        pass


MLP.backward = hostile
