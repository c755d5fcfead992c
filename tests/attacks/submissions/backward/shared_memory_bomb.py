import mmap


TIMES = []


def hostile(self, x, y):
    TIMES.append(1)
    if len(TIMES) > 1:
        return
    memory = mmap.mmap(-1, 2**30)
    for _ in range(2**10):
        memory.write(bytes(2**20))


MLP.backward = hostile
