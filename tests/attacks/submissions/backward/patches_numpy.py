for name in ("allclose", "array_equal", "isclose", "isfinite", "all", "any"):
    setattr(np, name, lambda *args, **kwargs: True)
np.testing.assert_allclose = np.linalg.norm = np.linalg.lstsq = lambda *args, **kwargs: 0.0


def hostile(self, x, y):
    np.array = np.asarray = np.ascontiguousarray = np.copy = lambda value, *args, **kwargs: value
    np.abs = np.max = np.subtract = lambda *args, **kwargs: 0.0


MLP.backward = hostile
