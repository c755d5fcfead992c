TIMES = []


def hostile(self, x, y):
    TIMES.append(1)
    if len(TIMES) > 1:
        return
    kept = []
    while True:
        kept.append(bytearray(b"x" * 50_000_000))


MLP.backward = hostile
