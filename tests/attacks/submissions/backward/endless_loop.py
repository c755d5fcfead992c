def hostile(self, x, y):
    while True:
        pass


MLP.backward = hostile
