def hostile(self, x, y):
    raise KeyboardInterrupt


MLP.backward = hostile
