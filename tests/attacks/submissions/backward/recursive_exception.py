class Evil(Exception):
    def __str__(self):
        raise Evil("<b>deep</b>") from self

    __repr__ = __str__


def hostile(self, x, y):
    first, second = Evil(), Evil()
    first.__cause__, second.__cause__ = second, first
    first.__context__, second.__context__ = second, first
    raise first


MLP.backward = hostile
