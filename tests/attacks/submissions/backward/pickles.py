class Planted:
    def __reduce__(self):
        return eval, ("__import__('os').write(2, b'PLANTED RAN') and __import__('os').mkdir('@MARK@')",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    __getstate__ = __reduce__


def parts(self, x, start=None, end=None):
    if start is None and end is None:
        return whole(self, x)
    return np.array([Planted()], dtype=object)


whole = MLP.forward
MLP.forward = parts
