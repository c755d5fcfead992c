import signal
import time


def hostile(self, x, y):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass


MLP.backward = hostile
